"""The sandbox attacks itself before it is used: the report lists as protected what was tried and held.

An attack is an answer like any other, as text, run where answers run. It tries each thing that `PROTECTIONS`
says cannot be done, and returns the names of those that it could do. One success, and nothing is graded.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tlcourse.exercises import Job, Observation
from tlcourse.exercises.engine.folder import SHOWN
from tlcourse.grading.sandbox.attacks import ATTACK
from tlcourse.grading.sandbox.errors import SandboxUnavailableError
from tlcourse.grading.sandbox.plan import data_places

if TYPE_CHECKING:
    from tlcourse.grading.sandbox.sandbox import Sandbox

__all__ = ["PROTECTIONS", "Secrets", "prove"]

PROTECTIONS = {
    "process": "a process of its own for each answer, gone with all that it started",
    "rights": "no rights, no new privileges",
    "user": "a user of its own, not the grader's",
    "view": "no view of other processes",
    "files": "a file system that shows programs, read-only, and three scratch folders, deleted afterwards",
    "secrets": "no solutions, judges, submissions, marks or seed in that file system",
    "limits": "limits on time, memory, processes, open files and sizes",
    "network": "no network",
    "data": "no labelled images or texts of the course in sight of an answer that trains",
}
_SECONDS = 60.0  # that an attack may take on a busy machine
_ENDLESS = 0.5


@dataclass(frozen=True)
class Secrets:
    """What no answer may see.

    Attributes
    ----------
    paths : tuple of str
        Absolute, on the grader's machine: the course's solutions, sources and tests, the class's folder, the
        marks, the seed.
    names : tuple of str
        Names of files that may lie nowhere in what an answer sees: the course's notebooks and sources.
    """

    paths: tuple[str, ...] = ()
    names: tuple[str, ...] = ()

    @classmethod
    def of(cls, root: Path, *others: Path) -> Secrets:
        """Those of a checkout of the course, and other files and folders (the class, the marks, the seed)."""
        parts = ("solutions", "notebooks", "book", "tests", "tools", "docs", "_build", ".git")
        own = [root / part for part in parts]
        paths = [str(each.resolve()) for each in (*own, *others) if each.exists()]
        names = [p.name for p in (*root.glob("solutions/*/*.ipynb"), *root.glob("book/chapters/*.md"))]
        return cls(tuple(dict.fromkeys(paths)), tuple(dict.fromkeys(names)))


LEAVE_TRACES = """
import builtins, os, subprocess, sys

def attack(inputs):
    builtins.tlcourse_was_here = True
    os.environ["TLCOURSE_WAS_HERE"] = "1"
    for folder in inputs["scratch"]:
        with open(folder + "/left", "w") as file:
            file.write("left")
    program = "import os, time; os.setsid() if os.fork() == 0 else None; time.sleep(600)"
    subprocess.Popen([sys.executable, "-S", "-c", program])
    return []
"""
LOOK_AROUND = """
import builtins, errno, os, resource, signal, socket, sys

def attack(inputs):
    could = []

    def tried(protection, what, succeeded):
        if succeeded:
            could.append([protection, what])

    def status(name):
        with open("/proc/self/status") as file:
            return next(line.split()[1] for line in file if line.startswith(name + ":"))

    # --- what an answer before this one left
    tried("process", "see a name of the answer before", hasattr(builtins, "tlcourse_was_here"))
    tried("process", "see the environment of the answer before", "TLCOURSE_WAS_HERE" in os.environ)
    for folder in inputs["scratch"]:
        tried("files", "see a file of the answer before", os.path.exists(folder + "/left"))
    # --- rights
    for name in ("CapEff", "CapPrm", "CapInh", "CapBnd", "CapAmb"):
        tried("rights", "have " + name, int(status(name), 16) != 0)
    tried("rights", "gain privileges by a program", status("NoNewPrivs") != "1")
    for call in (lambda: os.setuid(0), lambda: os.setgid(0), lambda: os.chroot("/tmp"), lambda: os.nice(-5)):
        try:
            call()
            tried("rights", "change its user or root folder", True)
        except OSError:
            pass
    with open("/proc/self/uid_map") as file:
        inner, outer, count = (int(part) for part in file.read().split())
    tried("user", "run as the grader's user", outer == inputs["user"] or count != 1)
    # --- other processes
    own = {os.getpid(), os.getppid()}
    seen = {int(name) for name in os.listdir("/proc") if name.isdigit()} - own
    tried("view", "see other processes", bool(seen - {1}))
    for other in inputs["pids"]:
        if other not in own | {1}:
            try:
                os.kill(other, 0)
                tried("view", "send a signal to the grader", True)
            except OSError:
                pass
    # --- files
    tops = ["/" + name for name in os.listdir("/")]
    for folder in {*inputs["folders"], *tops} - {*inputs["scratch"], "/proc"}:
        try:
            with open(os.path.join(folder, "tlcourse-was-here"), "w"):
                tried("files", "write into " + folder, True)
        except OSError:
            pass
    # --- secrets
    for path in inputs["paths"]:
        if os.path.isdir(path) and not os.path.islink(path):
            try:
                there = any(files for _, _, files in os.walk(path))
            except OSError:
                there = False
            tried("secrets", "list " + path, there)
        elif os.path.lexists(path):
            try:
                with open(path, "rb") as file:
                    tried("secrets", "read " + path, bool(file.read(1)))
            except OSError:
                pass
    names = set(inputs["names"])
    for folder, folders, files in os.walk("/"):
        if folder == "/":
            folders[:] = [name for name in folders if name not in ("proc", "sys", "dev")]
        for name in names.intersection(files):
            tried("secrets", "see " + folder + "/" + name, True)
        if "/tlcourse/exercises/chapters/" in folder:
            for name in files:
                shown = name.split(".")[0] in inputs["shown"]
                tried("secrets", "see " + folder + "/" + name, not shown)
    from tlcourse.exercises.engine.registry import all_exercises
    for exercise in all_exercises(inputs["chapter"]):
        tried("secrets", "see wrong answers", bool(exercise.misconceptions))
        try:
            exercise.judge({}, {})
            tried("secrets", "call a judge", True)
        except RuntimeError:
            pass
        except Exception as error:
            tried("secrets", "call a judge", True)
    # --- limits
    files = []
    try:
        for _ in range(inputs["open_files"] + 1):
            files.append(os.open("/dev/null", os.O_RDONLY))
        tried("limits", "open more files", True)
    except OSError:
        pass
    for each in files:
        os.close(each)
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with open("/scratch/large", "wb") as file:
            file.truncate(inputs["file_bytes"] + 1)
        tried("limits", "write a larger file", True)
    except OSError:
        pass
    try:
        kept = bytearray(inputs["memory_bytes"] + 2**20)
        tried("limits", "use more memory", True)
    except MemoryError:
        pass
    most = resource.getrlimit(resource.RLIMIT_CPU)[1]
    tried("limits", "use more processor time", most != inputs["cpu_seconds"])
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    tried("limits", "start more processes", hard != inputs["processes"])
    resource.setrlimit(resource.RLIMIT_NPROC, (1, hard))
    try:
        child = os.fork()
        if child == 0:
            os._exit(0)
        os.waitpid(child, 0)
        tried("limits", "start processes without a limit", True)
    except OSError:
        pass
    resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    # --- network
    if inputs["port"]:
        for host in ("127.0.0.1", "localhost"):
            try:
                socket.create_connection((host, inputs["port"]), 1).close()
                tried("network", "connect to the grader's machine", True)
            except OSError:
                pass
        with open("/proc/net/dev") as file:
            devices = {line.split(":")[0].strip() for line in file if ":" in line}
        tried("network", "see a network device", bool(devices - {"lo"}))
    return could
"""
LOOK_FOR_DATA = """
import os

def attack(inputs):
    could = []
    for path in inputs["data"]:
        if os.path.isdir(path):
            found = any(files for _, _, files in os.walk(path))
        else:
            try:
                with open(path, "rb") as file:
                    found = bool(file.read(1))
            except OSError:
                found = False
        if found:
            could.append(["data", "read " + path])
    names = set(inputs["data_names"])
    for folder, folders, files in os.walk("/"):
        if folder == "/":
            folders[:] = [name for name in folders if name not in ("proc", "sys", "dev")]
        for name in names.intersection(files):
            if os.path.isfile(folder + "/" + name) and os.path.getsize(folder + "/" + name):
                could.append(["data", "see " + folder + "/" + name])
    return could
"""
RUN_FOR_EVER = """
def attack(inputs):
    while True:
        pass
"""


@contextlib.contextmanager
def _listening(wanted: bool) -> Iterator[int]:
    """A port of this machine at which somebody listens; 0 if not wanted."""
    if not wanted:
        yield 0
        return
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def prove(sandbox: Sandbox, secrets: Secrets, folders: Sequence[str]) -> tuple[str, ...]:
    """Attack a sandbox that has just been started.

    Parameters
    ----------
    sandbox : Sandbox
    secrets : Secrets
    folders : sequence of str
        What the jail shows, to try to write into.

    Returns
    -------
    tuple of str
        The protections that held, as sentences for the report.

    Raises
    ------
    SandboxUnavailableError
        If an attack succeeded against a listed protection, or did not run to its end.
    """
    offline = sandbox.network == "none"
    with _listening(offline) as port:
        inputs = _attack_inputs(sandbox, secrets, folders, port)
        first = sandbox.run(Job(ATTACK, LEAVE_TRACES, inputs), _SECONDS)
        left_running = sandbox.processes_inside()
        second = sandbox.run(Job(ATTACK, LOOK_AROUND, inputs), _SECONDS)
    third = sandbox.run(Job(ATTACK, LOOK_FOR_DATA, inputs), _SECONDS, trains=True)
    begun = time.monotonic()
    endless = sandbox.run(Job(ATTACK, RUN_FOR_EVER, inputs), _ENDLESS)
    succeeded = [*_reported(first), *_reported(second), *_reported(third)]
    if left_running:
        succeeded.append(("process", "leave a program running"))
    if endless.kind != "timeout" or time.monotonic() - begun > 60:
        succeeded.append(("limits", "run for ever"))
    claimed = set(PROTECTIONS) - (set() if offline else {"network"})
    if os.geteuid() != 0:
        # Only root can run an answer as another user, so that protection is not claimed.
        claimed.remove("user")
    _refuse_if_broken(succeeded, claimed)
    return tuple(text for which, text in PROTECTIONS.items() if which in claimed)


def _attack_inputs(sandbox: Sandbox, secrets: Secrets, folders: Sequence[str], port: int) -> dict[str, Any]:
    """The machine and the limits as the attacks need to know them."""
    limits, data = sandbox.limits, data_places()
    return {
        "data": data,
        "data_names": [name for place in data for name in _names_in(place)],
        "scratch": ["/scratch", "/tmp", "/dev/shm"],
        "user": os.geteuid(),
        "pids": [os.getpid(), os.getppid()],
        "folders": ["/", "/etc", "/dev", *folders],
        "paths": list(secrets.paths),
        "names": list(secrets.names),
        "shown": [name.partition(".")[0] for name in SHOWN],
        "chapter": sandbox.chapter,
        "open_files": limits.open_files,
        "file_bytes": limits.file_bytes,
        "memory_bytes": limits.memory_bytes,
        "cpu_seconds": int(limits.cpu_seconds),
        "processes": limits.processes,
        "port": port,
    }


def _names_in(place: str) -> list[str]:
    """Of a file its name, of a folder those of some files in it."""
    if not os.path.isdir(place):
        return [os.path.basename(place)]
    return [name for _, _, files in os.walk(place) for name in sorted(files)[:3]]


def _reported(seen: Observation) -> list[tuple[str, str]]:
    """What an attack was able to do: (protection, deed).

    Raises
    ------
    SandboxUnavailableError
        If it did not run to its end.
    """
    if seen.kind != "ok":
        raise SandboxUnavailableError(
            f"The sandbox could not be tried out: {seen.kind}, {seen.problem}", "Run `tlcourse doctor`."
        )
    data: Mapping[str, Any] = seen.data or {}
    return [(str(which), str(deed)) for which, deed in data.get("could", [])]


def _refuse_if_broken(succeeded: Sequence[tuple[str, str]], claimed: Collection[str]) -> None:
    for which, deed in succeeded:
        if which in claimed:
            raise SandboxUnavailableError(
                f"The sandbox does not hold on this machine: an answer could {deed}, against"
                f" “{PROTECTIONS[which]}”.",
                "Nothing was graded. If a file of the course or of the class lies among the programs (below"
                " /usr/lib, say), move it; otherwise please report this.",
            )
