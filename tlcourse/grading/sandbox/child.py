"""One answer, observed: what a forked child of the zygote does, in namespaces of its own.

Runs inside the jail.
"""

from __future__ import annotations

import contextlib
import mmap
import os
import resource
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from tlcourse.grading.sandbox import linux
from tlcourse.grading.sandbox.audit import install

if TYPE_CHECKING:
    from tlcourse.exercises.engine.model import Observation
    from tlcourse.grading.sandbox.untouched import Untouched

__all__ = ["BROKEN", "HEADER", "observe_here", "shut_in"]

BROKEN = 97
"""The exit status that says that the sandbox failed, not the answer."""
HEADER = 8
"""Bytes in front of the reply that say how long it is."""
SCRATCH = ("/scratch", "/tmp", "/dev/shm")
USER = 61_000
RESERVED_PIDS = 300
"""Of Linux (``kernel/pid.c``): numbers below are given once."""


def shut_in(limits: dict[str, Any], number: int) -> None:
    """Move the calling process out of reach of everything: its next fork is the first process of its world.

    Parameters
    ----------
    limits : dict
        As `Limits` has them.
    number : int
        Counts the answers: each gets another user, where there is a choice.

    Raises
    ------
    OSError
        If the kernel refuses a step.
    """
    if os.geteuid() == 0 and _is_init_user():
        # Limits on processes do not bind root, and count all processes of a user: so another user each time.
        user = USER + number % 1000
        os.setgroups([])
        os.setresgid(user, user, user)
        os.setresuid(user, user, user)
        linux.set_dumpable(True)
    user, group = os.geteuid(), os.getegid()
    linux.unshare(
        linux.CLONE_NEWUSER | linux.CLONE_NEWNS | linux.CLONE_NEWPID | linux.CLONE_NEWIPC | linux.CLONE_NEWUTS
    )
    linux.map_one_user(1000, user, group)
    # Limits that a process sets for itself hold for all that it starts.
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, int(limits["cpu_seconds"])),
        (resource.RLIMIT_FSIZE, limits["file_bytes"]),
        (resource.RLIMIT_NOFILE, limits["open_files"]),
        (resource.RLIMIT_MEMLOCK, 0),
        (resource.RLIMIT_MSGQUEUE, 0),
    ):
        resource.setrlimit(kind, (most, most))


def _is_init_user() -> bool:
    """Whether user 0 is the machine's root, not that of a user namespace."""
    with open("/proc/self/uid_map") as file:
        return file.read().split()[:3] == ["0", "0", "4294967295"]


def furnish(limits: dict[str, Any], hidden: Sequence[str] = ()) -> None:
    """As the first process of the new world: fresh scratch folders and /proc, then no rights at all.

    Parameters
    ----------
    limits : dict
        As `Limits` has them.
    hidden : sequence of str
        Files and folders in whose place something empty is to be seen.
    """
    linux.prctl_death(signal.SIGKILL)
    flags = linux.MS_NOSUID | linux.MS_NODEV
    for folder in SCRATCH:
        options = f"size={limits['scratch_bytes']},nr_inodes=20000,mode=777"
        linux.mount("tmpfs", folder, "tmpfs", flags, options)
    for path in hidden:
        _hide(path)
    linux.mount("proc", "/proc", "proc", flags | linux.MS_NOEXEC)
    # No namespaces within: they would give rights back, over a smaller world.
    for name in ("user", "mnt", "pid", "net"):
        with open(f"/proc/sys/user/max_{name}_namespaces", "w") as file:
            file.write("0")
    written = _data_bytes() + int(limits["memory_bytes"])
    resource.setrlimit(resource.RLIMIT_DATA, (written, written))
    resource.setrlimit(resource.RLIMIT_NPROC, (limits["processes"], limits["processes"]))
    _bound_pids(limits["processes"])
    linux.drop_capabilities()
    if not _forks_are_limited():
        raise OSError("the number of processes cannot be limited for this user")
    linux.set_dumpable(False)  # its memory holds the reply; no file in /proc may lead to it
    os.chdir("/scratch")
    os.setsid()


def _hide(path: str) -> None:
    if os.path.isdir(path):
        linux.mount("tmpfs", path, "tmpfs", linux.MS_NOSUID | linux.MS_NODEV | linux.MS_RDONLY, "size=4k")
    elif os.path.exists(path):
        linux.bind("/dev/null", path)


def _bound_pids(processes: int) -> None:
    """A second bound on processes: the numbers of this world, where the kernel (6.14 and newer) can.

    Whoever has started 300 threads, one after the other, gets numbers from 300 on alone: Linux reserves
    those below, once they have been used. Each epoch of a Keras model starts some threads.
    """
    with contextlib.suppress(OSError), open("/proc/sys/kernel/pid_max", "w") as file:
        file.write(str(RESERVED_PIDS + processes))


def _forks_are_limited() -> bool:
    """Whether RLIMIT_NPROC binds this user: it does not bind the machine's root, under whatever number."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NPROC)
    resource.setrlimit(resource.RLIMIT_NPROC, (1, hard))
    try:
        if os.fork() == 0:
            os._exit(0)
        os.wait()
    except OSError:
        return True
    finally:
        resource.setrlimit(resource.RLIMIT_NPROC, (soft, hard))
    return False


def _data_bytes() -> int:
    """Writable private memory that this process has already."""
    with open("/proc/self/status") as status:
        line = next(line for line in status if line.startswith("VmData"))
    return int(line.split()[1]) * 1024


def observe_here(
    request: dict[str, Any],
    framework: str,
    reply: mmap.mmap,
    untouched: Untouched,
) -> None:
    """Run one job and leave the observation in the shared memory, its length last.

    Parameters
    ----------
    request : dict
        The job and its ticket.
    framework : {"torch", "keras"}
    reply : mmap.mmap
        Shared with the grader: `HEADER` bytes for the length, then the observation as JSON.
    untouched : Untouched
        What `untouched.remember` gives.
    """
    import tlcourse
    from tlcourse.exercises.engine.loading import run_answer
    from tlcourse.exercises.engine.observe import observe_in_process
    from tlcourse.exercises.engine.registry import get
    from tlcourse.exercises.engine.withheld import data_withheld

    restore = untouched.restore
    # A copy: the answer can reach the registry's own, and put another probe into it.
    own = get(request["exercise"])
    exercise = replace(own, probe=_as_plain_data(own.probe, restore))
    leave = _reply_writer(reply, request["ticket"])
    tlcourse.start(exercise.chapter, framework=framework, seed=request["seed"])
    untouched.accept()  # the framework that has just been chosen, among others
    with data_withheld(exercise, framework):  # above the hook: it would put back what is set below it
        install(untouched.suspect)
        loaded = run_answer(exercise, request["source"], request["setup"], main=True)
        restore()
        observation = loaded.failed or observe_in_process(
            exercise, loaded.answer, request["inputs"], framework, seed=request["seed"], after_call=restore
        )
        restore()
        leave(observation, loaded.note)


def _as_plain_data(probe: Callable[..., Any], restore: Callable[[], None]) -> Callable[..., Any]:
    """The probe, giving what it saw as plain data: nothing of the answer's runs in what comes after."""
    from tlcourse.exercises.engine.plain import from_json, to_json

    def measured(answer: Any, inputs: dict[str, Any], framework: str) -> Any:
        seen = probe(answer, inputs, framework)
        restore()  # an object's __repr__ is code of the answer's too
        text = to_json(seen)
        restore()
        return from_json(text)

    return measured


def _reply_writer(reply: mmap.mmap, ticket: str) -> Callable[[Observation, str], None]:
    """A function that leaves an observation in the shared memory, or says that it is too large.

    It is made before the answer runs, so that what it calls is what the course wrote.
    """
    from tlcourse.exercises.engine.model import Observation
    from tlcourse.exercises.engine.plain import to_json

    as_dict, with_changes, room = asdict, replace, len(reply) - HEADER

    def written(observation: Observation) -> bytes:
        return to_json({**as_dict(observation), "ticket": ticket}).encode()

    def leave(observation: Observation, note: str) -> None:
        text = written(with_changes(observation, note=note))
        if len(text) > room:
            problem = "Your code returned far more than a check can read."
            advice = "Return what the exercise asks for, and nothing else."
            seconds = observation.seconds
            text = written(Observation("unusable", problem=problem, advice=advice, seconds=seconds))
        reply[HEADER : HEADER + len(text)] = text
        reply[:HEADER] = len(text).to_bytes(HEADER, "little")

    return leave


def close_all() -> None:
    """Leave nothing open but an empty input and outputs that go nowhere."""
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    os.closerange(3, 65_536)
    sys.stdin = open(0)  # noqa: SIM115
    sys.stdout = open(1, "w")  # noqa: SIM115
    sys.stderr = open(2, "w")  # noqa: SIM115
