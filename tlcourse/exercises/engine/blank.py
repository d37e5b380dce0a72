"""Whether anything was attempted: a stub in a cell, or in what the cell left behind."""

from __future__ import annotations

import ast
import dis
import types
from typing import Any

from tlcourse.exercises.engine.bindings import bound_by
from tlcourse.exercises.engine.cells import parsed

__all__ = ["MISSING", "is_blank", "not_attempted"]

MISSING: Any = object()  # "the name was never defined": None is a possible answer, this is not


def not_attempted(answer: Any) -> bool:
    """Whether an answer is a blank stub: missing, ``...``, or a function with nothing in its body.

    Examples
    --------
    >>> def stub(x):
    ...     "Return the double of x."
    ...     ...
    >>> not_attempted(stub), not_attempted(...), not_attempted(lambda x: 2 * x)
    (True, True, False)
    """
    if answer is MISSING or answer is Ellipsis:
        return True
    if type(answer) is types.FunctionType:
        return _empty_body(answer)
    return False


def _empty_body(function: types.FunctionType) -> bool:
    # Bytecode, because the source may be out of reach; a docstring, `...` and `pass` leave nothing in it.
    quiet = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE", "POP_TOP", "CACHE"}
    code = function.__code__
    if any(step.opname not in quiet for step in dis.get_instructions(code)):
        return False
    returned = [
        step.argval for step in dis.get_instructions(code) if step.opname in ("LOAD_CONST", "RETURN_CONST")
    ]
    return all(value is None or value is Ellipsis for value in returned)


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
