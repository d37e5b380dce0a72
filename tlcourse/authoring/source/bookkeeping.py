"""Cells that only the solution has: they record the numbers of the text, and no learner or reader sees them.

The tag ``bookkeeping`` keeps a code cell out of the learner's notebook and off the page. A chapter that has
one keeps all its ``record(...)`` calls in such cells. What is seen must run without what is not: a cell that
reads a name which a bookkeeping cell bound last is refused, and so is a bookkeeping cell that changes a name
of the others.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from typing import TYPE_CHECKING

from tlcourse.authoring.source.code import tree_of
from tlcourse.authoring.source.mistakes import Mistakes
from tlcourse.authoring.source.recorded import is_record
from tlcourse.exercises.engine.bindings import bound_by, changed_by, read_by

if TYPE_CHECKING:
    from tlcourse.authoring.source.cells import Cell

__all__ = ["BOOKKEEPING", "IMPORT", "check_bookkeeping", "has_bookkeeping", "is_bookkeeping"]

BOOKKEEPING = "bookkeeping"
IMPORT = "from tlcourse.claims import record"
"""What the first of these cells needs; the compiler writes it above them all."""


def is_bookkeeping(cell: Cell) -> bool:
    """Whether only the solution has the cell."""
    return BOOKKEEPING in cell.tags


def has_bookkeeping(cells: Sequence[Cell]) -> bool:
    """Whether a chapter keeps its records in cells of their own."""
    return any(is_bookkeeping(cell) for cell in cells)


def check_bookkeeping(cells: Sequence[Cell], framework: str, mistakes: Mistakes) -> None:
    """Note what in one framework's notebook needs a bookkeeping cell, or belongs into one.

    Parameters
    ----------
    cells : sequence of Cell
        Those of one framework, in order.
    framework : "torch" or "keras"
        For the messages.
    mistakes : Mistakes
        Gets them.
    """
    hidden: dict[str, int] = {}
    """Name -> the line of the bookkeeping cell that bound or changed it last."""
    seen: set[str] = set()
    several = has_bookkeeping(cells)
    for cell in cells:
        if is_bookkeeping(cell) and (cell.kind != "code" or cell.exercise is not None):
            what = "prose" if cell.kind != "code" else "an exercise"
            mistakes.add(
                cell.line,
                f"The tag {BOOKKEEPING!r} is on {what}.",
                "It hides a code cell from learners and readers: take it out here.",
            )
            continue
        tree = tree_of(cell)
        if tree is None:
            continue
        if is_bookkeeping(cell):
            _take_down(tree, cell, seen, hidden, mistakes)
        else:
            _check_seen(tree, framework, hidden, mistakes)
            seen |= {name for statement in tree.body for name in bound_by(statement)}
            if several:
                _refuse_records(tree, mistakes)


def _take_down(
    tree: ast.Module, cell: Cell, seen: set[str], hidden: dict[str, int], mistakes: Mistakes
) -> None:
    for statement in tree.body:
        bound, changed = bound_by(statement), changed_by(statement)
        for name in sorted((bound | changed) & seen):
            mistakes.add(
                statement.lineno,
                f"A bookkeeping cell changes {name!r}, which a cell that learners see has made.",
                "Use another name: learners' notebooks do not have this cell.",
            )
        hidden |= dict.fromkeys(bound, cell.line)


def _check_seen(tree: ast.Module, framework: str, hidden: dict[str, int], mistakes: Mistakes) -> None:
    for statement in tree.body:
        # A loop's own variable is read in its body, and bound by the loop itself.
        own = bound_by(statement) if isinstance(statement, ast.For | ast.FunctionDef | ast.With) else set()
        for name in sorted((read_by(statement) - own) & hidden.keys()):
            mistakes.add(
                statement.lineno,
                f"The {framework} cell reads {name!r}, which only the bookkeeping cell on line "
                f"{hidden[name]} makes.",
                "Make it in a cell that learners see: their notebooks do not have that one.",
            )
        for name in bound_by(statement):
            hidden.pop(name, None)


def _refuse_records(tree: ast.Module, mistakes: Mistakes) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_record(node):
            mistakes.add(
                node.lineno,
                "record(...) stands in a cell that learners see, and this chapter has bookkeeping cells.",
                f"Move it into a cell with `:tags: [{BOOKKEEPING}]` below.",
            )
