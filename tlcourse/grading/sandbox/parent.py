"""The grader's side of the sandbox: start the jail, hand jobs in, watch, take plain data out."""

from __future__ import annotations

import contextlib
import errno
import json
import mmap
import os
import secrets
import select
import shutil
import site
import socket
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import psutil

from ...errors import UnknownNameError
from ...exercises import Job, Observation
from ...exercises.engine.jobs import read_result
from ...exercises.engine.plain import NotPlainError, to_json
from ...exercises.engine.problems import timed_out
from .child import BROKEN, HEADER
from .errors import SandboxUnavailableError
from .limits import Limits
from .proof import Secrets, prove
from .view import build_view

__all__ = ["Sandbox", "available", "how_to_allow"]

_HOME = Path(__file__).parents[3]
"""Where the launcher starts: `python -m` looks in its folder first, and the caller's may hold a `json.py`."""
_STARTING = 180.0  # seconds that a zygote may take to import its framework, on a machine that is busy
_WATCH = 0.1  # seconds between two looks at a child's memory


@cache
def available() -> tuple[str | None, str]:
    """("namespaces", "") where the jail can be built on this machine; (None, why not) elsewhere.

    It builds one, rather than trust what the system says of itself.
    """
    if not sys.platform.startswith("linux"):
        return None, "students' code can be shut in on Linux only"
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as scratch:
        root = Path(scratch) / "root"
        root.mkdir()
        plan = _plan(root, {}, [sys.executable, "-S", "-c", ""], network="none", keep=[])
        try:
            done = subprocess.run(
                _launcher(),
                cwd=_HOME,
                input=json.dumps(plan),
                capture_output=True,
                text=True,
                timeout=60,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return None, f"the jail could not be tried: {error}"
    if done.returncode == 0:
        return "namespaces", ""
    lines = done.stderr.strip().splitlines() or [f"it ended with status {done.returncode}"]
    return None, _why(lines[-1])


def _why(line: str) -> str:
    """What the launcher says, in words, where the kernel's own say something else than what is the matter."""
    if f"[Errno {errno.ENOSPC}]" in line:  # "No space left on device": the count of namespaces is used up
        return "the kernel lets nobody make user namespaces here (user.max_user_namespaces is 0, or used up)"
    if f"[Errno {errno.EPERM}]" in line or f"[Errno {errno.EACCES}]" in line:
        return f"this user may not make namespaces here ({line.rpartition(': ')[2] or line})"
    return line


def how_to_allow(why: str) -> str:
    """The commands that turn on what `available` says is missing."""
    if "max_user_namespaces" in why:
        return (
            "As root: `sysctl -w user.max_user_namespaces=15000` (in a file below /etc/sysctl.d to keep it). "
            "Or give --unsafe where no harm can be done."
        )
    if "may not make" in why:
        return (
            "As root, on Ubuntu: `sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; on Debian: "
            "`sysctl -w kernel.unprivileged_userns_clone=1`; in Docker: start it with `--cap-add SYS_ADMIN "
            "--security-opt seccomp=unconfined --security-opt apparmor=unconfined`. "
            "Or give --unsafe where no harm can be done."
        )
    return "Use Linux with user namespaces, or give --unsafe where no harm can be done."


def _launcher() -> list[str]:
    return [sys.executable, "-m", "tlcourse.grading.sandbox.launch"]


def _shown() -> list[str]:
    """What of the machine's file system the jail shows: programs, libraries, this Python and its packages.

    Not whole trees such as /usr or an environment's folder: a course, or a class, may lie in there.
    """
    folders = [f"{top}{name}" for top in ("/", "/usr/") for name in ("bin", "sbin", "lib", "lib32", "lib64")]
    folders += ["/usr/libexec", "/usr/share/zoneinfo"]
    for prefix in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix):
        folders += [f"{prefix}/{name}" for name in ("bin", "lib", "lib64", "pyvenv.cfg")]
    folders += [sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib", "platstdlib")]
    folders += site.getsitepackages()
    folders += [
        f"/etc/{name}" for name in ("ld.so.cache", "ld.so.conf", "ld.so.conf.d", "alternatives", "localtime")
    ]
    folders += ["/sys/devices/system/cpu", "/sys/devices/system/node"]
    return list(dict.fromkeys(str(path) for path in folders if path and os.path.exists(path)))


def _plan(
    root: Path,
    binds: dict[str, str],
    argv: list[str],
    *,
    network: str,
    keep: list[int],
    hidden: Sequence[str] = (),
) -> dict[str, Any]:
    entries: list[dict[str, Any]] = []
    kept: list[str] = []
    for place in sorted(_shown(), key=lambda p: (p.count("/"), p)):
        if os.path.islink(place) and place.count("/") == 1:
            entries.append({"link": os.readlink(place), "at": place})
        elif not any(place == top or place.startswith(top + "/") for top in kept):
            kept.append(place)
            entries.append({"bind": place, "at": place})
    for path in hidden:
        # Under each name that a shown folder gives it.
        for top in kept:
            real = os.path.realpath(top)
            if path.startswith(real + "/") and os.path.exists(path):
                entries.append({"hide": path, "at": top + path[len(real) :]})
    entries += [{"bind": source, "at": target} for target, source in binds.items()]
    threads = os.environ.get("TLCOURSE_THREADS", "1")
    env = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/scratch",
        "TMPDIR": "/tmp",
        "LANG": "C.UTF-8",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",
        "TLCOURSE_THREADS": threads,
        "OMP_NUM_THREADS": threads,
        "OPENBLAS_NUM_THREADS": threads,
        "TF_NUM_INTRAOP_THREADS": threads,
        "TF_NUM_INTEROP_THREADS": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
        "TF_ENABLE_ONEDNN_OPTS": "0",
        "CUDA_VISIBLE_DEVICES": "",
        "MPLCONFIGDIR": "/scratch",
        "KERAS_HOME": "/scratch",
        "MPLBACKEND": "agg",
    }
    env |= {name: value for name, value in os.environ.items() if name.startswith("OPENBLAS_CORETYPE")}
    names = "root:x:0:0::/scratch:/bin/false\nstudent:x:1000:1000::/scratch:/bin/false\n"
    return {
        "root": str(root),
        "entries": entries,
        "folders": ["/scratch", "/tmp"],
        "files": {"/etc/passwd": names, "/etc/group": "root:x:0:\nstudent:x:1000:\n", "/etc/hosts": ""},
        "argv": argv,
        "env": env,
        "keep": keep,
        "worker": os.getpid(),
        "network": network,
    }


class Sandbox:
    """Observes answers in a jail: one zygote for a chapter and framework, one forked child for each answer.

    Parameters
    ----------
    framework : {"torch", "keras"}
    chapter : str
        Two digits; its exercises are imported before the first answer.
    limits : Limits
    network : {"none", "host"}
    unsafe : bool
        Where no jail can be built: run the answers in plain processes, with limits only, instead of refusing.
    modules : sequence of str
        Other importable modules with ``EXERCISES``.
    secrets : Secrets
        What the jail hides if it lies among what it shows, and what it proves to be out of sight.

    Attributes
    ----------
    protections : tuple of str
        In words; known after the first start, which attacks the jail and lists what held.

    Raises
    ------
    SandboxUnavailableError
        If this machine cannot build the jail and ``unsafe`` is not given.
    UnknownNameError
        For another framework or network.

    Examples
    --------
    ::

        with Sandbox("torch", "02") as sandbox:
            observations = sandbox.observe(jobs)
    """

    def __init__(
        self,
        framework: str,
        chapter: str,
        *,
        limits: Limits | None = None,
        network: str = "none",
        unsafe: bool = False,
        modules: Sequence[str] = (),
        secrets: Secrets | None = None,
    ) -> None:
        for what, value, known in (
            ("framework", framework, ("torch", "keras")),
            ("network", network, ("none", "host")),
        ):
            if value not in known:
                raise UnknownNameError(what, value, known)
        self.framework, self.chapter, self.network = framework, chapter, network
        self.limits, self.modules = limits or Limits(), tuple(modules)
        self.secrets = secrets or Secrets()
        self._folder: Path | None = None
        self._launched: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        kind, why = available()
        self.jailed = kind is not None
        if not self.jailed and not unsafe:
            raise SandboxUnavailableError(
                f"Students' code cannot be shut in on this machine: {why}.",
                how_to_allow(why),
            )
        self.protections: tuple[str, ...] = ()
        if not self.jailed:
            self.protections = (
                f"NOT PROTECTED: students' code ran as an ordinary process of yours ({why})",
                "a process of its own for each submission, and a time limit for each answer",
            )

    def __enter__(self) -> Sandbox:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # ---------------------------------------------------------------------------------------- the zygote

    def _start(self) -> socket.socket:
        if self._control is not None:
            return self._control
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="tlcourse-"))
            build_view(self._folder / "tlcourse", self.chapter)
        root = self._folder / "root"
        root.mkdir(exist_ok=True)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        argv = [sys.executable, "-m", "tlcourse.grading.sandbox.zygote", "--framework", self.framework]
        argv += ["--chapter", self.chapter, "--control", str(theirs.fileno())]
        argv += ["--limits", json.dumps(self.limits.as_dict())]
        argv += [part for module in self.modules for part in ("--module", module)]
        package = str(Path(__file__).parents[2])
        plan = _plan(
            root,
            {package: str(self._folder / "tlcourse")},
            argv,
            network=self.network,
            keep=[theirs.fileno()],
            hidden=self.secrets.paths,
        )
        errors = open(self._folder / "errors.txt", "wb")  # noqa: SIM115
        self._launched = subprocess.Popen(
            _launcher(),
            cwd=_HOME,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=[theirs.fileno()],
            start_new_session=True,
        )
        errors.close()
        theirs.close()
        assert self._launched.stdin is not None
        self._launched.stdin.write(json.dumps(plan).encode())
        self._launched.stdin.close()
        ours.settimeout(_STARTING)
        try:
            ready = ours.recv(64)
        except TimeoutError:
            ready = b""
        if ready != b"ready":
            told = self._errors()
            ours.close()
            self._stop()
            raise SandboxUnavailableError(
                f"The sandbox did not start: {told}.",
                "Run `tlcourse doctor`; the last line says what failed.",
            )
        self._control = ours
        if not self.protections:
            folders = [entry["at"] for entry in plan["entries"] if "bind" in entry]
            try:
                self.protections = prove(self, self.secrets, folders)
            except SandboxUnavailableError:
                self._stop()
                raise
            if self.network != "none":
                self.protections += ("NOT PROTECTED: the network was open to answers",)
        return self._control

    def _errors(self) -> str:
        assert self._folder is not None
        text = (self._folder / "errors.txt").read_text(errors="replace").strip()
        return " / ".join(text.splitlines()[-3:]) or "it said nothing"

    def _stop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._launched is not None:
            # Its end of the socket is closed: the zygote leaves, and with it all that is in there.
            try:
                self._launched.wait(timeout=2)
            except subprocess.TimeoutExpired:
                for process in [*_below(self._launched.pid), psutil.Process(self._launched.pid)]:
                    with contextlib.suppress(psutil.Error):
                        process.kill()
                self._launched.wait()
            self._launched = None

    def close(self) -> None:
        """End the zygote, and delete what was made for it."""
        self._stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    # ------------------------------------------------------------------------------------------ the jobs

    def observe(self, jobs: Sequence[Job]) -> list[Observation]:
        """Observe one student's answers, each in a process of its own.

        Parameters
        ----------
        jobs : sequence of Job

        Returns
        -------
        list of Observation
            One for each job, in order, whatever the student's code did.

        Raises
        ------
        SandboxUnavailableError
            If the jail cannot be started (again): never because of a student's code.
        """
        if not self.jailed:
            from ...exercises import observe_in_subprocess

            return observe_in_subprocess(
                jobs, self.framework, timeout=self.limits.exercise_seconds, modules=self.modules
            )
        left = self.limits.submission_seconds
        found = []
        for job in jobs:
            if left <= 0:
                allowed = f"{self.limits.submission_seconds:.0f} s"
                problem = f"The {allowed} for all answers were used up before this one."
                advice = "Look for what takes so long in the others."
                found.append(Observation("timeout", problem=problem, advice=advice))
                continue
            begun = time.monotonic()
            control = self._start()
            # The first start imports a framework: that is not the student's time.
            begun = time.monotonic() if not found else begun
            found.append(self._one(control, job, min(self.limits.exercise_seconds, left)))
            left -= time.monotonic() - begun
        return found

    def run(self, job: Job, seconds: float) -> Observation:
        """Observe one answer in the running jail, and nothing else."""
        return self._one(self._start(), job, seconds)

    def processes_inside(self) -> int:
        """How many processes are in the jail besides the zygote."""
        assert self._launched is not None
        return len(_below(self._launched.pid)[1:])

    def _one(self, control: socket.socket, job: Job, seconds: float) -> Observation:
        ticket = secrets.token_hex(8)
        request = {"ticket": ticket, "exercise": job.exercise_id, "source": job.source, "setup": job.setup}
        text = to_json({**request, "inputs": job.inputs, "seed": job.seed}).encode()
        with _memory_file("job", text) as inward, _memory_file("reply", b"") as room:
            os.ftruncate(room.fileno(), self.limits.reply_bytes)
            socket.send_fds(control, [b"go"], [inward.fileno(), room.fileno()])
            status, why = self._wait(control, seconds)
            found = _read(room.fileno(), ticket)
        if why == "timeout":
            return timed_out(seconds)
        if why:
            return Observation(
                "died", problem=why, advice="Look for an array or a loop that grows and grows."
            )
        if status in (BROKEN, None):
            told = self._errors()
            self._stop()
            raise SandboxUnavailableError(f"The sandbox broke: {told}.", "Grade again with --resume.")
        return found if found is not None else _died(status or 0)

    def _wait(self, control: socket.socket, seconds: float) -> tuple[int | None, str]:
        """Wait for a child's end, and see to it: (its status, why it was ended)."""
        assert self._launched is not None
        until, why = time.monotonic() + seconds, ""
        while True:
            ready, _, _ = select.select([control], [], [], _WATCH)
            if ready:
                break
            if time.monotonic() > until:
                why = "timeout"
            elif (over := self._over()) is not None:
                why = over
            if why:
                control.send(b"kill")
                ready, _, _ = select.select([control], [], [], 20.0)
                break
        if not ready:  # the zygote itself does not answer
            self._stop()
            return 0, why
        message = control.recv(256)
        if not message:
            return None, why
        return int(json.loads(message)["status"]), why

    def _over(self) -> str | None:
        """In words, the limit that the running child's processes together exceed; None if none."""
        assert self._launched is not None
        inside = _below(self._launched.pid)[1:]  # the first is the zygote
        if len(inside) > self.limits.processes + 1:
            return f"Your code started more than {self.limits.processes} processes and was stopped."
        used = 0
        for process in inside:
            with contextlib.suppress(psutil.Error):
                used += process.memory_info().rss
        if used <= self.limits.memory_bytes:
            return None
        private = 0
        for process in inside:
            with contextlib.suppress(psutil.Error):
                private += process.memory_full_info().uss
        if private <= self.limits.memory_bytes:
            return None
        return (
            f"Your code used more than {self.limits.memory_bytes / 2**30:.0f} GiB of memory and was stopped."
        )


def _memory_file(name: str, content: bytes) -> Any:
    file = os.fdopen(os.memfd_create(f"tlcourse-{name}"), "w+b", buffering=0)
    view = memoryview(content)
    while view:
        view = view[file.write(view) :]
    file.seek(0)
    return file


def _read(descriptor: int, ticket: str) -> Observation | None:
    """The observation that a child left, or None if it left none."""
    with mmap.mmap(descriptor, 0, access=mmap.ACCESS_READ) as room:
        length = int.from_bytes(room[:HEADER], "little")
        if not 0 < length <= len(room) - HEADER:
            return None
        line = room[HEADER : HEADER + length]
    try:
        return read_result(line, ticket)
    except NotPlainError as error:
        return Observation(
            "unusable",
            problem=f"What came back from your code cannot be read: {error}.",
            advice="Return plain numbers, lists or arrays.",
        )


def _died(status: int) -> Observation:
    ending = {
        0: "with `os._exit` or the like",
        128 + 9: "by signal 9: it was killed, perhaps for its memory",
        128 + 11: "by signal 11: a crash in compiled code",
        128 + 24: "by signal 24: it used up its processor time",
        128 + 25: "by signal 25: it wrote too large a file",
    }.get(status, f"by signal {status - 128}" if status > 128 else f"with status {status}")
    return Observation(
        "died",
        problem=f"Python ended while your code ran ({ending}).",
        advice="Look for `exit`, `os._exit`, or an array far larger than the memory.",
    )


def _below(pid: int) -> list[psutil.Process]:
    """The processes that one has started, and what these have, nearest first."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []
