"""Notebooks are read and taken apart in a process of their own: what one does to it costs its student alone.

``Reader`` is the grader's side; ``python -m tlcourse.grading.reader`` is the other one. They speak lines of
JSON; the file's bytes lie in a file that both have open. The process is kept for the next notebook, and
replaced when it has died, hung, or asked for too much memory.
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

from .model import Answer, NotGradedError, Rebuilt
from .record import grade_id_of, load_record
from .words import clean

__all__ = ["Opened", "Reader"]

SECONDS = 20
"""Processor time for one notebook; a chapter's takes a tenth of a second."""
_WALL = 60.0
_MEMORY = 1024 * 2**20
"""Bytes of address space on top of what the process has when it is ready."""
_LARGEST_REPLY = 64 * 2**20
_MOST_NOTES = 40
_READY = 60.0
_NO_MEMORY = 77  # the status of a child that ran out of it


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


class _Died(Exception):
    """The process ended, or had to be ended; the text says how. ``slow``: because time was up."""

    def __init__(self, how: str, slow: bool = False) -> None:
        super().__init__(how)
        self.slow = slow


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
            [sys.executable, "-m", "tlcourse.grading.reader", json.dumps(request)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            pass_fds=[self._shared.fileno()],
            # Python imports from where it is started: never from a folder with students' files in it.
            cwd=Path(__file__).parents[2],
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        self._process, self._served, self._rest = process, 0, b""
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
                process = self._start()
                if self._line(_READY) != b'"ready"':
                    raise _Died("it could not be started")
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
                raise _Died(f"it took more than {seconds:.0f} seconds", slow=True)
            got = os.read(descriptor, 1 << 20)
            if not got:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._process.wait(5)
                status = self._process.returncode
                raise _Died(_how(status), slow=status == -signal.SIGXCPU)
            self._rest += got
            if len(self._rest) > _LARGEST_REPLY:
                raise _Died("what it found is too large")
        line, _, self._rest = self._rest.partition(b"\n")
        return line

    def _opened(self, reply: Mapping[str, Any], digest: str) -> Opened:
        from .reading import OtherNotebookError

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
            notes = tuple(clean(str(note), 500) for note in reply["notes"][:_MOST_NOTES])
            rebuilt = Rebuilt(record.chapter, record.framework, answers, notebook, notes)
        except (KeyError, TypeError, AttributeError):
            raise _refused(_Died("its answer cannot be read")) from None
        return Opened(rebuilt, digest, sum(bool(answer.attempts) for answer in answers), problem)


def _answer(exercise: str, attempts: Any) -> Answer:
    """An answer from plain data, of which only text and numbers are taken."""
    plain = [{str(k): v for k, v in one.items() if isinstance(v, str | int)} for one in attempts]
    return Answer.from_plain(exercise, plain)


def _refused(died: _Died) -> NotGradedError:
    return NotGradedError(
        f"the process that read the notebook did not get through it: {died}",
        "Look at the notebook by hand; a cell in it may be endless, or nested very deeply.",
    )


def _how(status: int | None) -> str:
    if status == -signal.SIGXCPU:
        return f"it took more than {SECONDS} seconds"
    if status == _NO_MEMORY:
        return "it asked for too much memory"
    if status is not None and status < 0:
        return f"it was ended by signal {-status}"
    return "it ended"


# --- the other side -----------------------------------------------------------------------------------------


def _read(content: bytes, shown: str, about: Mapping[str, Any]) -> dict[str, Any]:
    """A notebook as plain data."""
    from .choosing import without_solutions
    from .guard import rebuild
    from .reading import OtherNotebookError, read_notebook

    root, chapter, framework = Path(about["root"]), about["chapter"], about["framework"]
    reply: dict[str, Any] = {}
    try:
        try:
            notebook = read_notebook(content, chapter, framework, shown)
        except OtherNotebookError as other:
            # Whether anything was written in it is asked all the same.
            reply = {"reason": other.reason, "advice": other.advice, "other": True}
            notebook = read_notebook(content, chapter, "auto", shown)
        record = load_record(root, chapter, notebook.framework)
        notebook, solutions = without_solutions(notebook, record, root)
        made = rebuild(notebook, record)
    except NotGradedError as problem:
        if reply:
            return reply
        foreign = isinstance(problem, OtherNotebookError) or problem.reason.startswith("nothing in the")
        return {"reason": problem.reason, "advice": problem.advice, "other": foreign}
    notes = [f"the answer to {name} is the course's own solution, and was left out" for name in solutions]
    stubs = {name: record.stub(name) for name in (e.id for e in record.exercises)}
    return reply | {
        "framework": made.framework,
        "answers": {answer.exercise_id: answer.to_plain() for answer in made.answers},
        "cells": {
            name: cell.source
            for cell in made.notebook.cells
            if (name := grade_id_of(cell)) in stubs and cell.source != stubs[name]
        },
        "notes": [*notes, *made.notes][:_MOST_NOTES],
    }


def _limit(kind: int, wanted: int) -> None:
    import resource

    hard = resource.getrlimit(kind)[1]
    resource.setrlimit(kind, (wanted if hard == resource.RLIM_INFINITY else min(wanted, hard), hard))


def _used_address_space() -> int:
    try:
        with open("/proc/self/statm") as file:
            return int(file.read().split()[0]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 4096 * 2**20


def main() -> None:
    """Answer requests until there are no more."""
    import resource

    about = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a warning prints is no reply
    from . import choosing, guard, reading  # noqa: F401  the first notebook is not to pay for them

    _limit(resource.RLIMIT_AS, _used_address_space() + _MEMORY)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_NOFILE, 64)
    out.write(b'"ready"\n')
    out.flush()
    for line in sys.stdin.buffer:
        request = json.loads(line)
        spent = resource.getrusage(resource.RUSAGE_SELF)
        _limit(resource.RLIMIT_CPU, int(spent.ru_utime + spent.ru_stime) + 1 + about["seconds"])
        try:
            content = os.pread(about["shared"], request["size"], 0)
            reply = _read(content, request["shown"], about)
        except MemoryError:
            os._exit(_NO_MEMORY)  # who knows what is left half done
        except Exception as error:
            reply = {
                "reason": f"the notebook cannot be taken apart ({type(error).__name__})",
                "advice": "Look at it by hand.",
            }
        out.write(json.dumps(reply).encode("utf-8") + b"\n")
        out.flush()


if __name__ == "__main__":
    main()
