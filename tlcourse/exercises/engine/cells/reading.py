"""A cell of a notebook as Python: IPython's own transformer reads magics, ``!`` and ``?``."""

from __future__ import annotations

import ast
import contextlib
from functools import lru_cache
from typing import Any

from tlcourse.exercises.engine.bindings import FLAGS, bound_by

__all__ = ["binds", "parsed", "readable"]

_SAME_NAMESPACE = ("time", "capture", "prun")
"""Magics that run their cell, or their line, in the notebook's own names; ``timeit`` does not."""


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
    magic = _magic(node.value) if isinstance(node, ast.Expr | ast.Assign) else None
    if magic is None:
        return [node]
    kind, texts = magic
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
