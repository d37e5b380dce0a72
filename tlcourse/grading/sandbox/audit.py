"""Keep an answer's code from the frames, objects and memory of the process that observes it.

An audit hook (PEP 578) cannot be taken off again. It looks at who asks: what an answer may not do itself, a
library that it calls may (TensorFlow looks at frames, NumPy uses ctypes).

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import _thread
import os
import sys
from typing import Any

__all__ = ["OutOfReachError", "install"]


class OutOfReachError(ValueError):
    """An answer reached for the process that observes it.

    A ValueError, because that is what the standard library expects where frames cannot be had: named tuples,
    enumerations and logging then do without.
    """


_ALWAYS = ("gc.get_objects", "gc.get_referrers", "gc.get_referents", "sys.settrace", "sys.setprofile")
_FRAMES = ("tb_frame", "gi_frame", "cr_frame", "ag_frame", "f_back", "f_globals", "f_locals")
_CODE = ("code.__new__", "compile")
_EVENTS = frozenset(
    {
        *_ALWAYS,
        *_CODE,
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


def install() -> None:
    """Install the hook in this process, for good."""
    stdlib = os.path.dirname(os.__file__) + os.sep
    site = os.sep + "site-packages" + os.sep
    libraries = tuple(
        str(path) + os.sep
        for path in {sys.prefix, sys.base_prefix, "/usr/lib", "/usr/local/lib", *_package_folders()}
    )
    # Everything that the hook uses is held here: an answer may put something else into these modules.
    getframe, who, error, text = sys._getframe, _thread.get_ident, OutOfReachError, str
    os_open, os_read, os_close, read_only, failures, raw = (
        os.open,
        os.read,
        os.close,
        os.O_RDONLY,
        OSError,
        bytes,
    )
    events, frames, is_text, busy = _EVENTS, _FRAMES, isinstance, set[int]()

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
        return is_text(source, raw) and raw().join(parts) == raw(source)

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if not (event in events or event.startswith("ctypes.")):
            return
        thread = who()
        if thread in busy:
            return
        busy.add(thread)
        try:
            if event == "open":
                path = arguments[0]
                suspect = is_text(path, text) and path.startswith("/proc") and path.endswith("/mem")
            elif event == "object.__getattr__":
                suspect = arguments[1] in frames
            elif event == "compile":
                # exec("...") is an answer's right; code that pretends to be a library's is not.
                source, name = arguments
                suspect = not is_text(name, text) or not name.startswith("<") or name.startswith("<frozen")
                if suspect and is_text(name, text):
                    # A library that nobody compiled before is compiled when it is imported: as it lies there.
                    suspect = name.startswith(libraries) and not lies_there(name, source)
            else:
                suspect = True
            if suspect and asked_by_answer():
                raise error(f"An answer may not use `{event}`: it reaches into the process that checks it.")
        finally:
            busy.discard(thread)

    sys.addaudithook(hook)
