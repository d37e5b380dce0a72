"""What goes to an answer's process and what comes back: files in memory, and an observation in any case."""

from __future__ import annotations

import mmap
import os
from typing import Any

from tlcourse.exercises import Observation
from tlcourse.exercises.engine.jobs import read_result
from tlcourse.exercises.engine.plain import NotPlainError
from tlcourse.grading.sandbox.child import HEADER

__all__ = ["ended_early", "memory_file", "read_reply"]


def memory_file(name: str, content: bytes) -> Any:
    """A file in memory that holds `content`, to be read from its beginning; it has no name to open it by."""
    file = os.fdopen(os.memfd_create(f"tlcourse-{name}"), "w+b", buffering=0)
    view = memoryview(content)
    while view:
        view = view[file.write(view) :]
    file.seek(0)
    return file


def read_reply(descriptor: int, ticket: str) -> Observation | None:
    """The observation that a child left in its memory file; None if it left none.

    Parameters
    ----------
    descriptor : int
        Of the memory file, which the answer's code may have written to as well.
    ticket : str
        Random text that the child was given; an observation without it counts as none.
    """
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


def ended_early(status: int) -> Observation:
    """The observation of an answer whose process ended without one.

    Parameters
    ----------
    status : int
        As a shell has it: 128 and the signal's number for a process that a signal ended.
    """
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
