"""Keep an answer's code from the frames, objects and memory of the process that observes it.

An audit hook (PEP 578) cannot be taken off again. It looks at who asks: what an answer may not do itself, a
library that it calls may (TensorFlow looks at frames, NumPy uses ctypes).

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import os
import sys
from typing import Any

__all__ = ["OutOfReachError", "install"]


class OutOfReachError(Exception):
    """An answer reached for the process that observes it."""


_ALWAYS = ("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys.settrace", "sys.setprofile")
_FRAMES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame", "f_back", "f_globals", "f_locals")
_EVENTS = frozenset(
    {
        *_ALWAYS,
        "sys._getframe",
        "sys._current_frames",
        "sys._current_exceptions",
        "object.__getattr__",
        "open",
    }
)
_MEMORY = ("/proc/self/mem", "/proc/1/mem", "/mem", "/dev/mem")


def install() -> None:
    """Install the hook in this process, for good."""
    stdlib = os.path.dirname(os.__file__) + os.sep
    site = os.sep + "site-packages" + os.sep
    getframe = sys._getframe  # an answer may put another one into sys
    busy = False

    def asked_by_answer() -> bool:
        """Whether the nearest caller that is not of the standard library is an answer's code."""
        frame: Any = getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file.startswith(("<answer to", "<setup>", "<string>", "<stdin>", "<cell>")):
                return True
            own = file.startswith(stdlib) and site not in file
            if not own and not file.startswith("<frozen"):
                return file.startswith("<") and not file.startswith(("<__array_function__", "<template"))
            frame = frame.f_back
        return False

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal busy
        if busy or not (event in _EVENTS or event.startswith("ctypes.")):
            return
        busy = True
        try:
            if event == "open":
                path = arguments[0]
                suspect = isinstance(path, str) and path.startswith("/proc") and path.endswith("/mem")
            elif event == "object.__getattr__":
                suspect = arguments[1] in _FRAMES
            else:
                suspect = True
            if suspect and asked_by_answer():
                raise OutOfReachError(
                    f"An answer may not use `{event}`: it reaches into the process that checks it."
                )
        finally:
            busy = False

    sys.addaudithook(hook)
