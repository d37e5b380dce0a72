"""Which cells of a student's notebook are the course's own solutions? They do not count as answers.

Runs in the process that reads notebooks (``reader_child``): everything here looks at a student's text.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

from tlcourse.exercises.engine.cells import parsed
from tlcourse.grading.reading import Notebook, OtherNotebookError
from tlcourse.grading.record import Record, grade_id_of
from tlcourse.notebook_format import nbformat

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
    """The exercise's id by the meaning of its solution; empty where the course has no such notebook."""
    try:
        solved = nbformat.read(root / "solutions" / framework / f"{name}.ipynb", as_version=4)
    except (OSError, ValueError):
        return {}
    exercises = {}
    for cell in solved.cells:
        if cell.cell_type == "code" and _MARKER in cell.source and (meaning := _meaning(cell.source)):
            exercises[meaning] = str(grade_id_of(cell) or cell.get("id"))
    return exercises


def without_solutions(notebook: Notebook, record: Record, root: Path) -> tuple[Notebook, tuple[str, ...]]:
    """Take the course's own solutions out of a notebook.

    A solution is a cell that does what the course's does *and* carries its marks, or lies in a notebook that
    says that it is the solved one. A student may well write the same two lines.

    Parameters
    ----------
    notebook : Notebook
    record : Record
        Of the same chapter and framework.
    root : pathlib.Path
        The course's folder.

    Returns
    -------
    tuple of Notebook, and tuple of str
        The notebook without them, and the ids of their exercises.

    Raises
    ------
    reading.OtherNotebookError
        If nothing else is left: it is the course's own notebook of solutions.
    """
    exercise_of: dict[str, str] = {}
    for side in ("torch", "keras"):
        exercise_of |= _solutions(root, side, record.name)
    ids = {exercise.id for exercise in record.exercises}
    cells, taken, own = [], [], 0
    for cell in notebook.cells:
        source = cell["source"]
        suspected = cell["cell_type"] == "code" and (_MARKER in source or notebook.solved)
        exercise = exercise_of.get(_meaning(source)) if suspected else None
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
        raise OtherNotebookError(
            "it is the course's own notebook of solutions", "Ask the student for the notebook they worked in."
        )
    return replace(notebook, cells=tuple(cells)), tuple(dict.fromkeys(taken))
