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

from tlcourse.exercises import Exercise
from tlcourse.exercises.engine.cells import binds, readable
from tlcourse.grading.model import Answer, Attempt, Rebuilt
from tlcourse.grading.reading import Notebook, OtherNotebookError
from tlcourse.grading.record import Record, grade_id_of
from tlcourse.grading.slices import leans_on

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

    definitions = [i for i, cell in enumerate(cells) if defines(cell) and not of_the_course(cell)]
    if definitions:
        return definitions[-_MOST_ATTEMPTS:]
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


def _changes_to_the_course(cells: Sequence[dict[str, Any]], record: Record) -> list[str]:
    """Notes on what was done to the cells that a student should leave alone."""
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
    reading.OtherNotebookError
        If nothing in the notebook belongs to the chapter.
    """
    cells = student.cells
    notebook = copy.deepcopy(record.notebook)
    spare = [cell.source for cell in notebook.cells if cell.cell_type == "code" and grade_id_of(cell) is None]
    answers: list[Answer] = []
    notes: list[str] = []
    for exercise in record.exercises:
        places = _attempts(cells, exercise, record)
        notes += _notes_on(places, cells, exercise)
        answers.append(Answer(exercise.id, _read_attempts(places, cells, exercise, spare)))
        if places:
            cell = next(cell for cell in notebook.cells if grade_id_of(cell) == exercise.id)
            cell.source = cells[places[-1]]["source"]
    if not any(answer.attempts for answer in answers) and not _belongs(cells, record):
        raise OtherNotebookError(
            f"nothing in the notebook belongs to chapter {record.chapter}",
            "Ask the student for the chapter's notebook.",
        )
    all_notes = dict.fromkeys([*student.notes, *_changes_to_the_course(cells, record), *notes])
    return Rebuilt(record.chapter, record.framework, tuple(answers), notebook, tuple(all_notes))


def _belongs(cells: Sequence[dict[str, Any]], record: Record) -> bool:
    """Whether any cell is one of the chapter's exercises or speaks of one."""
    ids = {exercise.id for exercise in record.exercises}
    return any(
        (grade_id_of(cell) or cell["id"] or "").removesuffix("-check") in ids
        or any(name in cell["source"] for name in ids)
        for cell in cells
    )


def _notes_on(places: Sequence[int], cells: Sequence[dict[str, Any]], exercise: Exercise) -> list[str]:
    """What the instructor may want to know about where an answer stands."""
    notes = []
    if places and not any(grade_id_of(cells[i]) == exercise.id for i in places):
        notes.append(f"the answer to {exercise.id} was found in another cell")
    if any(cells[i]["cell_type"] != "code" for i in places):
        notes.append(f"the answer's cell {exercise.id} was no longer a code cell")
    if len(places) > 1 and _split_cell(cells, exercise) is None:
        notes.append(f"{exercise.answer} ({exercise.id}) is defined in {len(places)} cells")
    return notes


def _read_attempts(
    places: Sequence[int], cells: Sequence[dict[str, Any]], exercise: Exercise, spare: Sequence[str]
) -> tuple[Attempt, ...]:
    """The attempts at an answer; of those above the exercise's check, the last one is marked as checked."""
    check = _checked_at(cells, exercise)
    if (whole := _split_cell(cells, exercise)) is not None:
        return (_attempt(cells, *whole, exercise, spare, check),)
    attempts = [_attempt(cells, i, cells[i]["source"], exercise, spare, check) for i in places]
    if check is not None and any(attempt.cell <= check for attempt in attempts):
        last = max(i for i, attempt in enumerate(attempts) if attempt.cell <= check)
        attempts[last] = replace(attempts[last], checked=True)
    return tuple(attempts)


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
