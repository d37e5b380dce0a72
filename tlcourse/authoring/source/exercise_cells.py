"""The cells of exercises: where the solution stands, and what the learner gets in its place."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from tlcourse.authoring.source.code import check_python
from tlcourse.authoring.source.mistakes import Mistakes, suggestion
from tlcourse.frameworks import FRAMEWORKS

if TYPE_CHECKING:
    from tlcourse.authoring.source.cells import Cell

__all__ = ["MARKER", "STUB", "blank", "catalogue", "check_code", "check_frameworks", "solved"]

STUB = "...  # your code here"
BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
MARKER = re.compile(r"(BEGIN|END) SOLUTION")
# nbgrader acts on these, too. Hidden tests end up in its feedback, so no notebook has any.
NBGRADER_MARKER = re.compile(r"(BEGIN|END) (HIDDEN TESTS|MARK SCHEME)")


def catalogue() -> Mapping[str, Any]:
    """The exercises that exist, by id: the one door to tlcourse.exercises, so that tests can bring theirs."""
    from tlcourse.exercises import all_exercises

    return {exercise.id: exercise for exercise in all_exercises()}


def blank(source: str) -> str:
    """The learner's copy of an exercise cell: each solution region becomes one stub line.

    Examples
    --------
    >>> print(blank("def f(x):\\n    ### BEGIN SOLUTION\\n    return x\\n    ### END SOLUTION"))
    def f(x):
        ...  # your code here
    """
    rows: list[str] = []
    inside = False
    for row in source.split("\n"):
        if BEGIN in row:
            inside = True
            rows.append(row[: len(row) - len(row.lstrip())] + STUB)
        elif END in row:
            inside = False
        elif not inside:
            rows.append(row)
    return "\n".join(rows)


def solved(source: str) -> str:
    """An exercise cell without its markers, as the site shows it."""
    return "\n".join(row for row in source.split("\n") if BEGIN not in row and END not in row)


def check_code(cell: Cell, exercises: Mapping[str, Any], mistakes: Mistakes) -> None:
    """Note what is wrong with the code of a cell, and with the solution in it."""
    if cell.exercise is not None and cell.exercise not in exercises:
        mistakes.add(
            cell.line,
            f"There is no exercise {cell.exercise!r} in tlcourse/exercises.",
            suggestion(cell.exercise, exercises),
        )
    sound = _check_markers(cell, mistakes)
    if check_python(cell.source, cell.line, mistakes) and cell.exercise is not None and sound:
        check_python(blank(cell.source), cell.line, mistakes, "With the solution taken out: ")


def _check_markers(cell: Cell, mistakes: Mistakes) -> bool:
    """Whether the markers of a cell come in pairs, and stand where they may."""
    markers: list[tuple[int, str]] = []
    sound = True
    for line, row in enumerate(cell.source.split("\n"), cell.line):
        if NBGRADER_MARKER.search(row):
            mistakes.add(
                line,
                f"nbgrader acts on {row.strip()!r}.",
                "Checks live in tlcourse/exercises: take the marker out.",
            )
        if not MARKER.search(row):
            continue
        if cell.exercise is None:
            mistakes.add(
                line,
                "This solution is not in an exercise cell.",
                "Add `:exercise: <id>` to the cell, or take the markers out.",
            )
            sound = False
        elif row.strip() not in (BEGIN, END):
            mistakes.add(
                line,
                f"{row.strip()!r} is not a marker.",
                f"Write {BEGIN!r} and {END!r}, alone on their lines.",
            )
            sound = False
        else:
            markers.append((line, row.strip()))
    sound = _check_pairs(markers, mistakes) and sound
    if cell.exercise is not None and not markers and sound:
        mistakes.add(
            cell.line,
            f"The exercise {cell.exercise!r} has no solution.",
            f"Put it between {BEGIN!r} and {END!r}.",
        )
    return sound


def _check_pairs(markers: Iterable[tuple[int, str]], mistakes: Mistakes) -> bool:
    opened: int | None = None
    sound = True
    for line, marker in markers:
        if marker == BEGIN and opened is not None:
            mistakes.add(
                line, f"This solution begins inside the one of line {opened}.", f"Add {END!r} before it."
            )
            sound = False
        elif marker == END and opened is None:
            mistakes.add(line, "This ends a solution that never began.", f"Add {BEGIN!r} before it.")
            sound = False
        opened = line if marker == BEGIN else None
    if opened is not None:
        mistakes.add(opened, "This solution begins and never ends.", f"Add {END!r} after its last line.")
    return sound and opened is None


def check_frameworks(cells: Iterable[Cell], exercises: Mapping[str, Any], mistakes: Mistakes) -> None:
    """Note exercises that a framework lacks, or has although they are not made for it."""
    has: dict[str, set[str]] = {}
    first_line: dict[str, int] = {}
    for cell in cells:
        if cell.exercise:
            has.setdefault(cell.exercise, set()).update(cell.frameworks)
            first_line.setdefault(cell.exercise, cell.line)
    for name, frameworks in has.items():
        wanted = set(getattr(exercises.get(name), "frameworks", FRAMEWORKS))
        for framework in sorted(wanted - frameworks):
            mistakes.add(
                first_line[name],
                f"The exercise {name!r} is missing in {framework}.",
                f"Untag its cell if the code serves both, or add a cell with `:tags: [{framework}]`.",
            )
        for framework in sorted(frameworks - wanted):
            mistakes.add(
                first_line[name],
                f"The exercise {name!r} is not made for {framework}.",
                "Tag its cell with the framework it is for.",
            )
