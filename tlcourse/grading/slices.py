"""What an answer depends on: the few other statements of a notebook that it needs, without the rest.

The grader does not run a chapter's experiments. An answer may still use a helper from the cell above, an
import from somewhere else, or a variable of the chapter's own.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from tlcourse.exercises.engine.bindings import bound_by, changed_by, read_by, relevant, set_inside
from tlcourse.exercises.engine.cells import parsed

__all__ = ["leans_on"]

_SPARE, _ABOVE, _BELOW = range(3)
_BY_TEXT = frozenset(("globals", "locals", "vars", "eval", "exec", "getattr"))
"""Code that reads one of these may look a name up by its text."""


@dataclass(frozen=True)
class _Statement:
    side: int
    node: ast.stmt
    binds: frozenset[str]
    reads: frozenset[str]
    changes: frozenset[str]
    sets: frozenset[str]
    """Names of the module that the functions defined here set when they are called."""

    @property
    def imports(self) -> bool:
        return isinstance(self.node, ast.Import | ast.ImportFrom)

    @property
    def future(self) -> bool:
        return isinstance(self.node, ast.ImportFrom) and self.node.module == "__future__"

    @property
    def stars(self) -> bool:
        return isinstance(self.node, ast.ImportFrom) and self.node.names[0].name == "*"


def _body(source: str) -> list[ast.stmt]:
    try:
        return list(parsed(source).body)
    except SyntaxError:
        return []


def _kept_value(node: ast.Expr) -> ast.stmt:
    """A cell's last expression as what a notebook makes of it: the value of ``_``."""
    made = ast.Assign(targets=[ast.Name("_", ast.Store())], value=node.value)
    return ast.fix_missing_locations(ast.copy_location(made, node))


@lru_cache(maxsize=4096)  # a class's notebooks share most of their cells, and each is asked once an answer
def _of_cell(source: str, course: bool = False) -> tuple[_Statement, ...]:
    statements = []
    for node in _body(source):
        defines = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Assign)
        sets = frozenset(set_inside(node)) if defines else frozenset()
        # The course's own experiments are long: of their results nothing is kept that an answer could need.
        changes = frozenset(changed_by(node, results=not course))
        names = frozenset(bound_by(node)), frozenset(read_by(node))
        statements.append(_Statement(_SPARE, node, *names, changes, sets))
    if statements and isinstance(last := statements[-1].node, ast.Expr) and not source.rstrip().endswith(";"):
        statements[-1] = replace(statements[-1], node=_kept_value(last), binds=frozenset({"_"}))
    return tuple(statements)


def _statements(cells: Sequence[str], side: int, course: frozenset[str]) -> list[_Statement]:
    return [
        replace(statement, side=side) for source in cells for statement in _of_cell(source, source in course)
    ]


def _touching(statements: Sequence[_Statement], sets: dict[str, frozenset[str]]) -> dict[str, list[int]]:
    """Name to the statements that bind or change it, in order, calls that set it from within included.

    What calls a module's function, at the top or within a function of the notebook, changes no module.
    """
    imported = {name for s in statements if s.imports for name in s.binds}
    touching: dict[str, list[int]] = {}
    for i, s in enumerate(statements):
        called = {name for reader in s.reads & sets.keys() if reader not in s.binds for name in sets[reader]}
        for name in s.binds | ((s.changes | called) - imported):
            touching.setdefault(name, []).append(i)
    return touching


def _needed(own: Sequence[ast.stmt]) -> list[str]:
    """The names that a cell reads and has not bound itself by then: a function reads when it is called."""
    every = {name for node in own for name in bound_by(node)}
    so_far: set[str] = set()
    names: list[str] = []
    for node in own:
        later = isinstance(node, ast.FunctionDef | ast.ClassDef)
        names += sorted(read_by(node) - (every if later else so_far))
        so_far |= bound_by(node)
    return names


def _by_text(own: Sequence[ast.stmt], touching: Mapping[str, list[int]]) -> list[str]:
    """Names of the notebook that stand in a cell's texts, where the cell may look names up by their text."""
    if not any(_BY_TEXT & read_by(node) for node in own):
        return []
    texts = [part.value for node in own for part in ast.walk(node) if isinstance(part, ast.Constant)]
    words = {word for text in texts if isinstance(text, str) for word in re.findall(r"[^\W\d]\w*", text)}
    return sorted(words & touching.keys())


def leans_on(
    source: str, answer: str, above: Sequence[str], below: Sequence[str] = (), spare: Sequence[str] = ()
) -> str:
    """The statements of other cells that an answer needs, in order, each of which may fail alone.

    These bind or change what the answer's cell reads (as far as it matters to the answer), and what they
    read in turn. What stands below the answer counts only for names that nothing above binds. Star imports
    and ``from __future__`` are always included.

    Parameters
    ----------
    source : str
        The answer's cell.
    answer : str
        The answer's name.
    above, below : sequence of str
        Sources of the notebook's other code cells, in order.
    spare : sequence of str
        Cells of the course's own notebook, for names that no cell of the student's binds.

    Returns
    -------
    str
        Source to run before the answer, in its namespace.

    Examples
    --------
    >>> above = ["k = {}\\nfor i in 2, 3: k[i] = i", "train(1000)"]
    >>> print(leans_on("def f(x):\\n    return k[x]", "f", above))
    try:
        k = {}
    except Exception:
        pass
    try:
        for i in (2, 3):
            k[i] = i
    except Exception:
        pass
    """
    course = frozenset(spare)
    statements = [
        *_statements(spare, _SPARE, course),
        *_statements(above, _ABOVE, course),
        *_statements(below, _BELOW, course),
    ]
    sets = {name: s.sets for s in statements if s.sets for name in s.binds}
    touching = _touching(statements, sets)
    own = _body(source)
    own = own[: relevant(own, answer)]
    # Nobody can tell what a star import binds without running it.
    always = {i for i, s in enumerate(statements) if (s.stars or s.future) and s.side != _SPARE}
    needed = _closure([*_needed(own), *_by_text(own, touching)], statements, touching)
    return _each_may_fail([statements[i] for i in sorted(always | needed)])


def _closure(
    names: Sequence[str], statements: Sequence[_Statement], touching: Mapping[str, list[int]]
) -> set[int]:
    """The statements (by index) that some names need, and what those need in turn."""
    todo, seen = list(names), set[str]()
    needed: set[int] = set()
    while todo:
        name = todo.pop()
        if name in seen:
            continue
        seen.add(name)
        for i in _makers(name, statements, touching):
            if i not in needed:
                needed.add(i)
                todo += statements[i].reads
    return needed


def _makers(name: str, statements: Sequence[_Statement], touching: Mapping[str, list[int]]) -> Sequence[int]:
    """What binds or changes a name: the student's statements above, else all of theirs, else the course's."""
    everywhere = touching.get(name, [])
    own = [i for i in everywhere if statements[i].side != _SPARE]
    above = [i for i in own if statements[i].side == _ABOVE]
    binding = (some for some in (above, own, everywhere) if any(name in statements[i].binds for i in some))
    makers = next(binding, own)
    return makers[-1:] if name == "_" else makers


def _each_may_fail(statements: Sequence[_Statement]) -> str:
    """Statements as text, each within a ``try`` of its own."""
    lines = [ast.unparse(s.node) for s in statements if s.future]
    handler = ast.parse("try:\n    pass\nexcept Exception:\n    pass").body[0]
    assert isinstance(handler, ast.Try)
    for s in statements:
        if not s.future:
            tried = ast.Try(body=[s.node], handlers=handler.handlers, orelse=[], finalbody=[])
            lines.append(ast.unparse(ast.fix_missing_locations(tried)))
    return "\n".join(lines)
