"""A cell of a notebook run as Jupyter runs it, without Jupyter, so that check and grader make the same of it.

IPython's own input transformer reads what is not Python (magics, ``!`` and ``?``). Statements run one by one,
so that a definition stands although something below it stops. What a notebook has and a plain process has not
(``display``, ``get_ipython()``, ``_``, ``await`` outside a function, `check` itself) has a harmless stand-in.
"""

from __future__ import annotations
import __future__

import ast
import asyncio
import contextlib
import inspect
import linecache
import signal
import sys
import threading
import time
import types
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from .bindings import FLAGS, bound_by, relevant
from .own_work import OwnWorkError

__all__ = [
    "Ran",
    "Stop",
    "as_main",
    "binds",
    "is_blank",
    "namespace",
    "parsed",
    "readable",
    "run_cell",
    "run_setup",
    "stand_in_for_checks",
]


class OutOfTimeError(BaseException):
    """Code that does not matter to an answer took too long."""


_SAME_NAMESPACE = ("time", "capture", "prun")
"""Magics that run their cell, or their line, in the notebook's own names; ``timeit`` does not."""
_FUTURES = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)
_TRAILING = 5.0
_SETUP = 20.0
_ELSEWHERE = (OSError, EOFError, ImportError, OwnWorkError)
"""What a line raises that lacks something of the learner's own machine, or that the grader keeps from it."""
_NOT_THEIRS = (NameError, OwnWorkError, OutOfTimeError)
"""What a line below an answer may raise here and not in the notebook: names of the chapter's experiments are
not here, some things are kept from answers, and nobody waits for long."""
_NAMES = ("_", "__", "___", "_i", "_ii", "_iii")


@dataclass(frozen=True)
class Stop:
    """Where and why a cell stopped. ``line`` counts from 1; ``text`` is that line."""

    line: int
    text: str
    error: BaseException


# --- reading a cell -----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _transformer() -> Any:
    from IPython.core.inputtransformer2 import TransformerManager  # late: half a second, and rarely needed

    return TransformerManager()


@lru_cache(maxsize=2048)  # a class's notebooks share most of their cells
def _python_of(source: str) -> str:
    blank = len(source) - len(source.lstrip("\n"))
    # A cell magic is one only in the first line of a cell.
    return "\n" * blank + str(_transformer().transform_cell(source[blank:]))


def parsed(source: str) -> ast.Module:
    """A cell as Python, line numbers kept.

    What ``%%time`` and its like hold is part of the cell; other languages and other magics are nothing.

    Raises
    ------
    SyntaxError
        If IPython could not read it either.

    Examples
    --------
    >>> print(ast.unparse(parsed("%%time\\nx = 1\\nif x:\\n    !ls\\n%time y = 2 % x")))
    x = 1
    if x:
        get_ipython().system('ls')
    y = 2 % x
    """
    tree = _parse(source)
    tree.body = [new for node in tree.body for new in _without_magic(node)]
    return tree


def _parse(source: str) -> ast.Module:
    try:
        return _compiled(source)
    except SyntaxError as first:
        try:
            python = _python_of(source)
        except (SyntaxError, ValueError, RecursionError):
            raise first from None
        if python.strip() == source.strip():
            raise
        return _compiled(python)
    except (ValueError, RecursionError, MemoryError, OverflowError) as error:
        raise SyntaxError(f"it cannot be read ({type(error).__name__})") from None


def _compiled(source: str) -> ast.Module:
    tree = ast.parse(source)
    # Some mistakes show only here: `return` outside a function, for instance.
    compile(tree, "<cell>", "exec", flags=FLAGS, dont_inherit=True)
    return tree


def _magic(node: ast.AST) -> tuple[str, list[str]] | None:
    """The kind of a transformed magic (``run_line_magic``) and its arguments; None for real code."""
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    shell = node.func.value
    if not (
        isinstance(shell, ast.Call) and isinstance(shell.func, ast.Name) and shell.func.id == "get_ipython"
    ):
        return None
    texts = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return node.func.attr, texts


def _moved(source: str, line: int) -> list[ast.stmt]:
    """The statements of a piece of a cell that begins at a line."""
    return list(parsed("\n" * (line - 1) + source).body)


def _without_magic(node: ast.stmt) -> list[ast.stmt]:
    """A statement as it is, or what stands in a magic that only measures or hides."""
    found = _magic(node.value) if isinstance(node, ast.Expr | ast.Assign) else None
    if found is None:
        return [node]
    kind, texts = found
    if kind == "run_cell_magic" and len(texts) == 3 and isinstance(node, ast.Expr):
        return _moved(texts[2], node.lineno + 1) if texts[0] in _SAME_NAMESPACE else []
    if kind == "run_line_magic" and len(texts) == 2 and texts[0] in _SAME_NAMESPACE:
        if not isinstance(node, ast.Assign):
            return _moved(texts[1], node.lineno)
        with contextlib.suppress(SyntaxError):
            node.value = ast.parse("\n" * (node.lineno - 1) + texts[1], mode="eval").body
    return [node]


def readable(source: str) -> bool:
    """Whether a cell can be read at all."""
    try:
        parsed(source)
    except SyntaxError:
        return False
    return True


def is_blank(source: str, name: str) -> bool:
    """Whether a cell defines a name with nothing in it: a docstring, ``...`` and ``pass`` are nothing.

    Examples
    --------
    >>> is_blank("def f(x): ...  # your code here", "f"), is_blank("def f(x): return 2 * x", "f")
    (True, False)
    """
    try:
        body = parsed(source).body
    except SyntaxError:
        return False
    made = [node for node in body if name in bound_by(node)]
    return bool(made) and all(_empty(node) for node in made)


def _empty(node: ast.stmt) -> bool:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return all(_empty(part) for part in node.body)
    if isinstance(node, ast.Assign | ast.Expr):
        return isinstance(node.value, ast.Constant) and (
            node.value.value is ... or (isinstance(node, ast.Expr) and isinstance(node.value.value, str))
        )
    return isinstance(node, ast.Pass)


@lru_cache(maxsize=4096)  # a class's notebooks share most of their cells, and each is asked once an answer
def binds(source: str) -> frozenset[str]:
    """The names that a cell gives a value at its top level; none if it cannot be read.

    Examples
    --------
    >>> sorted(binds("import numpy as np\\ndef f():\\n    y = 1"))
    ['f', 'np']
    """
    try:
        return frozenset(name for node in parsed(source).body for name in bound_by(node))
    except SyntaxError:
        return frozenset()


# --- stand-ins ----------------------------------------------------------------------------------------------


class _Shell:
    """In place of IPython's shell: takes every call, does nothing, gives None."""

    user_ns: dict[str, Any]
    execution_count = 1

    def __init__(self, names: dict[str, Any]) -> None:
        self.user_ns = names

    def getoutput(self, *_: Any, **__: Any) -> list[str]:
        return []

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _nothing


def _nothing(*_: Any, **__: Any) -> None:
    return None


def _no_check(exercise_id: object = "", *_: Any, **__: Any) -> Any:
    """What `check` gives before anything was attempted, for code that looks at it."""
    from .model import State
    from .report import Report

    return Report(str(exercise_id), "", State.NOT_ATTEMPTED, 0.0, 1)


def namespace() -> dict[str, Any]:
    """A fresh namespace with what every notebook has."""
    names: dict[str, Any] = {"__name__": "__main__", "__builtins__": __builtins__}
    shell = _Shell(names)
    names |= {
        "get_ipython": lambda: shell,
        "display": _nothing,
        "In": [""],
        "Out": {},
        **dict.fromkeys(_NAMES, ""),
        **dict.fromkeys(("hint", "progress"), _nothing),
        "check": _no_check,
    }
    return names


def as_main(names: dict[str, Any]) -> dict[str, Any]:
    """A namespace as that of the module ``__main__``, as in a notebook: what is defined there can be pickled.

    Only for a process that does nothing but observe answers.
    """
    module = types.ModuleType("__main__")
    module.__dict__.update(names)
    sys.modules["__main__"] = module
    return module.__dict__


def stand_in_for_checks() -> None:
    """In a process that only observes: `check`, `hint` and `progress` do nothing, wherever they come from."""
    for name, module in list(sys.modules.items()):
        if name in ("tlcourse", "tlcourse.exercises", "tlcourse.exercises.engine.notebook"):
            for each, made in (("check", _no_check), ("hint", _nothing), ("progress", _nothing)):
                if each in vars(module):
                    setattr(module, each, made)


# --- running a cell -----------------------------------------------------------------------------------------


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
    below = None
    with at_most(_TRAILING):
        for node in body[matter:]:
            _, below = _run(node, names, file, flags, last=node is body[-1])
            if below is not None:
                break
    if below is not None and isinstance(below.error, _NOT_THEIRS):
        below = None
    return Ran(below, tuple(passed), flags)


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


def run_setup(source: str, names: dict[str, Any], file: str = "<setup>") -> Ran:
    """Run what an answer leans on; a statement that stops does not keep the others from running.

    A statement that takes more than `_SETUP` seconds, or all of them together, is stopped too, and is listed
    in ``passed``.
    """
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    try:
        body = parsed(source).body
    except SyntaxError:
        return Ran()
    flags, late = 0, []
    until = time.monotonic() + _SETUP
    for node in body:
        with at_most(max(0.5, until - time.monotonic())):
            flags, stop = _run(node, names, file, flags, last=False)
            if stop is not None and isinstance(stop.error, OutOfTimeError):
                late.append(stop)
    return Ran(None, tuple(late), flags)
