"""The process, for learners: which framework, which device, how many threads, which seed.

:func:`start` is the first cell of every notebook. What it sets, it sets before the framework is imported. All
of it is defined in :mod:`tlcourse.frameworks`, and the package itself imports it from there.
"""

from tlcourse.frameworks import (
    FRAMEWORKS,
    Session,
    current_chapter,
    current_framework,
    default_threads,
    pick,
    prepare,
    resolve_framework,
    seed_everything,
    set_threads,
    start,
    tune_allocator,
)

__all__ = [
    "FRAMEWORKS",
    "Session",
    "current_chapter",
    "current_framework",
    "default_threads",
    "pick",
    "prepare",
    "resolve_framework",
    "seed_everything",
    "set_threads",
    "start",
    "tune_allocator",
]
