"""The course's own copy of a chapter's notebook: what a submission is rebuilt from."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.exercises import Exercise, all_exercises
from tlcourse.exercises.engine.registry import chapter_number
from tlcourse.notebook_format import nbformat

__all__ = ["Record", "load_record"]


@dataclass(frozen=True)
class Record:
    """A learner's notebook as the compiler made it.

    Attributes
    ----------
    chapter : str
        Two digits.
    framework : {"torch", "keras"}
    name : str
        The notebook's file name without its ending: "02-choose-a-pretrained-model".
    notebook : nbformat.NotebookNode
        Not to be changed: make a deep copy.
    exercises : tuple of Exercise
        In the order of the notebook.
    edition : str
        A hash of the notebook's sources: each edition of the chapter has its own.
    """

    chapter: str
    framework: str
    name: str
    notebook: Any
    exercises: tuple[Exercise, ...]
    edition: str

    def cell(self, grade_id: str) -> Any:
        """The cell with this grade id."""
        return next(cell for cell in self.notebook.cells if grade_id_of(cell) == grade_id)

    def stub(self, exercise_id: str) -> str:
        """What the answer's cell holds before anybody has written in it."""
        return str(self.cell(exercise_id).source)

    @property
    def assignment(self) -> str:
        """What nbgrader calls the chapter."""
        return f"chapter-{self.chapter}"


def grade_id_of(cell: Any) -> str | None:
    """The grade id in a cell's metadata, whatever else is in there; None if it has no grade id."""
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = marks.get("grade_id") if isinstance(marks, dict) else None
    return grade_id if isinstance(grade_id, str) else None


@cache
def load_record(root: Path, chapter: str, framework: str) -> Record:
    """Read a chapter's record from a checkout of the course.

    Parameters
    ----------
    root : pathlib.Path
        The course's folder.
    chapter : str
        "02", or "02-choose-a-pretrained-model".
    framework : {"torch", "keras"}

    Raises
    ------
    CourseError
        If there is no such notebook, or if its exercises differ from the package's.
    """
    number = chapter_number(chapter)
    paths = sorted((root / "notebooks" / framework).glob(f"{number}-*.ipynb"))
    if len(paths) != 1:
        raise CourseError(
            f"The course has no notebook of chapter {number} for {framework}.",
            "Look at the names in notebooks/, or run `tlcourse build --no-execute` to make them again.",
        )
    notebook = nbformat.read(paths[0], as_version=4)
    known = {e.id: e for e in all_exercises(number) if framework in e.frameworks}
    ids = [name for cell in notebook.cells if (name := grade_id_of(cell)) in known]
    if set(ids) != set(known) or not known:
        raise CourseError(
            f"{paths[0].name} and the package do not hold the same exercises: "
            f"{', '.join(sorted(set(known) ^ set(ids))) or 'none at all'}.",
            "Run `tlcourse build --no-execute`.",
        )
    about = notebook.metadata.get("tlcourse", {})
    return Record(
        number,
        framework,
        paths[0].stem,
        notebook,
        tuple(known[name] for name in ids),
        str(about.get("edition", "")),
    )
