"""Rebuild a submission: the course's own notebook, and of the student's nothing but the answers.

An answer is a cell of the student's that defines the name that the exercise asks for, wherever it is; there
may be several attempts. What a student did to the course's cells, to metadata or to the order changes
nothing; it is noted, because an instructor may want to know.
"""

from __future__ import annotations

import copy
import difflib
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from ..exercises import Exercise
from ..exercises.engine.cells import binds, readable
from .model import Answer, Attempt, NotGradedError, Rebuilt
from .reading import Notebook
from .record import Record, grade_id_of
from .slices import leans_on

__all__ = ["rebuild"]

_MOST_ATTEMPTS = 8
"""Of one answer, the last ones: each is run if those after it stopped."""
_ALIKE = 0.6
_WORDS = 2000
_TRUSTED = ("grade", "solution", "locked", "points", "schema_version", "task")


def _same(a: str, b: str) -> bool:
    return "".join(a.split()) == "".join(b.split())


def _attempts(cells: Sequence[dict[str, Any]], exercise: Exercise, record: Record) -> list[int]:
    """The cells that define the answer, in the notebook's order; else the exercise's own cell, if written in.

    A cell of the course's own is context and never an answer, whatever was changed in it.
    """
    stub = record.stub(exercise.id)
    others = {e.id for e in record.exercises if e.id != exercise.id and e.answer == exercise.answer}
    context = {
        str(cell.get("id")): cell.source
        for cell in record.notebook.cells
        if cell.cell_type == "code" and grade_id_of(cell) is None and exercise.answer in binds(cell.source)
    }

    ids = {cell["id"] for cell in cells}

    def written(cell: dict[str, Any]) -> bool:
        return bool(cell["source"].strip()) and not _same(cell["source"], stub)

    def defines(cell: dict[str, Any]) -> bool:
        return (
            cell["cell_type"] == "code"
            and written(cell)
            and grade_id_of(cell) not in others
            and exercise.answer in binds(cell["source"])
        )

    def of_the_course(cell: dict[str, Any]) -> bool:
        if grade_id_of(cell) == exercise.id:
            return False
        lost = [own for name, own in context.items() if name not in ids]
        return cell["id"] in context or any(_alike(cell["source"], own) for own in lost)

    found = [i for i, cell in enumerate(cells) if defines(cell) and not of_the_course(cell)]
    if found:
        return found[-_MOST_ATTEMPTS:]
    marked = [i for i, cell in enumerate(cells) if grade_id_of(cell) == exercise.id and written(cell)]
    return marked or [i for i, cell in enumerate(cells) if cell["id"] == exercise.id and written(cell)]


def _split_cell(cells: Sequence[dict[str, Any]], exercise: Exercise) -> tuple[int, str] | None:
    """The parts of an answer's cell that was split in the middle of its code: (the first's place, the whole).

    None where each part can be read by itself, or all of them together cannot.
    """
    parts = [i for i, cell in enumerate(cells) if grade_id_of(cell) == exercise.id]
    if len(parts) < 2 or all(readable(cells[i]["source"]) for i in parts):
        return None
    whole = "\n".join(cells[i]["source"] for i in parts)
    return (parts[0], whole) if exercise.answer in binds(whole) else None


def _alike(source: str, own: str) -> bool:
    """Whether a cell is one of the course's with something changed in it, numbers and texts apart."""
    first, second = _words(source), _words(own)
    return difflib.SequenceMatcher(None, first, second, autojunk=False).ratio() > _ALIKE


def _words(source: str) -> list[str]:
    without_texts = re.sub(r"(['\"])(?:\\.|(?!\1).)*\1", "''", source)
    return re.findall(r"[A-Za-z_]\w*|[^\w\s]", without_texts)[:_WORDS]


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
    spare = [cell.source for cell in notebook.cells if cell.cell_type == "code" and grade_id_of(cell) is None]
    answers, notes = [], []
    for exercise in record.exercises:
        where = _attempts(cells, exercise, record)
        if where and not any(grade_id_of(cells[i]) == exercise.id for i in where):
            notes.append(f"the answer to {exercise.id} was found in another cell")
        if any(cells[i]["cell_type"] != "code" for i in where):
            notes.append(f"the answer's cell {exercise.id} was no longer a code cell")
        if len(where) > 1 and _split_cell(cells, exercise) is None:
            notes.append(f"{exercise.answer} ({exercise.id}) is defined in {len(where)} cells")
        check = _checked_at(cells, exercise)
        attempts = [_attempt(cells, i, cells[i]["source"], exercise, spare, check) for i in where]
        if (whole := _split_cell(cells, exercise)) is not None:
            attempts = [_attempt(cells, *whole, exercise, spare, check)]
        elif check is not None and any(one.cell <= check for one in attempts):
            last = max(i for i, one in enumerate(attempts) if one.cell <= check)
            attempts[last] = replace(attempts[last], checked=True)
        answers.append(Answer(exercise.id, tuple(attempts)))
        if where:
            cell = next(cell for cell in notebook.cells if grade_id_of(cell) == exercise.id)
            cell.source = cells[where[-1]]["source"]
    if not belongs and not any(answer.attempts for answer in answers):
        raise NotGradedError(
            f"nothing in the notebook belongs to chapter {record.chapter}",
            "Ask the student for the chapter's notebook.",
        )
    odd = tuple(dict.fromkeys([*student.notes, *_odd(cells, record), *notes]))
    return Rebuilt(record.chapter, record.framework, tuple(answers), notebook, odd)


def _attempt(
    cells: Sequence[dict[str, Any]],
    place: int,
    source: str,
    exercise: Exercise,
    spare: Sequence[str],
    checked_at: int | None,
) -> Attempt:
    """An answer's cell with what it leans on of the others, as they were when it was checked."""
    until = place if checked_at is None else max(place, checked_at)
    above = [
        cell["source"] for i, cell in enumerate(cells[:until]) if i != place and cell["cell_type"] == "code"
    ]
    below = [
        cell["source"]
        for i, cell in enumerate(cells)
        if i >= until and i != place and cell["cell_type"] == "code"
    ]
    return Attempt(source, leans_on(source, exercise.answer, above, below, spare), place + 1)


def _checked_at(cells: Sequence[dict[str, Any]], exercise: Exercise) -> int | None:
    """Where the exercise's check stands; None where it is gone."""
    marked = [i for i, cell in enumerate(cells) if grade_id_of(cell) == f"{exercise.id}-check"]
    call = re.compile(rf"^check\(\s*['\"]{re.escape(exercise.id)}['\"]", re.MULTILINE)
    return next(iter(marked or [i for i, cell in enumerate(cells) if call.search(cell["source"])]), None)
