"""A made-up class to try the grader on: right, blank and wrong answers, odd notebooks and broken files."""

from __future__ import annotations

import copy
import json
from pathlib import Path

import numpy as np

from tlcourse.authoring.source import chapter_paths, solutions
from tlcourse.errors import CourseError
from tlcourse.grading.keeping import writing
from tlcourse.grading.record import Record, grade_id_of, load_record
from tlcourse.notebook_format import nbformat

__all__ = ["answers_of", "fill", "make_class", "right_answers"]

# fmt: off
_NAMES = (
    "ada", "alan", "barbara", "claude", "donald", "edsger", "emmy", "frances",
    "geoffrey", "grace", "hedy", "ivan", "john", "judea", "karen", "katherine",
    "leslie", "lotfi", "margaret", "marvin", "niklaus", "radia", "rosalind", "shafi",
    "sophie", "tim", "vint", "yann", "yoshua", "zohra",
)
# fmt: on


def right_answers(root: Path, record: Record) -> dict[str, str]:
    """Exercise id to the course's own solution, as a learner would have written it."""
    (path,) = [p for p in chapter_paths(root) if p.stem == record.name]
    return {exercise: source for exercise, (source, _) in solutions(path, record.framework).items()}


def fill(record: Record, answers: dict[str, str]) -> nbformat.NotebookNode:
    """The learner's notebook with some of its answer cells filled in.

    Parameters
    ----------
    record : Record
    answers : dict of str to str
        Exercise id to the source of the answer's cell.
    """
    notebook = copy.deepcopy(record.notebook)
    for cell in notebook.cells:
        if (name := grade_id_of(cell)) in answers:
            cell.source = answers[name]
    return notebook


def answers_of(root: Path, record: Record, number: int, rng: np.random.Generator) -> dict[str, str]:
    """Student 0 has everything right, student 1 nothing; the others a mix of right, wrong and blank."""
    right = right_answers(root, record)
    if number < 2:
        return right if number == 0 else {}
    answers = {}
    for exercise in record.exercises:
        wrong = [w for m in exercise.misconceptions if (w := m.source_for(record.framework)) is not None]
        chance = rng.random()
        if chance < 0.6:
            answers[exercise.id] = right[exercise.id]
        elif chance < 0.88:
            answers[exercise.id] = wrong[int(rng.integers(len(wrong)))].strip()
    return answers


def make_class(folder: Path, chapter: str, *, root: Path, students: int = 20, seed: int = 0) -> list[Path]:
    """Write a class's submissions, half of them in each framework, two of which cannot be read.

    Parameters
    ----------
    folder : pathlib.Path
        New or empty: ``STUDENT/NN-name.ipynb`` go there, and ``roster.csv`` beside them.
    chapter : str
    root : pathlib.Path
        The course's folder.
    students : int
        4 to 30.
    seed : int

    Returns
    -------
    list of pathlib.Path
        The notebooks.

    Raises
    ------
    CourseError
        If the folder is not empty or cannot be written to, or for any other number of students.
    """
    if not 4 <= students <= len(_NAMES):
        raise CourseError(f"A class of {students} cannot be made up.", f"Give 4 to {len(_NAMES)}.")
    if folder.exists() and any(folder.iterdir()):
        raise CourseError(
            f"The folder {folder} is not empty.", "Give a new one, so that nothing is overwritten."
        )
    with writing(folder):
        return _write_class(folder, chapter, root, students, seed)


def _write_class(folder: Path, chapter: str, root: Path, students: int, seed: int) -> list[Path]:
    records = [load_record(root, chapter, side) for side in ("torch", "keras")]
    rng = np.random.default_rng([seed, 31])
    written = []
    for number, name in enumerate(_NAMES[:students]):
        record = records[number % 2]
        path = folder / name / f"{record.name}.ipynb"
        path.parent.mkdir(parents=True)
        if number == students - 1:
            path.write_text("")  # a download that was cut off
        elif number == students - 2:
            path.write_text(json.dumps({"not": "a notebook"}))
        else:
            nbformat.write(fill(record, answers_of(root, record, number // 2, rng)), path)
        written.append(path)
    lines = ["student,name,email"] + [
        f"{n},{n.title()},{n}@example.org" for n in (*_NAMES[:students], "absent")
    ]
    (folder / "roster.csv").write_text("\n".join(lines) + "\n")
    return written
