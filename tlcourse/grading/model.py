"""What the grader's parts hand to one another: submissions, rebuilt notebooks, results."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, model_validator

from tlcourse.exercises import Exercise, Finding, Report, State
from tlcourse.grading.words import BLOCK, LINE, clean, clean_block

__all__ = [
    "Answer",
    "Attempt",
    "Finding",
    "Mark",
    "NotGradedError",
    "Rebuilt",
    "Result",
    "StarvedError",
    "Submission",
]


class NotGradedError(Exception):
    """One submission cannot be graded; the class goes on.

    Parameters
    ----------
    reason : str
        A sentence that ends "not graded, because ...": "the file is empty". No full stop.
    advice : str
        What the instructor can do about it.
    """

    def __init__(self, reason: str, advice: str = "") -> None:
        super().__init__(reason)
        self.reason, self.advice = reason, advice


class StarvedError(NotGradedError):
    """It was the machine's doing and not the file's: the same submission is worth another try."""


@dataclass(frozen=True)
class Submission:
    """A file that counts as one student's work.

    Attributes
    ----------
    student : str
        As the folder, the file's name or the LMS's download has it: input, never to be trusted.
    path : pathlib.Path
        Of the notebook, not opened yet.
    shown : str
        How to call the file in a report: relative, never a path of the instructor's machine.
    handed_in : datetime.datetime, optional
        With a time zone; from the LMS's download name only, never from the file itself.
    notes : tuple of str
        For the instructor: which older files of the student do not count, for example.
    problem : NotGradedError, optional
        Why the file cannot even be opened (a symbolic link, a zip with ``../``).
    """

    student: str
    path: Path
    shown: str
    handed_in: dt.datetime | None = None
    notes: tuple[str, ...] = ()
    problem: NotGradedError | None = None


@dataclass(frozen=True)
class Attempt:
    """One cell that defines an answer, as text.

    Attributes
    ----------
    source : str
        The cell as it was written.
    setup : str
        Source to run before it in the same namespace: those of the notebook's other top-level statements, in
        order, that the answer leans on.
    cell : int
        Which cell of the student's notebook it is, from 1.
    checked : bool
        Whether it is the last one above the exercise's check: what the notebook's own verdict is about.
    """

    source: str
    setup: str = ""
    cell: int = 0
    checked: bool = False


@dataclass(frozen=True)
class Answer:
    """What a student wrote for one exercise.

    Attributes
    ----------
    exercise_id : str
    attempts : tuple of Attempt
        Every cell that defines the answer, in the notebook's order, or no cell. The last one
        that works counts.
    """

    exercise_id: str
    attempts: tuple[Attempt, ...] = ()

    @classmethod
    def from_plain(cls, exercise_id: str, attempts: Iterable[Mapping[str, Any]]) -> Answer:
        """From what `to_plain` gave, perhaps through JSON."""
        return cls(exercise_id, tuple(Attempt(**attempt) for attempt in attempts))

    def to_plain(self) -> list[dict[str, Any]]:
        """The attempts as plain dicts."""
        return [asdict(attempt) for attempt in self.attempts]


@dataclass(frozen=True)
class Rebuilt:
    """The course's own notebook with nothing of the student's in it but the answers.

    Attributes
    ----------
    chapter : str
        Two digits.
    framework : {"torch", "keras"}
    answers : tuple of Answer
        One for each exercise of the chapter, in the course's order.
    notebook : nbformat.NotebookNode
        The course's record, the student's answer cells put in by grade id.
    notes : tuple of str
        What was odd, as sentences for the instructor: "the check cell ch02-rank-check was changed".
    """

    chapter: str
    framework: str
    answers: tuple[Answer, ...]
    notebook: Any
    notes: tuple[str, ...] = ()


_BLOCKS = {"source": BLOCK, "printed": BLOCK, "problem": LINE, "advice": LINE, "note": LINE, "hint": LINE}
"""Fields with several lines, and their most characters; any other text is one line."""


def _cleaned(name: str, value: Any) -> Any:
    """A field's value with its text fit to be shown: a student's values and names are in it."""
    if isinstance(value, State):
        return value
    if isinstance(value, str):
        return clean_block(value, _BLOCKS[name]) if name in _BLOCKS else clean(value)
    if isinstance(value, Finding):
        message, about = clean_block(value.message, LINE), value.misconception
        return replace(value, message=message, misconception=about and clean(about))
    if isinstance(value, list | tuple):
        return tuple(_cleaned(name, each) for each in value)
    if isinstance(value, dict) and name == "findings":
        return {k: clean_block(v, LINE) if isinstance(v, str) else v for k, v in value.items()}
    return value


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _clean(cls, given: Any) -> Any:
        """Nothing gets into a report that moves its cursor, turns its lines round or fills its pages."""
        if not isinstance(given, dict):
            return given
        return {name: _cleaned(name, value) for name, value in given.items()}


class Mark(_Plain):
    """One exercise of one student, judged."""

    exercise_id: str
    title: str
    state: State
    points: float
    max_points: int
    findings: tuple[Finding, ...] = ()
    problem: str = ""
    advice: str = ""
    printed: str = ""
    seconds: float = 0.0
    note: str = ""
    trains: bool = False
    source: str = ""
    hint: str = ""

    @property
    def report(self) -> Report:
        """The judge's report again, as it was made."""
        return Report(**{each.name: getattr(self, each.name) for each in fields(Report)})

    @property
    def misconceptions(self) -> tuple[str, ...]:
        """Names of what was misunderstood, in the order of the findings."""
        return self.report.misconceptions

    @classmethod
    def of(cls, report: Report, exercise: Exercise, source: str) -> Mark:
        """From the judge's report. A blank answer gets the first hint, a wrong one the second."""
        stage = min(0 if report.state is State.NOT_ATTEMPTED else 1, len(exercise.hints) - 1)
        wanted = exercise.hints and report.state is not State.PASS
        return cls(
            **{each.name: getattr(report, each.name) for each in fields(Report)},
            source=source,
            hint=exercise.hints[stage] if wanted else "",
        )


class Result(_Plain):
    """The outcome of one submission: a verdict in any case.

    ``status`` "not graded" is a state of its own with a reason; it is never 0 points.
    """

    student: str
    chapter: str
    status: Literal["graded", "not graded"]
    framework: str | None = None
    reason: str = ""
    advice: str = ""
    marks: tuple[Mark, ...] = ()
    notes: tuple[str, ...] = ()
    shown: str = ""
    digest: str = ""
    """SHA-256 of the file that was graded, hexadecimal."""
    handed_in: dt.datetime | None = None
    seconds: float = 0.0
    """Wall seconds from the sandbox's start to the judge's end."""
    protections: tuple[str, ...] = ()
    key: str = ""
    """A hash of what the marks depend on besides the file: where it differs, the file is graded again."""

    @property
    def points(self) -> float | None:
        """The sum of the marks; None if it was not graded."""
        return sum(mark.points for mark in self.marks) if self.status == "graded" else None

    @property
    def max_points(self) -> int:
        """Full marks of what was graded."""
        return sum(mark.max_points for mark in self.marks)
