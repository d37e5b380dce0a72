"""The one place that knows there are two frameworks. Imports neither until :func:`prepare`.

:mod:`.which` tells the framework of a process and of a model; :mod:`.side` finds the module that serves it.
:mod:`.process` makes a process ready for its framework. :mod:`.allocator`, :mod:`.threads`, :mod:`.device`
and :mod:`.seeds` hold one setting each, and :mod:`.session` sets them all, in the first cell of a notebook.
Learners meet this as :func:`tlcourse.start` and :mod:`tlcourse.devices`.
"""

from tlcourse.frameworks.allocator import child_environment, tune_allocator
from tlcourse.frameworks.device import pick
from tlcourse.frameworks.process import prepare
from tlcourse.frameworks.seeds import seed_everything
from tlcourse.frameworks.session import Session, current_chapter, start
from tlcourse.frameworks.side import side
from tlcourse.frameworks.threads import default_threads, set_threads
from tlcourse.frameworks.which import FRAMEWORKS, TITLES, current_framework, framework_of, resolve_framework

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
