"""The one place that knows there are two frameworks. Imports neither until :func:`prepare`.

:mod:`.which` tells the framework of a process and of a model; :mod:`.side` finds the module that serves it.
:mod:`.process` makes a process ready for its framework. :mod:`.allocator`, :mod:`.threads`, :mod:`.device`
and :mod:`.seeds` hold one setting each, and :mod:`.session` sets them all, in the first cell of a notebook.
Learners meet this as :func:`tlcourse.start` and :mod:`tlcourse.devices`.
"""

from .allocator import child_environment, tune_allocator
from .device import pick
from .process import prepare
from .seeds import seed_everything
from .session import Session, current_chapter, start
from .side import side
from .threads import default_threads, set_threads
from .which import FRAMEWORKS, TITLES, current_framework, framework_of, resolve_framework

__all__ = [
    "FRAMEWORKS",
    "TITLES",
    "Session",
    "child_environment",
    "current_chapter",
    "current_framework",
    "default_threads",
    "framework_of",
    "pick",
    "prepare",
    "resolve_framework",
    "seed_everything",
    "set_threads",
    "side",
    "start",
    "tune_allocator",
]
