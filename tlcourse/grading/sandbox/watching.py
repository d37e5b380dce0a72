"""Do the processes of a jail stay within their limits? Seen from outside, while an answer runs."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence
from pathlib import Path

import psutil

from tlcourse.grading.sandbox.limits import Limits

__all__ = ["exceeded_limit", "processes_below", "processor_seconds", "seconds_in_line"]

_LOOK = 0.2
"""Seconds for one look at private memory."""


def processes_below(pid: int) -> list[psutil.Process]:
    """The processes that one has started, and those that these have started, nearest first."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def exceeded_limit(
    inside: Sequence[psutil.Process], limits: Limits, private: dict[psutil.Process, int]
) -> str | None:
    """A sentence about the limit that an answer's processes exceed together; None if they keep to them all.

    Parameters
    ----------
    inside : sequence of psutil.Process
        Those of the jail besides the zygote.
    limits : Limits
    private : dict of psutil.Process to int
        Bytes that nobody shares with a process, as the last looks found them: at first empty, filled in here.
    """
    if len(inside) > limits.processes + 1:
        return f"Your code started more than {limits.processes} processes and was stopped."
    # The resident size counts shared pages in each process; it is cheap, and what is below it is below both.
    if sum(_bytes_of(process, "rss") for process in inside) <= limits.memory_bytes:
        return None
    _look(inside, private)
    if sum(private.get(process, 0) for process in inside) <= limits.memory_bytes:
        return None
    return f"Your code used more than {limits.memory_bytes / 2**30:.0f} GiB of memory and was stopped."


def _look(inside: Sequence[psutil.Process], private: dict[psutil.Process, int]) -> None:
    """Measure private memory anew, that of new processes and of what was measured long ago first.

    Where many processes keep the machine busy, all of them would take half a minute, in which nobody looks
    at the clock: the others have the next look.
    """
    known = [process for process in private if process in inside]
    begun = time.monotonic()
    for process in [*(one for one in inside if one not in private), *known]:
        private.pop(process, None)  # to the end of the line
        private[process] = _bytes_of(process, "uss")
        if time.monotonic() - begun > _LOOK:
            return


def processor_seconds(processes: Sequence[psutil.Process]) -> float:
    """Processor time that all answers of a zygote have used until now.

    Parameters
    ----------
    processes : sequence of psutil.Process
        Those of a jail. Of the first, the zygote, only what has ended below it counts.
    """
    used = 0.0
    for number, process in enumerate(processes):
        with contextlib.suppress(psutil.Error):
            times = process.cpu_times()
            used += times.children_user + times.children_system
            used += times.user + times.system if number else 0.0
    return used


def seconds_in_line(inside: Sequence[psutil.Process]) -> float:
    """How long the most delayed thread of an answer could have run while others had the processor.

    Where a thread sleeps it is not in line. Without the kernel's scheduler statistics this is 0.

    Parameters
    ----------
    inside : sequence of psutil.Process
        Those of the jail besides the zygote.
    """
    longest = 0
    for process in inside:
        for path in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
            with contextlib.suppress(OSError, ValueError, IndexError):  # it ended meanwhile
                longest = max(longest, int(path.read_text().split()[1]))
    return longest / 1e9


def _bytes_of(process: psutil.Process, kind: str) -> int:
    with contextlib.suppress(psutil.Error):
        memory = process.memory_info() if kind == "rss" else process.memory_full_info()
        return int(getattr(memory, kind))
    return 0
