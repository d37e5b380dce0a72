"""Cells that only the solution has: they record the numbers of the text, and no learner or reader sees them.

The tag ``bookkeeping`` keeps a code cell out of the learner's notebook and off the page. ``record(...)``
stands in no other cell. What is seen must run without what is not: a cell that reads a name which a
bookkeeping cell bound last is refused, and so is a bookkeeping cell that changes an object of the others.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tlcourse.authoring.source.code import tree_of
from tlcourse.authoring.source.mistakes import Mistakes
from tlcourse.authoring.source.recorded import is_record
from tlcourse.exercises.engine.bindings import bound_by, changed_by, read_from_above

if TYPE_CHECKING:
    from tlcourse.authoring.source.cells import Cell

__all__ = ["BOOKKEEPING", "IMPORT", "check_bookkeeping", "in_solution_only", "is_bookkeeping"]

BOOKKEEPING = "bookkeeping"
IMPORT = "from tlcourse.claims import record"
"""What these cells need; the compiler writes it above them all."""


def is_bookkeeping(cell: Cell) -> bool:
    """Whether only the solution has the cell."""
    return BOOKKEEPING in cell.tags


def in_solution_only(cell: Mapping[str, Any]) -> bool:
    """Whether a cell of a compiled notebook is a bookkeeping cell."""
    return BOOKKEEPING in cell["metadata"].get("tags", ())


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
    """Name -> the line of the bookkeeping cell that bound it last."""
    seen: set[str] = set()
    for cell in cells:
        tree = tree_of(cell)
        if is_bookkeeping(cell) and (cell.kind != "code" or cell.exercise is not None):
            what = "prose" if cell.kind != "code" else "an exercise"
            mistakes.add(
                cell.line,
                f"The tag {BOOKKEEPING!r} is on {what}.",
                "It hides a code cell from learners and readers: take it out here.",
            )
        elif tree is None:
            continue
        elif is_bookkeeping(cell):
            _check_changes(tree, seen, mistakes)
            hidden |= dict.fromkeys(_bound(tree), cell.line)
            seen -= hidden.keys()
        else:
            _check_reads(tree, cell, framework, hidden, mistakes)
            _check_records(tree, mistakes)
            seen |= _bound(tree)
            hidden = {name: line for name, line in hidden.items() if name not in seen}


def _bound(tree: ast.Module) -> set[str]:
    return {name for statement in tree.body for name in bound_by(statement)}


def _check_changes(tree: ast.Module, seen: set[str], mistakes: Mistakes) -> None:
    for statement in tree.body:
        for name in sorted(changed_by(statement, results=False) & seen):
            mistakes.add(
                statement.lineno,
                f"A bookkeeping cell changes {name!r}, which a cell that learners see has made.",
                "Work on a copy: learners' notebooks do not have this cell.",
            )


def _check_reads(
    tree: ast.Module, cell: Cell, framework: str, hidden: dict[str, int], mistakes: Mistakes
) -> None:
    for name in sorted(read_from_above(tree.body) & hidden.keys()):
        mistakes.add(
            cell.line,
            f"The {framework} cell reads {name!r} as the bookkeeping cell on line {hidden[name]} made it.",
            "Make it in a cell that learners see: their notebooks do not have that one.",
        )


def _check_records(tree: ast.Module, mistakes: Mistakes) -> None:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and is_record(node):
            mistakes.add(
                node.lineno,
                "record(...) stands in a cell that learners and readers see.",
                f"Move it into a cell with `:tags: [{BOOKKEEPING}]` below.",
            )
