"""Starts the service beside a notify socket, waits until all that is due is done, and measures how it waits.

    bench_idle.py PROGRAM SECONDS WATCHDOG NAME ARGUMENT...

WATCHDOG is the interval in seconds, 0 for none. Standard library only.
"""

import json
import os
import pathlib
import select
import signal
import socket
import subprocess
import sys
import tempfile
import time

import waiting

program, seconds, watchdog, name, *arguments = sys.argv[1:]
seconds, watchdog = int(seconds), int(watchdog)
folder = tempfile.mkdtemp()
manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
manager.bind(folder + "/notify")

environment = dict(os.environ, NOTIFY_SOCKET=folder + "/notify")
if watchdog:
    environment["WATCHDOG_USEC"] = str(watchdog * 1_000_000)
started = time.monotonic()
service = subprocess.Popen(
    [program, "serve", "--log-format", "json", *arguments], env=environment, stderr=subprocess.PIPE
)
ready = None
open_slots = None
runs = 0
most_connections = 0


def connections():
    """Stream sockets that the service has open; the one for a notification is a datagram socket."""
    unix = pathlib.Path("/proc/net/unix").read_text().splitlines()[1:]
    streams = {f"socket:[{fields[6]}]" for fields in map(str.split, unix) if fields[4] == "0001"}
    count = 0
    for descriptor in pathlib.Path(f"/proc/{service.pid}/fd").iterdir():
        try:
            count += os.readlink(descriptor) in streams
        except FileNotFoundError:
            pass  # closed meanwhile
    return count


databases = None
buffer = b""
while True:
    readable, _, _ = select.select([manager, service.stderr], [], [], 0.002)
    if manager in readable:
        text = manager.recv(65536).decode()
        if "READY=1" in text and ready is None:
            ready = time.monotonic() - started
    if service.stderr in readable:
        buffer += os.read(service.stderr.fileno(), 65536)
        *lines, buffer = buffer.split(b"\n")
        for line in lines:
            event = json.loads(line)
            if event["event"] == "service_started":
                databases = int(event["message"].split(" for ")[1].split()[0])
            if event["event"] in ("run_finished", "slot_elsewhere"):
                runs += 1
    most_connections = max(most_connections, connections())
    if databases is not None and runs >= 3 * databases:
        break
    if service.poll() is not None or time.monotonic() - started > 600:
        sys.exit(f"the service did not get there: {runs} runs of {databases} databases")
worked = time.monotonic() - started

time.sleep(15)  # idle threads end after a few seconds
cost = waiting.watch(service.pid, seconds)
held = connections()
service.send_signal(signal.SIGTERM)
service.wait()
print(
    f"{name}: {cost}, ready in {ready * 1000:.0f} ms, "
    f"{runs} runs in {worked:.1f} s with at most {most_connections} connections, {held} while waiting"
)
