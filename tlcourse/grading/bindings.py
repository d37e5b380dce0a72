"""Which names a top-level statement binds, and which it reads: what both slicers of the grader go by."""

from __future__ import annotations

import ast
import dis
import types

__all__ = ["FLAGS", "bound_by", "read_by"]

FLAGS = annotations.compiler_flag  # annotations are text, and need nothing


def _handled(statement: ast.stmt, operations: tuple[str, ...], *, inside: bool) -> set[str]:
    # By bytecode, not by syntax: it tells the names of the module from those of a function's own.
    module = ast.Module(body=[statement], type_ignores=[])
    todo = [compile(module, "<statement>", "exec", flags=FLAGS, dont_inherit=True)]
    found: set[str] = set()
    while todo:
        code = todo.pop()
        found |= {str(step.argval) for step in dis.get_instructions(code) if step.opname in operations}
        todo += [part for part in code.co_consts if inside and isinstance(part, types.CodeType)]
    return found


def bound_by(statement: ast.stmt) -> set[str]:
    """The names that a statement at the top of a module gives a value.

    Examples
    --------
    >>> sorted(bound_by(ast.parse("for i in range(3):\\n    def f(): x = i").body[0]))
    ['f', 'i']
    """
    return _handled(statement, ("STORE_NAME", "STORE_GLOBAL"), inside=False)


def read_by(statement: ast.stmt) -> set[str]:
    """The names of the module, and of Python itself, that a statement reads, inside its functions too.

    Examples
    --------
    >>> sorted(read_by(ast.parse("def f(x):\\n    return len(x) * scale").body[0]))
    ['len', 'scale']
    """
    return _handled(statement, ("LOAD_NAME", "LOAD_GLOBAL"), inside=True)
