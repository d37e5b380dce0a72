"""What an answer leans on: the few other statements of a notebook that it needs, without the rest.

The grader does not run a chapter's experiments. An answer may still use a helper from the cell above, an
import from somewhere else, or a variable of the chapter's own.
"""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from .bindings import FLAGS, bound_by, read_by

__all__ = ["binds", "leans_on", "without_magics"]

_SPARE = -1
_HARMLESS = ("%%time", "%%timeit", "%%capture", "%%prun")


def _tree(source: str) -> ast.Module | None:
    try:
        tree = ast.parse(source)
        compile(tree, "<cell>", "exec", flags=FLAGS, dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError, OverflowError):
        return None
    return tree


def without_magics(source: str) -> str:
    """A cell's source as Python: lines that only IPython understands become ``pass``.

    Examples
    --------
    >>> without_magics("%%time\\nx = 1\\nif x:\\n    !ls")
    '\\nx = 1\\nif x:\\n    pass'
    """
    if _tree(source) is not None:
        return source
    lines = source.split("\n")
    first = next((i for i, line in enumerate(lines) if line.strip()), 0)
    if lines[first].startswith("%%"):
        if not lines[first].startswith(_HARMLESS):
            return ""  # another language
        lines[first] = ""
    for i, line in enumerate(lines):
        bare = line.lstrip()
        magic = (
            bare.startswith(("%", "!", "?")) or bare.rstrip().endswith("?") or "= !" in bare or "= %" in bare
        )
        if magic:
            lines[i] = line[: len(line) - len(bare)] + "pass"
    mended = "\n".join(lines)
    return mended if _tree(mended) is not None else source


def binds(source: str) -> set[str]:
    """The names that a cell defines at its top level; none if it is not Python.

    Examples
    --------
    >>> sorted(binds("import numpy as np\\ndef f():\\n    y = 1"))
    ['f', 'np']
    """
    tree = _tree(source)
    return set() if tree is None else {name for node in tree.body for name in bound_by(node)}


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Attribute | ast.Subscript | ast.Call):
        node = node.func if isinstance(node, ast.Call) else node.value
    return node.id if isinstance(node, ast.Name) else None


def _changed(node: ast.stmt) -> set[str]:
    """Names whose value a statement may change without binding them: ``x[0] = 1``, ``x.append(1)``."""
    places: list[ast.expr] = []
    if isinstance(node, ast.Assign):
        places = list(node.targets)
    elif isinstance(node, ast.AugAssign | ast.AnnAssign):
        places = [node.target]
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call):
        places = [node.value.func]
    return {root for place in places if not isinstance(place, ast.Name) and (root := _root(place))}


@dataclass(frozen=True)
class _Statement:
    cell: int
    node: ast.stmt
    binds: frozenset[str]
    reads: frozenset[str]
    changes: frozenset[str]

    @property
    def imports(self) -> bool:
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def stars(self) -> bool:
        return isinstance(self.node, ast.ImportFrom) and self.node.names[0].name == "*"


@lru_cache(maxsize=4096)  # a class's notebooks share most of their cells, and each is asked once an answer
def _of_cell(source: str) -> tuple[_Statement, ...]:
    tree = _tree(without_magics(source))
    return tuple(
        _Statement(
            _SPARE,
            node,
            frozenset(bound_by(node)),
            frozenset(read_by(node) - set(dir(builtins))),
            frozenset(_changed(node)),
        )
        for node in (tree.body if tree is not None else ())
        if not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
    )


def _statements(cells: Sequence[str], skip: Iterable[int]) -> list[_Statement]:
    return [
        replace(statement, cell=number)
        for number, source in enumerate(cells)
        if number not in skip
        for statement in _of_cell(source)
    ]


def leans_on(cells: Sequence[str], own: Sequence[int], source: str, spare: Sequence[str] = ()) -> str:
    """The statements of other cells that an answer needs, in order, each of which may fail alone.

    That is what the answer reads, and what that reads in turn, as it is bound or changed above; what is bound
    below counts where nothing above binds it. Star imports are always there.

    Parameters
    ----------
    cells : sequence of str
        Sources of a notebook's code cells.
    own : sequence of int
        Which of them are the answer.
    source : str
        The answer.
    spare : sequence of str
        Cells of the course's own notebook, for names that no cell of the student's binds (any more).

    Returns
    -------
    str
        To be run before the answer, in its namespace.

    Examples
    --------
    >>> cells = ["import numpy as np", "k = 2", "train(1000)", "def f(x):\\n    return k * x"]
    >>> print(leans_on(cells, [3], cells[3]))
    try:
        k = 2
    except Exception:
        pass
    """
    statements = [s for source in spare for s in _of_cell(source)] + _statements(cells, set(own))
    place = min(own, default=len(cells))
    imported = {name for s in statements if s.imports for name in s.binds}
    tree = _tree(source)
    todo = [name for node in (tree.body if tree else ()) for name in read_by(node)]
    own_names = binds(source)
    # Nobody can tell what a star import binds without running it.
    wanted = {i for i, s in enumerate(statements) if s.stars and s.cell != _SPARE}
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in seen or name in own_names:
            continue
        seen.add(name)
        touching = [
            i
            for i, s in enumerate(statements)
            if name in s.binds or (name in s.changes and name not in imported)
        ]
        written = [i for i in touching if statements[i].cell != _SPARE]
        above = [i for i in written if statements[i].cell < place]
        # The student's own cells above, else those below, else the course's.
        groups = (above, written, touching)
        chosen = next((g for g in groups if any(name in statements[i].binds for i in g)), written)
        for i in chosen:
            if i not in wanted:
                wanted.add(i)
                todo += statements[i].reads
    handler = ast.parse("try:\n    pass\nexcept Exception:\n    pass").body[0]
    assert isinstance(handler, ast.Try)
    tries = [
        ast.Try(body=[statements[i].node], handlers=handler.handlers, orelse=[], finalbody=[])
        for i in sorted(wanted)
    ]
    return "\n".join(ast.unparse(ast.fix_missing_locations(node)) for node in tries)
