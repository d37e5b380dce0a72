"""A cell run statement by statement, so that a definition stands although something below it stops."""

from __future__ import annotations
import __future__

import ast
import asyncio
import contextlib
import inspect
import linecache
import signal
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tlcourse.exercises.engine.bindings import relevant
from tlcourse.exercises.engine.cells.reading import parsed
from tlcourse.exercises.engine.own_work import OwnWorkError, WithheldError

__all__ = ["Ran", "Stop", "run_cell", "run_setup"]

_FUTURES = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
_TRAILING = 5.0  # seconds for what stands below an answer
_SETUP = 20.0  # seconds for what an answer leans on


class OutOfTimeError(BaseException):
    """Code that does not matter to an answer took too long."""


_ELSEWHERE = (OSError, EOFError, ImportError, OwnWorkError)
"""Raised by a line that needs something only the learner's machine has, or that the grader withholds."""
_NOT_THEIRS = (NameError, OwnWorkError, OutOfTimeError)
"""Raised by a line below an answer here, but not in the notebook: the names of the chapter's experiments are
missing here, some functions are withheld from answers, and the time is short."""


@dataclass(frozen=True)
class Stop:
    """Where and why a cell stopped. ``line`` counts from 1; ``text`` is that line."""

    line: int
    text: str
    error: BaseException


@dataclass(frozen=True)
class Ran:
    """How a cell ran.

    Attributes
    ----------
    stop : Stop or None
        Where it stopped for good: what stands below was not run. It may stand below all that matters.
    passed : tuple of Stop
        Statements that need what only the learner's machine has (a file, a package, somebody who types), with
        which the cell went on: there they may well have run.
    flags : int
        Of ``from __future__`` imports, for the cells that come after.
    """

    stop: Stop | None = None
    passed: tuple[Stop, ...] = ()
    flags: int = 0


def run_cell(source: str, names: dict[str, Any], file: str, answer: str = "", flags: int = 0) -> Ran:
    """Run a cell, statement by statement, until its end or the first that stops.

    Parameters
    ----------
    source : str
    names : dict
        The namespace; `namespace` makes one.
    file : str
        What tracebacks call the cell.
    answer : str
        If given, statements below the last one that matters to this name get `_TRAILING` seconds together.
    flags : int
        Of the cells before, as `Ran` has them.

    Returns
    -------
    Ran
        Never raises because of what the cell does.
    """
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        body: Sequence[ast.stmt] = parsed(source).body
        matter = relevant(body, answer) if answer else len(body)
    except SyntaxError as error:
        return Ran(Stop(error.lineno or 1, (error.text or "").strip(), error))
    passed: list[Stop] = []
    for node in body[:matter]:
        flags, stop = _run(node, names, file, flags, last=node is body[-1])
        if stop is None:
            continue
        if not isinstance(stop.error, _ELSEWHERE):
            return Ran(stop, tuple(passed), flags)
        passed.append(stop)
    return Ran(_below(body, matter, names, file, flags), tuple(passed), flags)


def _below(
    body: Sequence[ast.stmt], matter: int, names: dict[str, Any], file: str, flags: int
) -> Stop | None:
    """Run what no longer matters to the answer; where it stopped, if it would in the notebook as well."""
    stop = None
    with at_most(_TRAILING):
        for node in body[matter:]:
            _, stop = _run(node, names, file, flags, last=node is body[-1])
            if stop is not None:
                break
    return None if stop is not None and isinstance(stop.error, _NOT_THEIRS) else stop


def run_setup(source: str, names: dict[str, Any], file: str = "<setup>") -> Ran:
    """Run what an answer leans on; a statement that stops does not keep the others from running.

    A statement that takes more than `_SETUP` seconds, or all of them together, is stopped too. Such
    statements, and those that wanted data which are withheld, are listed in ``passed``.
    """
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        body = parsed(source).body
    except SyntaxError:
        return Ran()
    flags, missed = 0, []
    until = time.monotonic() + _SETUP
    for node in body:
        with at_most(max(0.5, until - time.monotonic())):
            flags, stop = _run(node, names, file, flags, last=False)
            if stop is not None and isinstance(stop.error, OutOfTimeError | WithheldError):
                missed.append(stop)
    return Ran(None, tuple(missed), flags)


@contextlib.contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Stop Python code after some seconds, where that can be done: in the main thread of a Unix process."""
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def stop(*_: object) -> None:
        raise OutOfTimeError

    before = signal.signal(signal.SIGALRM, stop)
    # Again and again: code may catch what is raised.
    signal.setitimer(signal.ITIMER_REAL, seconds, 0.5)
    try:
        yield
    except OutOfTimeError:
        pass
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _run(
    node: ast.stmt, names: dict[str, Any], file: str, flags: int, *, last: bool
) -> tuple[int, Stop | None]:
    tree: ast.Module | ast.Expression = ast.Module([node], type_ignores=[])
    if last and isinstance(node, ast.Expr):
        tree = ast.Expression(node.value)
    shown = isinstance(tree, ast.Expression)
    try:
        code = compile(
            tree,
            file,
            "eval" if shown else "exec",
            flags=flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT,
            dont_inherit=True,
        )
        flags |= code.co_flags & _FUTURES  # `from __future__` holds for what comes after it
        value = eval(code, names)
        if code.co_flags & inspect.CO_COROUTINE:
            value = asyncio.run(value)
        if shown and value is not None:
            names["_"] = value
    except BaseException as error:
        # The traceback's first step is this function, the second the cell's own line.
        step = error.__traceback__.tb_next if error.__traceback__ is not None else None
        line = step.tb_lineno if step is not None else node.lineno
        return flags, Stop(line, linecache.getline(file, line).strip(), error)
    return flags, None
