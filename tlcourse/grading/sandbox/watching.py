"""Do the processes of a jail stay within their limits? Seen from outside, while an answer runs."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from pathlib import Path

import psutil

from tlcourse.grading.sandbox.limits import Limits

__all__ = ["exceeded_limit", "processes_below", "processor_seconds", "seconds_in_line"]


def processes_below(pid: int) -> list[psutil.Process]:
    """The processes that one has started, and those that these have started, nearest first."""
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.Error:
        return []


def exceeded_limit(inside: Sequence[psutil.Process], limits: Limits) -> str | None:
    """A sentence about the limit that an answer's processes exceed together; None if they keep to them all.

    Parameters
    ----------
    inside : sequence of psutil.Process
        Those of the jail besides the zygote.
    limits : Limits
    """
    if len(inside) > limits.processes + 1:
        return f"Your code started more than {limits.processes} processes and was stopped."
    # The resident size counts shared pages in each process; it is cheap, and what is below it is below both.
    if _bytes_of(inside, lambda process: process.memory_info().rss) <= limits.memory_bytes:
        return None
    if _bytes_of(inside, lambda process: process.memory_full_info().uss) <= limits.memory_bytes:
        return None
    return f"Your code used more than {limits.memory_bytes / 2**30:.0f} GiB of memory and was stopped."


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


def _bytes_of(processes: Sequence[psutil.Process], measure: Callable[[psutil.Process], int]) -> int:
    used = 0
    for process in processes:
        with contextlib.suppress(psutil.Error):
            used += measure(process)
    return used
