"""Tracebacks for answers: what `traceback` and `logging` print of an error, without a look at a frame.

The frames of the process that observes an answer are out of its reach (``audit``), and the standard library's
functions read them for whoever calls. So in the sandbox they give an error's type and message only. The
course's own error messages use ``traceback.walk_tb``, which stays.

Standard library only; runs inside the jail.
"""

from __future__ import annotations

import sys
import traceback
from typing import Any

__all__ = ["install_plain_tracebacks"]

_HEAD = "Traceback (most recent call last):\n"


def _error(*arguments: Any) -> Any:
    """The exception among the arguments of these functions: an exception, or type, value and traceback."""
    given = [a for a in arguments if isinstance(a, BaseException)]
    return given[0] if given else None


def _lines(error: Any) -> list[str]:
    if error is None:
        return ["NoneType: None\n"]
    return [_HEAD, *traceback.format_exception_only(type(error), error)]


def format_exception(exc: Any, /, *rest: Any, **_: Any) -> list[str]:
    """As `traceback.format_exception`, without the steps."""
    return _lines(_error(exc, *rest))


def print_exception(exc: Any, /, *rest: Any, file: Any = None, **_: Any) -> None:
    """As `traceback.print_exception`, without the steps."""
    files = [file, *(part for part in rest[3:4] if part is not None), sys.stderr]
    print("".join(_lines(_error(exc, *rest))), end="", file=next(f for f in files if f is not None))


def format_exc(limit: Any = None, chain: bool = True) -> str:
    """As `traceback.format_exc`, without the steps."""
    return "".join(_lines(sys.exc_info()[1]))


def print_exc(limit: Any = None, file: Any = None, chain: bool = True) -> None:
    """As `traceback.print_exc`, without the steps."""
    print_exception(sys.exc_info()[1], file=file)


def print_last(limit: Any = None, file: Any = None, chain: bool = True) -> None:
    """As `traceback.print_last`, without the steps."""
    print_exception(getattr(sys, "last_value", None), file=file)


def _one_step(*_: Any, **__: Any) -> traceback.StackSummary:
    """In place of the steps of a traceback or of the stack: libraries ask for the last one by its index."""
    step = traceback.FrameSummary("<answer>", 1, "answer", lookup_line=False, line="")
    return traceback.StackSummary.from_list([step])


def _no_lines(*_: Any, **__: Any) -> list[str]:
    return []


def _print_nothing(*_: Any, **__: Any) -> None:
    return None


def install_plain_tracebacks() -> None:
    """Put these in place of the standard library's, in this process."""
    for made in (format_exception, print_exception, format_exc, print_exc, print_last):
        setattr(traceback, made.__name__, made)
    for name in ("extract_stack", "extract_tb"):
        setattr(traceback, name, _one_step)
    for name in ("format_tb", "format_stack"):
        setattr(traceback, name, _no_lines)
    for name in ("print_tb", "print_stack"):
        setattr(traceback, name, _print_nothing)
