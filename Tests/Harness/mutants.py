"""Puts plausible mistakes into a copy of the sources, one at a time, and expects of each that the suite it names fails.

    mutants.py [NAME ...]          those of Tests/Mutants, or some of them
    mutants.py --check [FOLDER]    only whether each of a folder can be put in: nothing is built

A mistake is a file NAME.txt: what is wrong in a sentence, then the keys `file`, `suite` (MODULE.SUITE) and, where that
suite wants a server, `server` (a major version), then the two texts, each below a line of its own:

    --- original
    --- mistake

The original is a piece of the file that occurs in it once, so that moved lines do not matter and changed ones are
noticed. The copy and its build folder are in .build/mutants; what the compiler and the tests said is in
.build/mutants.log. Standard library only.
"""

import difflib
import fcntl
import functools
import os
import pathlib
import re
import signal
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = ROOT / "Tests/Mutants"
TREE = ROOT / ".build/mutants"
LOG = ROOT / ".build/mutants.log"
BUILD_LIMIT, TEST_LIMIT = 1800, 600  # seconds


class Faulty(Exception):
    """The mistake, or the tree that it belongs into, is no use: nothing is known of the tests."""


class Mutant:
    def __init__(self, path):
        self.name = path.stem
        parts = re.fullmatch(r"(.*?)^--- original\n(.*?)^--- mistake\n(.*)", path.read_text(), re.S | re.M)
        if parts is None:
            raise Faulty(f"{self.name}: expected a head, '--- original' and '--- mistake'")
        head, self.original, self.mistake = (part.strip("\n") for part in parts.groups())
        keys = dict(re.findall(r"^(file|suite|server): (.+)$", head, re.M))
        if not keys.keys() >= {"file", "suite"}:
            raise Faulty(f"{self.name}: expected 'file: PATH' and 'suite: MODULE.SUITE'")
        self.file, self.suite, self.server = keys["file"], keys["suite"], keys.get("server")

    @property
    def filter(self):
        return f"^{re.escape(self.suite)}/"

    def text(self, root):
        """The file with the mistake in it."""
        path = root / self.file
        if not path.is_file():
            raise Faulty(f"{self.name}: there is no file {self.file}")
        text = path.read_text()
        count = text.count(self.original) if self.original else 0
        if count != 1:
            raise Faulty(f"{self.name}: the original occurs {count} times in {self.file}, and should once")
        if self.original == self.mistake:
            raise Faulty(f"{self.name}: the mistake is what is there already")
        return text.replace(self.original, self.mistake)

    def check(self):
        self.text(ROOT)
        module, _, suite = self.suite.partition(".")
        if suite not in suites(module):
            raise Faulty(f"{self.name}: there is no suite {self.suite}")


@functools.cache
def suites(module):
    """The types that have tests, or stand beside such."""
    texts = [path.read_text() for path in (ROOT / "Tests" / module).rglob("*.swift")]
    types = re.compile(r"^(?:struct|final class|class|actor|enum) (\w+)", re.M)
    return {name for text in texts if "@Test" in text for name in types.findall(text)}


def load(folder, names=()):
    """Those of the names, or all, by their files, so that neighbours share a module; and what is wrong with any."""
    paths = {path.stem: path for path in sorted(folder.iterdir())}
    complaints, mutants = [], []
    for name in names or paths:
        try:
            if name not in paths:
                near = difflib.get_close_matches(name, paths, 1)
                raise Faulty(f"{name}: there is no such mistake" + "".join(f"; did you mean {word}?" for word in near))
            mutants.append(Mutant(paths[name]))
            mutants[-1].check()
        except Faulty as fault:
            complaints.append(str(fault))
    return sorted(mutants, key=lambda mutant: (mutant.file, mutant.name)), complaints


# The copy


def write(path, content, mode=None):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    if mode is not None:
        path.chmod(mode)
    manifest = TREE / "Sources/CEmbeddedSQL/manifest.c"
    if path.is_relative_to(TREE / "sql") and manifest.exists():
        manifest.touch()  # the build may not know what it has embedded


def copy():
    """Makes the copy what the tree is. What is the same already keeps its time, and is not compiled again."""
    TREE.mkdir(parents=True, exist_ok=True)
    wanted, changed = set(), False
    for folder, folders, files in os.walk(ROOT):
        if pathlib.Path(folder) == ROOT:
            folders[:] = [name for name in folders if name != ".git" and not name.startswith(".build")]
        folders[:] = [name for name in folders if name != "__pycache__"]
        links = [name for name in folders if os.path.islink(os.path.join(folder, name))]
        for name in files + links:
            source = pathlib.Path(folder, name)
            place = source.relative_to(ROOT)
            target = TREE / place
            wanted.add(place)
            if source.is_symlink():
                if not target.is_symlink() or os.readlink(target) != os.readlink(source):
                    target.unlink(missing_ok=True)
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.symlink_to(os.readlink(source))
                continue
            content, mode = source.read_bytes(), source.stat().st_mode & 0o777
            if not target.is_file() or target.read_bytes() != content or target.stat().st_mode & 0o777 != mode:
                changed = changed or place.parts[0] == "Sources"
                write(target, content, mode)
    for folder, folders, files in os.walk(TREE):
        if pathlib.Path(folder) == TREE:
            folders[:] = [name for name in folders if name != ".build"]
        for name in files:
            path = pathlib.Path(folder, name)
            if path.relative_to(TREE) not in wanted and name != "Package.resolved":
                path.unlink()
    build = TREE / ".build"
    if changed and build.is_dir():
        # SwiftPM may leave out tests that depend on what has changed in a library.
        for test in TREE.glob("Tests/*/*.swift"):
            test.touch()
    (build / "tmp").mkdir(parents=True, exist_ok=True)
    servers = ROOT / ".build/postgres"
    if servers.is_dir() and not (build / "postgres").is_symlink():
        (build / "postgres").symlink_to(servers)


# Building and testing


def end(process):
    """Ends what a command has started, where it has not ended itself."""
    # SwiftPM gives what it starts process groups of their own, and ends them when it is interrupted.
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
            process.wait(8)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def run(log, limit, what, *command, **variables):
    """The exit status of a command in the copy, and what it said."""
    environment = os.environ | {"TMPDIR": str(TREE / ".build/tmp")} | variables
    process = subprocess.Popen(
        command, cwd=TREE, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        text=True, errors="replace", start_new_session=True)
    try:
        said, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise Faulty(f"{what} took longer than {limit} s") from None
    finally:
        end(process)
    log.write(said)
    log.flush()
    return process.returncode, said


def build(log):
    status, said = run(log, BUILD_LIMIT, "the build", "swift", "build", "--build-tests")
    if status != 0:
        errors = [line for line in said.splitlines() if "error:" in line] or said.splitlines()[-1:]
        raise Faulty("it does not build: " + "".join(errors[:1]))


def test(log, mutants):
    """The tests that failed, in the order in which they did."""
    filters = [word for mutant in mutants for word in ("--filter", mutant.filter)]
    versions = sorted({mutant.server for mutant in mutants if mutant.server})
    status, said = run(
        log, TEST_LIMIT, "the test", "swift", "test", "--skip-build", "--disable-xctest", *filters,
        PGTEND_TEST_VERSIONS=" ".join(versions) or "18",
        SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH=os.environ.get(
            "SWT_EXPERIMENTAL_MAXIMUM_PARALLELIZATION_WIDTH", "3"))
    end = re.search(r"^(✔|✘) Test run with (\d+) tests?", said, re.M)
    if end is None:
        reasons = [line for line in said.splitlines() if "Fatal error" in line] or said.splitlines()[-1:]
        raise Faulty("the test program died: " + "".join(reasons[:1]))
    if end[2] == "0":
        raise Faulty("no test was run")
    failed = list(dict.fromkeys(re.findall(r"^✘ Test (?!run with )(.+?) recorded an issue", said, re.M)))
    if (status != 0) != bool(failed):
        raise Faulty(f"the tests ended with {status}, and {len(failed)} of them failed")
    return failed


def judge(log, mutant):
    """What became of it, in a word and in a sentence."""
    path = TREE / mutant.file
    content = path.read_bytes()
    log.write(f"\n=== {mutant.name}\n")
    try:
        write(path, mutant.text(TREE).encode())
        build(log)
        failed = test(log, [mutant])
    except Faulty as fault:
        return "faulty", f"FAULTY: {fault}"
    finally:
        write(path, content)
    more = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
    return ("killed", f"killed by {failed[0]}{more}") if failed else ("survived", f"SURVIVED {mutant.suite}")


def prove(mutants):
    start = time.monotonic()
    with open(LOG, "w") as log, open(ROOT / ".build/mutants.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        copy()
        try:
            build(log)
            failed = test(log, mutants)
        except Faulty as fault:
            sys.exit(f"without any mistake: {fault} (all of it: {LOG})")
        if failed:
            sys.exit(f"these tests fail without any mistake: {', '.join(failed)} (all of it: {LOG})")
        print(f"the copy is built and passes: {time.monotonic() - start:.0f} s", flush=True)
        counts = {"killed": 0, "survived": 0, "faulty": 0}
        for mutant in mutants:
            begun = time.monotonic()
            end, sentence = judge(log, mutant)
            counts[end] += 1
            print(f"{mutant.name}: {sentence}: {time.monotonic() - begun:.0f} s", flush=True)
    minutes = (time.monotonic() - start) / 60
    words = ", ".join(f"{count} {word}" for word, count in counts.items())
    print(f"of {len(mutants)}: {words}; {minutes:.1f} minutes", flush=True)
    if counts["killed"] < len(mutants):
        sys.exit(f"what the compiler and the tests said: {LOG}")


def main(arguments):
    if arguments[:1] == ["--check"]:
        _, complaints = load(pathlib.Path(arguments[1]) if arguments[1:] else FOLDER)
        sys.exit("\n".join(complaints) or None)
    mutants, complaints = load(FOLDER, arguments)
    if complaints:
        sys.exit("\n".join(complaints))
    for version in sorted({mutant.server for mutant in mutants if mutant.server}):
        if f"PGTEND_TEST_{version}" not in os.environ:
            cluster = str(ROOT / "Tests/Harness/cluster.sh")
            os.execv(cluster, [cluster, version, "--", sys.executable, __file__, *arguments])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: sys.exit(1))
    prove(mutants)


main(sys.argv[1:])
