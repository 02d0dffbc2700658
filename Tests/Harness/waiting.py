"""What a process costs while it waits: memory, and context switches over all of its threads.

    waiting.py PID SECONDS NAME

Standard library only.
"""

import pathlib
import sys
import time


def switches(process):
    """Voluntary and involuntary, by thread."""
    total = {}
    for status in pathlib.Path(f"/proc/{process}/task").glob("*/status"):
        counts = [int(line.split()[1]) for line in status.read_text().splitlines() if "ctxt_switches" in line]
        total[status.parent.name] = sum(counts)
    return total


def watch(process, seconds):
    """A sentence on what the process costs in that time."""
    before = switches(process)
    time.sleep(seconds)
    after = switches(process)
    # A thread that has ended has taken its own with it.
    count = sum(after.values()) - sum(before.get(thread, 0) for thread in after)
    lines = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
    memory = dict(line.split(":", 1) for line in lines if ":" in line)
    megabytes = {key: int(memory[key].split()[0]) * 1024 / 1e6 for key in ("VmRSS", "RssAnon")}
    return (
        f"VmRSS {megabytes['VmRSS']:.1f} MB, RssAnon {megabytes['RssAnon']:.1f} MB, "
        f"{count * 60 / seconds:.1f} context switches a minute, {len(after)} threads"
    )


if __name__ == "__main__":
    process, seconds, name = sys.argv[1:]
    time.sleep(15)
    print(f"{name}: {watch(process, int(seconds))}")
