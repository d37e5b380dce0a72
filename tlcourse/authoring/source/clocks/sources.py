"""What is a clock, and what only looks like one."""

from __future__ import annotations

import re

__all__ = ["RECORDED", "is_clock", "is_live", "is_time"]

_CLOCKS = frozenset(
    {
        *(f"time.{name}" for name in ("time", "perf_counter", "process_time", "monotonic", "thread_time")),
        *(f"datetime.datetime.{name}" for name in ("now", "utcnow", "today")),
        "os.times",
        "resource.getrusage",
    }
)
RECORDED = "tlcourse.sweeps."
"""What these functions give was recorded, or compared with what was recorded; a live row was not."""
_LIVE = "tlcourse.sweeps.live_row"
# What `training.fit` and `fit_head` measure while they train.
_TIMES = frozenset({"seconds", "cpu_seconds"})
_TIME_COLUMN = re.compile(r"(^|_)(seconds|milliseconds|ms)$")


def is_clock(name: str) -> bool:
    """Whether a function, by its dotted name, reads a clock.

    Examples
    --------
    >>> is_clock("time.perf_counter"), is_clock("timeit.repeat"), is_clock("time.sleep")
    (True, True, False)
    """
    return name.removesuffix("_ns") in _CLOCKS or name.startswith("timeit.")


def is_live(name: str) -> bool:
    """Whether a function gives a sweep's row that was just run, and not a recorded one."""
    return name == _LIVE


def is_time(field: str, *, live: bool, recorded: bool) -> bool:
    """Whether an attribute or a key holds a time that was just measured.

    Parameters
    ----------
    field : str
        The name of the attribute or the key.
    live, recorded : bool
        What is known of the object that has it.
    """
    if live:
        return _TIME_COLUMN.search(field) is not None
    return field in _TIMES and not recorded
