"""Keep an answer's code from the frames, objects and memory of the process that observes it.

An audit hook (PEP 578) cannot be taken off again. It looks at who asks: what an answer may not do itself, a
library that it calls may (TensorFlow looks at frames, NumPy uses ctypes).

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import _thread
import os
import sys
from collections.abc import Callable
from typing import Any

from tlcourse.grading.sandbox.untouched import FIELDS

__all__ = ["OutOfReachError", "install"]


class OutOfReachError(ValueError):
    """An answer reached for the process that observes it.

    A ValueError, because that is what the standard library expects where frames cannot be had: named tuples,
    enumerations and logging then do without.
    """


_ALWAYS = ("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys.settrace", "sys.setprofile")
_FRAMES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame", "f_back", "f_globals", "f_locals")
_CODE = ("code.__new__", "compile")
_SET = ("object.__setattr__", "object.__delattr__")
_EVENTS = frozenset(
    {
        *_ALWAYS,
        *_CODE,
        *_SET,
        "sys._getframe",
        "sys._current_frames",
        "sys._current_exceptions",
        "object.__getattr__",
        "open",
    }
)


def _package_folders() -> list[str]:
    """Where the course's own package is: it need not lie in the environment."""
    return [os.path.dirname(sys.modules[__name__.partition(".")[0]].__file__ or os.sep)]


def _caller_check(libraries: tuple[str, ...]) -> Callable[[], bool]:
    """A function that says whether an answer's code asks; its caller must be the audit hook itself."""
    stdlib = os.path.dirname(os.__file__) + os.sep
    site = os.sep + "site-packages" + os.sep
    getframe = sys._getframe

    def asked_by_answer() -> bool:
        """Whether the nearest caller that is not of the standard library is an answer's code."""
        frame: Any = getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            skipped = (file.startswith(stdlib) and site not in file) or file.startswith("<frozen")
            if not skipped:
                # What libraries make up themselves has other names than their files, and is rare.
                return not file.startswith(libraries) and not file.startswith("<__array_function__")
            frame = frame.f_back
        # Nothing but the standard library, as in a thread that an answer started with a function of it.
        return True

    return asked_by_answer


def _file_check() -> Callable[[str, Any], bool]:
    """A function that compares a source with the file that it claims to come from."""
    os_open, os_read, os_close, read_only = os.open, os.read, os.close, os.O_RDONLY
    kind, raw, failures = type, bytes, OSError

    def lies_there(path: str, source: Any) -> bool:
        """Whether a library's file, which nobody here can write, holds exactly this source."""
        try:
            descriptor = os_open(path, read_only)
        except failures:
            return False
        try:
            parts = []
            while part := os_read(descriptor, 1 << 20):
                parts.append(part)
        finally:
            os_close(descriptor)
        return kind(source) is raw and raw().join(parts) == source

    return lies_there


def _event_check(
    libraries: tuple[str, ...], suspect: Callable[[Any], None]
) -> Callable[[str, tuple[Any, ...]], bool]:
    """A function that says of a watched event whether an answer may not cause it."""
    frames, is_of, kind, text, lies_there = _FRAMES, isinstance, type, str, _file_check()
    setting, fields = _SET, FIELDS
    # Of `str` itself: an answer may hand in a text of a kind of its own, whose methods are its code.
    starts, ends = str.startswith, str.endswith

    def forbidden(event: str, arguments: tuple[Any, ...]) -> bool:
        """Whether the event is one that an answer may not cause itself."""
        if event == "open":
            path = arguments[0]
            return is_of(path, text) and starts(path, "/proc") and ends(path, "/mem")
        if event == "object.__getattr__":
            return kind(arguments[1]) is text and arguments[1] in frames
        if event in setting:  # an answer's right, and put back
            if kind(arguments[1]) is text and arguments[1] in fields:
                suspect(arguments[0])
            return False
        if event == "compile":
            # exec("...") is an answer's right; code that pretends to be a library's is not.
            source, name = arguments
            if not is_of(name, text):
                return True
            if starts(name, "<") and not starts(name, "<frozen"):
                return False
            # A library that nobody compiled before is compiled when it is imported: as it lies there.
            return starts(name, libraries) and not lies_there(name, source)
        return True

    return forbidden


def install(suspect: Callable[[Any], None]) -> None:
    """Install the hook in this process, for good.

    Parameters
    ----------
    suspect : callable
        As `untouched.remember` gives it: takes each function whose code or defaults are being set.

    Notes
    -----

    Everything that the hook uses is a local name of a function above or of this one: an answer may put
    something else into a module, and cannot reach a closure's variables.
    """
    libraries = tuple(
        str(path) + os.sep
        for path in {sys.prefix, sys.base_prefix, "/usr/lib", "/usr/local/lib", *_package_folders()}
    )
    forbidden, asked_by_answer = _event_check(libraries, suspect), _caller_check(libraries)
    who, error, events, busy = _thread.get_ident, OutOfReachError, _EVENTS, set[int]()

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if not (event in events or event.startswith("ctypes.")):
            return
        thread = who()
        if thread in busy:
            return
        busy.add(thread)
        try:
            if forbidden(event, arguments) and asked_by_answer():
                raise error(f"An answer may not use `{event}`: it reaches into the process that checks it.")
        finally:
            busy.discard(thread)

    sys.addaudithook(hook)
