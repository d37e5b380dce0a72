"""Rebuild a submission: the course's own notebook, and of the student's nothing but the answers.

Cells are matched by grade id. What a student did to other cells, to metadata or to the order changes nothing;
it is noted, because an instructor may want to know.
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from ..exercises import Exercise
from .model import Answer, NotGradedError, Rebuilt
from .reading import Notebook
from .record import Record, grade_id_of
from .slices import binds, leans_on, without_magics

__all__ = ["rebuild"]

_TRUSTED = ("grade", "solution", "locked", "points", "schema_version", "task")


def _same(a: str, b: str) -> bool:
    return "".join(a.split()) == "".join(b.split())


def _answer_cells(
    cells: Sequence[dict[str, Any]], exercise: Exercise, record: Record, taken: set[str]
) -> list[int]:
    """The cells with the grade id that somebody wrote in; else, or besides, those that define the answer."""
    stub = record.stub(exercise.id)

    def filled(i: int) -> bool:
        return bool(cells[i]["source"].strip()) and not _same(cells[i]["source"], stub)

    marked = [i for i, cell in enumerate(cells) if grade_id_of(cell) == exercise.id and filled(i)]
    named = [i for i, cell in enumerate(cells) if cell["id"] == exercise.id and i not in marked and filled(i)]
    found = marked or named
    if any(exercise.answer in binds(without_magics(cells[i]["source"])) for i in found):
        return found
    # Written elsewhere, or the other half of a cell that was split.
    elsewhere = [
        i
        for i, cell in enumerate(cells)
        if i not in found
        and grade_id_of(cell) not in taken
        and cell["cell_type"] == "code"
        and filled(i)
        and exercise.answer in binds(without_magics(cell["source"]))
        and not any(_same(cell["source"], own.source) for own in record.notebook.cells)
    ]
    return sorted({*found, *elsewhere})


def _odd(cells: Sequence[dict[str, Any]], record: Record) -> list[str]:
    """What was done to the cells that a student should leave alone, in words."""
    notes = []
    for exercise in record.exercises:
        for name in (exercise.id, f"{exercise.id}-check"):
            own = record.cell(name)
            there = [cell for cell in cells if grade_id_of(cell) == name]
            what = "the answer's cell" if name == exercise.id else "the check cell"
            if not there:
                notes.append(f"{what} {name} is missing, or lost its grade id")
                continue
            if len(there) > 1:
                notes.append(f"{what} {name} is there {len(there)} times")
            marks = dict(own.metadata.nbgrader)
            for cell in there:
                if any(cell["metadata"]["nbgrader"].get(key) != marks.get(key) for key in _TRUSTED):
                    notes.append(f"the metadata of {name} was changed")
            if name != exercise.id and any(not _same(cell["source"], own.source) for cell in there):
                notes.append(f"the check cell {name} was changed")
    return notes


def rebuild(student: Notebook, record: Record) -> Rebuilt:
    """The course's record with the student's answers in it.

    Parameters
    ----------
    student : Notebook
        From `read_notebook`.
    record : Record
        Of the same chapter and framework.

    Raises
    ------
    NotGradedError
        If nothing in the notebook belongs to the chapter.
    """
    cells = student.cells
    ids = {e.id for e in record.exercises}
    belongs = any((grade_id_of(cell) or cell["id"] or "").removesuffix("-check") in ids for cell in cells)
    belongs = belongs or any(e.id in cell["source"] for e in record.exercises for cell in cells)
    notebook = copy.deepcopy(record.notebook)
    code = [i for i, cell in enumerate(cells) if cell["cell_type"] == "code"]
    spare = [cell.source for cell in notebook.cells if cell.cell_type == "code" and grade_id_of(cell) is None]
    sources = [cells[i]["source"] for i in code]
    answers, notes = [], []
    for exercise in record.exercises:
        where = _answer_cells(cells, exercise, record, ids - {exercise.id})
        source = "\n".join(without_magics(cells[i]["source"]) for i in where)
        if where and not any(grade_id_of(cells[i]) == exercise.id for i in where):
            notes.append(f"the answer to {exercise.id} was found in another cell")
        if any(cells[i]["cell_type"] != "code" for i in where):
            notes.append(f"the answer's cell {exercise.id} was no longer a code cell")
        own = [code.index(i) for i in where if i in code]
        answers.append(Answer(exercise.id, source, leans_on(sources, own, source, spare) if where else ""))
        if where:
            cell = next(cell for cell in notebook.cells if grade_id_of(cell) == exercise.id)
            cell.source = "\n".join(cells[i]["source"] for i in where)
    if not belongs and not any(answer.source for answer in answers):
        raise NotGradedError(
            f"nothing in the notebook belongs to chapter {record.chapter}",
            "Ask the student for the chapter's notebook.",
        )
    odd = tuple(dict.fromkeys([*student.notes, *_odd(cells, record), *notes]))
    return Rebuilt(record.chapter, record.framework, tuple(answers), notebook, odd)
