"""Notebooks are read and taken apart in a process of their own: what one does to it costs its student alone.

``Reader`` is the grader's side, ``reader_child`` the other one. They exchange lines of JSON; the file's bytes
lie in a file that both have open. The process is kept for the next notebook, and replaced when it has died,
hung, or asked for too much memory.
"""

from __future__ import annotations

import contextlib
import copy
import hashlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.grading.model import Answer, NotGradedError, Rebuilt, StarvedError
from tlcourse.grading.reader_child import MOST_NOTES, OUT_OF_MEMORY
from tlcourse.grading.reading import OtherNotebookError
from tlcourse.grading.record import grade_id_of, load_record
from tlcourse.grading.words import clean

__all__ = ["Opened", "Reader"]

SECONDS = 20
"""Processor time for one notebook; a chapter's takes a tenth of a second."""
_WALL = 60.0
_LARGEST_REPLY = 64 * 2**20
_READY = 60.0


@dataclass(frozen=True)
class Opened:
    """A notebook as it was read.

    Attributes
    ----------
    rebuilt : Rebuilt
    digest : str
        SHA-256 of the file, hexadecimal.
    answered : int
        How many exercises something was written for.
    other : NotGradedError or None
        It was read, but is not of the framework that was asked for.
    """

    rebuilt: Rebuilt
    digest: str
    answered: int
    other: NotGradedError | None = None


_FROM_OUTSIDE = (signal.SIGKILL, signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
"""Signals that no notebook brings about: the kernel was short of memory, or somebody ended the process."""


class _Died(Exception):
    """The process ended, or had to be ended; the text says how.

    ``slow``: because time was up. ``machine``: no notebook brings that about.
    """

    def __init__(self, how: str, slow: bool = False, machine: bool = False) -> None:
        super().__init__(how)
        self.slow, self.machine = slow, machine


class Reader:
    """Reads notebooks of one chapter, one after the other.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    chapter : str
        Two digits.
    framework : {"auto", "torch", "keras"}
    """

    def __init__(self, root: Path, chapter: str, framework: str = "auto") -> None:
        self._root, self._chapter, self._framework = root, chapter, framework
        self._process: subprocess.Popen[bytes] | None = None
        self._shared = tempfile.TemporaryFile(prefix="tlcourse-read-")  # noqa: SIM115
        self._served = 0
        self._rest = b""

    def __enter__(self) -> Reader:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()
        self._shared.close()

    def open(self, content: bytes, shown: str) -> Opened:
        """Read one notebook.

        Parameters
        ----------
        content : bytes
            From `reading.read_bytes`.
        shown : str
            The file's name.

        Raises
        ------
        NotGradedError
            Whatever the file is, and whatever it does to the process that reads it.
        StarvedError
            If the machine had no time or no memory for that process.
        reading.OtherNotebookError
            For a notebook of another chapter.
        """
        fresh = self._process is None or self._served == 0
        try:
            reply = self._ask(content, shown)
        except _Died as died:
            if fresh or died.slow:
                raise _refused(died) from None
            # Perhaps what came before had used the memory up.
            try:
                reply = self._ask(content, shown)
            except _Died as again:
                raise _refused(again) from None
        return self._opened(reply, hashlib.sha256(content).hexdigest())

    def _start(self) -> subprocess.Popen[bytes]:
        request = {
            "root": str(self._root.resolve()),
            "chapter": self._chapter,
            "framework": self._framework,
            "shared": self._shared.fileno(),
            "seconds": SECONDS,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "tlcourse.grading.reader_child", json.dumps(request)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C is not its business: it ends when its input does
            pass_fds=[self._shared.fileno()],
            # Python imports from where it is started: never from a folder with students' files in it.
            cwd=Path(__file__).parents[2],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        self._process, self._served, self._rest = process, 0, b""
        return process

    def _begin(self) -> subprocess.Popen[bytes]:
        """Start it and wait until it is ready; nothing of a notebook is in it yet."""
        try:
            process = self._start()
            ready = self._line(_READY)
        except (OSError, _Died) as error:
            raise _Died(f"it could not be started ({error})", slow=True, machine=True) from None
        if ready != b'"ready"':
            raise _Died("it could not be started", slow=True, machine=True)
        return process

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            with contextlib.suppress(OSError):
                process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()

    def _ask(self, content: bytes, shown: str) -> Mapping[str, Any]:
        try:
            process = self._process
            if process is None or process.poll() is not None:
                process = self._begin()
            os.ftruncate(self._shared.fileno(), 0)
            os.pwrite(self._shared.fileno(), content, 0)
            assert process.stdin is not None
            process.stdin.write(json.dumps({"size": len(content), "shown": shown[-300:]}).encode() + b"\n")
            process.stdin.flush()
            reply = json.loads(self._line(_WALL))
            if not isinstance(reply, dict):
                raise _Died("it gave no answer")
        except (BrokenPipeError, ValueError, RecursionError):
            self._end()
            raise _Died("it ended") from None
        except _Died:
            self._end()
            raise
        self._served += 1
        return reply

    def _line(self, seconds: float) -> bytes:
        """What the process says next."""
        assert self._process is not None
        assert self._process.stdout is not None
        descriptor, until = self._process.stdout.fileno(), time.monotonic() + seconds
        while b"\n" not in self._rest:
            left = until - time.monotonic()
            if left <= 0 or not select.select([descriptor], [], [], left)[0]:
                # A notebook that is endless uses its processor time up long before.
                raise _Died(f"it got no time within {seconds:.0f} seconds", slow=True, machine=True)
            got = os.read(descriptor, 1 << 20)
            if not got:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(5)
                status = self._process.returncode
                machine = status is not None and -status in _FROM_OUTSIDE
                raise _Died(_how(status), slow=status == -signal.SIGXCPU, machine=machine)
            self._rest += got
            if len(self._rest) > _LARGEST_REPLY:
                raise _Died("its reply is too large")
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _opened(self, reply: Mapping[str, Any], digest: str) -> Opened:
        problem = None
        if "reason" in reply:
            kind = OtherNotebookError if reply.get("other") else NotGradedError
            problem = kind(clean(str(reply["reason"])), clean(str(reply.get("advice", ""))))
            if "answers" not in reply:
                raise problem
        try:
            record = load_record(self._root, self._chapter, str(reply["framework"]))
            given, cells = reply["answers"], reply["cells"]
            answers = tuple(_answer(e.id, given[e.id]) for e in record.exercises)
            notebook = copy.deepcopy(record.notebook)
            for exercise in record.exercises:
                if exercise.id in cells:
                    cell = next(c for c in notebook.cells if grade_id_of(c) == exercise.id)
                    cell.source = str(cells[exercise.id])
            notes = tuple(clean(str(note), 500) for note in reply["notes"][:MOST_NOTES])
            rebuilt = Rebuilt(record.chapter, record.framework, answers, notebook, notes)
        except (KeyError, TypeError, AttributeError):
            raise _refused(_Died("its answer cannot be read")) from None
        return Opened(rebuilt, digest, sum(bool(answer.attempts) for answer in answers), problem)


def _answer(exercise: str, attempts: Any) -> Answer:
    """An answer from plain data, of which only text and numbers are taken."""
    plain = [{str(k): v for k, v in one.items() if isinstance(v, str | int)} for one in attempts]
    return Answer.from_plain(exercise, plain)


def _refused(died: _Died) -> NotGradedError:
    if died.machine:
        return StarvedError(
            f"the process that read the notebook did not get through it: {died}",
            "The machine was too busy, or short of memory: grade it again.",
        )
    return NotGradedError(
        f"the process that read the notebook did not get through it: {died}",
        "Look at the notebook by hand; a cell in it may be endless, or nested very deeply.",
    )


def _how(status: int | None) -> str:
    if status == -signal.SIGXCPU:
        return f"it took more than {SECONDS} seconds"
    if status == OUT_OF_MEMORY:
        return "it asked for too much memory"
    if status is not None and status < 0:
        return f"it was ended by signal {-status}"
    return "it ended"
