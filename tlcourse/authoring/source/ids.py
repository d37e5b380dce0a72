"""The ids of cells: they name a cell in both frameworks, and stay when the text around it changes."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tlcourse.authoring.source.mistakes import Mistakes

if TYPE_CHECKING:
    from tlcourse.authoring.source.cells import Cell

__all__ = ["check_own_id", "with_ids"]

RESERVED = frozenset({"title", "opening", "setup"})
RESERVED_ENDS = ("-check", "-hints", "-task")
FORM = re.compile(r"^[A-Za-z0-9_-]{1,64}$")


def check_own_id(name: str, exercise: Any, line: int, mistakes: Mistakes) -> None:
    """Note what is wrong with the id that a cell of the source gives itself."""
    if exercise is not None:
        mistakes.add(
            line,
            f"The exercise cell also has an id, {name!r}.",
            "The cell of an exercise has the exercise's id: take `:id:` out.",
        )
    elif not FORM.match(name):
        mistakes.add(line, f"{name!r} cannot be a cell's id.", "Use letters, digits, - and _, at most 64.")
    elif name in RESERVED or name.endswith(RESERVED_ENDS):
        mistakes.add(line, f"The id {name!r} is one that the compiler gives.", "Choose another.")


def with_ids(cells: Sequence[Cell], mistakes: Mistakes) -> list[Cell]:
    """The cells, each with an id: its own name, its exercise's, or one made from its text.

    From the text, not the position, so an edit elsewhere moves nothing; and over the whole source, so a cell
    that both frameworks share has one id in both.
    """
    _check_exercises(cells, mistakes)
    _check_names(cells, mistakes)
    seen: Counter[str] = Counter()
    return [cell if cell.id else replace(cell, id=_from_text(cell, seen)) for cell in cells]


def _from_text(cell: Cell, seen: Counter[str]) -> str:
    digest = hashlib.sha256(f"{cell.kind}\n{cell.source}".encode()).hexdigest()[:10]
    seen[digest] += 1
    count = f"-{seen[digest]}" if seen[digest] > 1 else ""
    return f"{cell.kind[:4]}-{digest}{count}"


def _check_exercises(cells: Sequence[Cell], mistakes: Mistakes) -> None:
    first: dict[tuple[str, str], int] = {}
    for cell in cells:
        for framework in cell.frameworks if cell.exercise else ():
            key = (framework, str(cell.exercise))
            if key in first:
                mistakes.add(
                    cell.line,
                    f"The exercise {cell.exercise!r} is used a second time for {framework} "
                    f"(first on line {first[key]}).",
                    "Give each its own id; two versions of one need the tags torch and keras.",
                )
            first[key] = cell.line


def _check_names(cells: Sequence[Cell], mistakes: Mistakes) -> None:
    taken: set[str] = set()
    for cell in cells:
        if cell.id and not cell.exercise and cell.id in taken:
            mistakes.add(
                cell.line,
                f"The id {cell.id!r} is used a second time.",
                "An id names one cell: choose another.",
            )
        taken.add(cell.id)
