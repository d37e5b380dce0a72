"""Checks of a chapter's prose: headings and markers, and prose that may belong to one framework only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from tlcourse.authoring.source.exercise_cells import MARKER
from tlcourse.authoring.source.mistakes import Mistakes

if TYPE_CHECKING:
    from tlcourse.authoring.source.cells import Cell

__all__ = ["check_prose", "check_whose"]


def check_prose(cell: Cell, mistakes: Mistakes) -> None:
    """Note titles and solution markers in a Markdown cell."""
    fenced = False
    for line, row in enumerate(cell.source.split("\n"), cell.line):
        if re.match(r"^\s*(```|~~~)", row):
            fenced = not fenced
        if MARKER.search(row):
            mistakes.add(
                line,
                "A solution marker in prose: nbgrader would act on it.",
                "Put the solution into an exercise cell.",
            )
        if not fenced and re.match(r"^# ", row):
            mistakes.add(
                line,
                "A heading of the first level.",
                "The title comes from the front matter: begin with ##.",
            )


def check_whose(cells: Iterable[Cell], mistakes: Mistakes) -> None:
    """Ask about prose that stands after the code of one framework: it mostly speaks of that code.

    Where both have their code, one after the other, what follows speaks of the two.
    """
    beside: set[str] = set()  # whose code stands since the last cell that is for both
    before: Cell | None = None
    for cell in cells:
        untagged = len(cell.frameworks) > 1
        after_code = before is not None and before.kind == "code" and len(beside) == 1
        # An exercise that one framework lacks was noted already, and is the mistake to mend.
        noted = before is not None and mistakes.on_line(before.line)
        if cell.kind == "markdown" and untagged and not cell.both and after_code and not noted:
            [name] = beside
            mistakes.add(
                cell.line,
                f"Is this for {name} alone? It follows code that only {name} has, and has no tag.",
                f'Put +++ {{"tags": ["{name}"]}} before it and +++ after it; if it is for both, put '
                '+++ {"tags": ["both"]} before it.',
            )
        if untagged:
            beside = set()
        elif cell.kind == "code":
            beside |= set(cell.frameworks)
        before = cell
