"""Which of a student's notebooks counts: one that was worked in, the newest of these; never a solution.

Runs in the process that reads notebooks (``reader``): everything here looks at a student's text.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import nbformat

from ..exercises.engine.cells import parsed
from .model import NotGradedError
from .reading import Notebook
from .record import Record, grade_id_of

__all__ = ["without_solutions"]

_MARKER = "### BEGIN SOLUTION"


def _meaning(source: str) -> str:
    """What a cell does, whatever its comments and spaces; "" where it cannot be read."""
    try:
        return ast.dump(parsed(source))
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return ""


@cache
def _solutions(root: Path, framework: str, name: str) -> Mapping[str, str]:
    """Meaning of each solution of the course's to the exercise's id; none where there is no such notebook."""
    try:
        solved = nbformat.read(root / "solutions" / framework / f"{name}.ipynb", as_version=4)
    except (OSError, ValueError):
        return {}
    found = {}
    for cell in solved.cells:
        if cell.cell_type == "code" and _MARKER in cell.source and (about := _meaning(cell.source)):
            found[about] = str(grade_id_of(cell) or cell.get("id"))
    return found


def without_solutions(notebook: Notebook, record: Record, root: Path) -> tuple[Notebook, tuple[str, ...]]:
    """The notebook with the course's own solutions taken out of it, and the exercises that this was done for.

    A solution is a cell that does what the course's does *and* carries its marks, or lies in a notebook that
    says that it is the solved one. A student may well write the same two lines.

    Raises
    ------
    NotGradedError
        If nothing else is left: it is the course's own notebook of solutions.
    """
    wanted: dict[str, str] = {}
    for side in ("torch", "keras"):
        wanted |= _solutions(root, side, record.name)
    ids = {exercise.id for exercise in record.exercises}
    cells, taken, own = [], [], 0
    for cell in notebook.cells:
        source = cell["source"]
        suspected = cell["cell_type"] == "code" and (_MARKER in source or notebook.solved)
        exercise = wanted.get(_meaning(source)) if suspected else None
        grade_id = grade_id_of(cell)
        if exercise is None and notebook.solved and _MARKER in source and grade_id in ids:
            exercise = grade_id  # of another edition of the course, perhaps
        if exercise is None:
            own += grade_id in ids and source.strip() != record.stub(str(grade_id)).strip()
            cells.append(cell)
            continue
        taken.append(exercise)
        cells.append({**cell, "source": record.stub(exercise) if exercise in ids else ""})
    if taken and not own:
        raise NotGradedError(
            "it is the course's own notebook of solutions", "Ask the student for the notebook they worked in."
        )
    return replace(notebook, cells=tuple(cells)), tuple(dict.fromkeys(taken))
