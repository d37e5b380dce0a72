"""Cut a module down to some of its names and what these need.

An exercise's module holds its probe, which must run beside the student's code, and its judge, which knows the
right answer and must not be there. The two share imports, helpers and constants; a slice keeps what the
probe needs of them.
"""

from __future__ import annotations

import ast
import functools
from collections.abc import Callable, Collection, Iterable, Mapping

from tlcourse.errors import CourseError
from tlcourse.exercises.engine.bindings import bound_by, read_by

__all__ = ["slice_modules"]

_Def = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def _narrowed(statement: ast.stmt, bound: set[str], wanted: set[str]) -> ast.stmt | None:
    """The statement, an import without the names that nobody needs; None where nothing is left."""
    if not isinstance(statement, ast.Import | ast.ImportFrom):
        return statement if bound & wanted else None
    if isinstance(statement, ast.ImportFrom) and statement.module == "__future__":
        return statement
    names = [a for a in statement.names if (a.asname or a.name).split(".")[0] in wanted]
    if not names:
        return None
    kept = ast.parse(ast.unparse(statement)).body[0]
    assert isinstance(kept, ast.Import | ast.ImportFrom)
    kept.names = names
    return kept


def slice_modules(sources: Mapping[str, str], roots: Mapping[str, Iterable[str]]) -> dict[str, str]:
    """The sources of sibling modules, with only the wanted names in them and what those need.

    Parameters
    ----------
    sources : mapping of str to str
        Module name to source. ``from .name import x`` from one of them is followed into the other.
    roots : mapping of str to names
        The names to keep in each module.

    Returns
    -------
    dict
        Module name to sliced source, for the modules of which anything is needed. Docstrings and comments
        are gone.

    Raises
    ------
    CourseError
        If a module does not bind a wanted name at its top level, or holds a star import.

    Examples
    --------
    >>> print(slice_modules({"m": "a = 1\\nb = 2\\ndef f():\\n    return a"}, {"m": ["f"]})["m"])
    a = 1
    <BLANKLINE>
    def f():
        return a
    """
    # A statement is asked for its names once for each name that a slice needs: thousands of times in all.
    bound_in = functools.cache(bound_by)
    bodies = {name: ast.parse(source).body for name, source in sources.items()}
    wanted = _closure(bodies, roots, bound_in)
    sliced = {}
    for module, names in wanted.items():
        if not names:
            continue
        kept = [
            narrowed
            for statement in bodies[module]
            if (narrowed := _narrowed(statement, bound_in(statement), names)) is not None
        ]
        for node in kept:
            _without_docstring(node)
        sliced[module] = ast.unparse(ast.Module(body=kept, type_ignores=[]))
    return sliced


def _closure(
    bodies: Mapping[str, list[ast.stmt]],
    roots: Mapping[str, Iterable[str]],
    bound_in: Callable[[ast.stmt], set[str]],
) -> dict[str, set[str]]:
    """Of each module the names that the roots need, the roots among them."""
    read_in = functools.cache(functools.partial(read_by, hints=False))
    tops = {module: set().union(*map(bound_in, body)) for module, body in bodies.items()}
    wanted: dict[str, set[str]] = {module: set() for module in bodies}
    todo = [(module, name) for module, names in roots.items() for name in names]
    while todo:
        module, name = todo.pop()
        if name in wanted[module]:
            continue
        wanted[module].add(name)
        binding = [statement for statement in bodies[module] if name in bound_in(statement)]
        if not binding:
            raise CourseError(
                f"{module} does not bind {name!r} at its top level.", "Move the probe's helper there."
            )
        for statement in binding:
            if isinstance(statement, ast.ImportFrom):
                todo += _from_siblings(statement, module, name, bodies)
            elif not isinstance(statement, ast.Import):
                todo += [(module, read) for read in read_in(statement) & tops[module]]
    return wanted


def _from_siblings(
    statement: ast.ImportFrom, module: str, name: str, siblings: Collection[str]
) -> list[tuple[str, str]]:
    """Where a name comes from if it is imported from a sibling module: (module, its name there)."""
    if any(alias.name == "*" for alias in statement.names):
        raise CourseError(f"{module} has a star import.", "Import names one by one.")
    sibling = statement.module or ""
    if statement.level != 1 or sibling not in siblings:
        return []
    return [(sibling, alias.name) for alias in statement.names if (alias.asname or alias.name) == name]


def _without_docstring(tree: ast.AST) -> None:
    for node in ast.walk(tree):
        if isinstance(node, _Def) and ast.get_docstring(node, clean=False) is not None:
            node.body = node.body[1:] or [ast.Pass()]
