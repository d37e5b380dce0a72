"""One running jail with its zygote: started, given a job at a time, watched, stopped."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psutil

from tlcourse.exercises import Job, Observation
from tlcourse.exercises.engine.patience import WALL
from tlcourse.exercises.engine.plain import to_json
from tlcourse.exercises.engine.problems import timed_out
from tlcourse.grading.sandbox.child import BROKEN
from tlcourse.grading.sandbox.errors import SandboxUnavailableError
from tlcourse.grading.sandbox.imports import imports_of_answers
from tlcourse.grading.sandbox.limits import Limits
from tlcourse.grading.sandbox.plan import LAUNCHER_FOLDER, data_places, jail_plan, launcher_command
from tlcourse.grading.sandbox.replies import ended_early, memory_file, read_reply
from tlcourse.grading.sandbox.view import build_view
from tlcourse.grading.sandbox.watching import (
    exceeded_limit,
    processes_below,
    processor_seconds,
    seconds_in_line,
)

__all__ = ["Jail"]

_STARTING = 180.0  # seconds that a zygote may take to import its framework, on a machine that is busy
_STOPPING = 20.0  # seconds within which the zygote says that a killed child is gone
_BRIEF = 0.5  # seconds of an answer in which nobody asks whether it had to wait for a processor
_WATCH = 0.1  # seconds between two looks at a child's memory
_PACKAGE = Path(__file__).parents[2]


class Jail:
    """A jail for the answers to one chapter in one framework; it can be stopped and started again.

    Parameters
    ----------
    framework : {"torch", "keras"}
    chapter : str
        Two digits.
    limits : Limits
    network : {"none", "host"}
    modules : sequence of str
        Importable modules with ``EXERCISES`` besides the course's own.
    hidden : sequence of str
        Absolute paths to hide if they lie among what the jail shows.

    Attributes
    ----------
    running : bool
    shown : list of str
        The folders and files that the running jail shows.
    used : float
        Processor seconds of the last answer.
    in_line : float
        Seconds of its time by the clock in which the last answer could not run, because the machine was busy.
    starved : bool
        Whether the last answer was stopped for its time although the machine had given it too little.
    """

    def __init__(
        self,
        framework: str,
        chapter: str,
        *,
        limits: Limits,
        network: str,
        modules: Sequence[str],
        hidden: Sequence[str],
    ) -> None:
        self._framework, self._chapter = framework, chapter
        self._limits, self._network = limits, network
        self._modules, self._hidden = modules, hidden
        self.shown: list[str] = []
        self.used = self.in_line = 0.0
        self.starved = False
        self._folder: Path | None = None
        self._launched: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None
        self._first: psutil.Process | None = None

    @property
    def running(self) -> bool:
        """Whether the zygote is there and takes jobs."""
        return self._control is not None

    def start(self) -> None:
        """Build the jail and wait until its zygote has imported everything.

        Raises
        ------
        SandboxUnavailableError
            If the zygote does not say that it is ready.
        """
        self._first = None
        folder = self._folder or self._make_folder()
        root = folder / "root"
        root.mkdir(exist_ok=True)
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            plan = jail_plan(
                root,
                {str(_PACKAGE): str(folder / "tlcourse")},
                self._zygote_command(theirs.fileno()),
                network=self._network,
                keep=[theirs.fileno()],
                hidden=self._hidden,
            )
            self._launched = _launch(plan, folder / "errors.txt")
        ours.settimeout(_STARTING)
        try:
            ready = ours.recv(64)
        except TimeoutError:
            ready = b""
        if ready != b"ready":
            last_lines = self._last_errors()
            ours.close()
            self.stop()
            raise SandboxUnavailableError(
                f"The sandbox did not start: {last_lines}.",
                "Run `tlcourse doctor`; the last line says what failed.",
            )
        self._control = ours
        self.shown = [entry["at"] for entry in plan["entries"] if "bind" in entry]

    def _make_folder(self) -> Path:
        folder = Path(tempfile.mkdtemp(prefix="tlcourse-"))
        self._folder = folder  # before the view is built: `close` deletes it, whatever happens
        build_view(folder / "tlcourse", self._chapter)
        return folder

    def _zygote_command(self, control: int) -> list[str]:
        command = [sys.executable, "-m", "tlcourse.grading.sandbox.zygote", "--framework", self._framework]
        command += ["--chapter", self._chapter, "--control", str(control)]
        command += ["--limits", json.dumps(self._limits.as_dict())]
        command += ["--imports", json.dumps(imports_of_answers(self._chapter, self._framework))]
        return command + [part for module in self._modules for part in ("--module", module)]

    def _last_errors(self) -> str:
        assert self._folder is not None
        text = (self._folder / "errors.txt").read_text(errors="replace").strip()
        return " / ".join(text.splitlines()[-3:]) or "it gave no reason"

    def stop(self) -> None:
        """End the zygote and all that runs in the jail; nothing happens where none runs."""
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._launched is not None:
            # Its end of the socket is closed: the zygote leaves, and with it all that is in there.
            try:
                self._launched.wait(timeout=2)
            except subprocess.TimeoutExpired:
                for process in [*processes_below(self._launched.pid), psutil.Process(self._launched.pid)]:
                    with contextlib.suppress(psutil.Error):
                        process.kill()
                self._launched.wait()
            self._launched = None

    def close(self) -> None:
        """Stop, and delete what was made for the jail."""
        self.stop()
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def observe(self, job: Job, seconds: float, *, trains: bool = False) -> Observation:
        """Observe one answer in the running jail.

        Parameters
        ----------
        job : Job
        seconds : float
            Time by the clock after which it is stopped. That in which it had to wait for a processor is not
            counted, up to `WALL` times as much in all.
        trains : bool
            It trains: the seconds are the processor's, and the course's labelled data are out of sight.

        Raises
        ------
        SandboxUnavailableError
            If the sandbox itself failed: never because of the answer.
        """
        assert self._control is not None
        ticket = secrets.token_hex(8)
        request = {"ticket": ticket, "exercise": job.exercise_id, "source": job.source, "setup": job.setup}
        hidden = data_places() if trains else []
        text = to_json({**request, "inputs": job.inputs, "seed": job.seed, "hidden": hidden}).encode()
        with memory_file("job", text) as inward, memory_file("reply", b"") as room:
            os.ftruncate(room.fileno(), self._limits.reply_bytes)
            socket.send_fds(self._control, [b"go"], [inward.fileno(), room.fileno()])
            status, stopped_for = self._wait(self._control, seconds, trains)
            reply = read_reply(room.fileno(), ticket)
        if stopped_for == "timeout":
            return timed_out(seconds, trains=trains)
        if stopped_for:
            advice = "Look for an array or a loop that grows and grows."
            return Observation("died", problem=stopped_for, advice=advice)
        if status in (BROKEN, None):
            last_lines = self._last_errors()
            self.stop()
            raise SandboxUnavailableError(f"The sandbox broke: {last_lines}.", "Grade again with --resume.")
        return reply if reply is not None else ended_early(status or 0)

    def _wait(self, control: socket.socket, seconds: float, trains: bool) -> tuple[int | None, str]:
        """Wait until a child has ended, and end it where it exceeds a limit.

        Returns
        -------
        tuple of int or None, and str
            Its status (None if the zygote is gone), and why it was stopped: "", "timeout" or a sentence.
        """
        begun, stopped_for = time.monotonic(), ""
        private: dict[psutil.Process, int] = {}
        self.in_line, self.starved = 0.0, False
        # Whatever has ended is the zygote's to tell: to look at all processes of the machine takes 10 ms.
        zygote = self._zygote()
        before = processor_seconds(zygote)
        while True:
            ready, _, _ = select.select([control], [], [], _WATCH)
            processes = zygote if ready else self._processes()
            self.used = processor_seconds(processes) - before
            if ready:
                break
            if self._time_is_up(time.monotonic() - begun, seconds, processes[1:], trains):
                stopped_for = "timeout"
            else:
                stopped_for = exceeded_limit(processes[1:], self._limits, private) or ""
            if stopped_for:
                control.send(b"kill")
                ready, _, _ = select.select([control], [], [], _STOPPING)
                break
        if not ready:  # the zygote itself does not answer
            self.stop()
            return 0, stopped_for
        message = control.recv(256)
        if not message:
            return None, stopped_for
        return int(json.loads(message)["status"]), stopped_for

    def _time_is_up(
        self, elapsed: float, seconds: float, inside: Sequence[psutil.Process], trains: bool
    ) -> bool:
        """Whether an answer has used up its time: on a busy machine that is not what the clock says."""
        if elapsed > _BRIEF:
            self.in_line = max(self.in_line, seconds_in_line(inside))
        if elapsed <= seconds:
            return trains and self.used > seconds
        if self.used > seconds or (not trains and elapsed - self.in_line > seconds):
            return True
        if elapsed <= WALL * seconds:
            return False
        self.starved = self.in_line > elapsed / 2
        return True

    def _zygote(self) -> list[psutil.Process]:
        """The zygote alone; nothing where it is gone."""
        assert self._launched is not None
        if self._first is None or not self._first.is_running():
            self._first = next(iter(self._processes()), None)
        return [self._first] if self._first is not None else []

    def _processes(self) -> list[psutil.Process]:
        """The zygote, and then what answers have started; a look at all processes of the machine."""
        assert self._launched is not None
        return processes_below(self._launched.pid)

    def processes_inside(self) -> list[psutil.Process]:
        """The processes in the jail besides the zygote."""
        return self._processes()[1:]


def _launch(plan: dict[str, Any], errors: Path) -> subprocess.Popen[bytes]:
    """Start the launcher, hand it the plan, and let its errors go to a file."""
    with errors.open("wb") as file:
        launched = subprocess.Popen(
            launcher_command(),
            cwd=LAUNCHER_FOLDER,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=file,
            pass_fds=plan["keep"],
            start_new_session=True,
        )
    assert launched.stdin is not None
    launched.stdin.write(json.dumps(plan).encode())
    launched.stdin.close()
    return launched
