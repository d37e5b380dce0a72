"""Who is in the class, with which outcome? The rows that every table and page is made from."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.grading.journal import Override
from tlcourse.grading.late import Lateness, LatePolicy, read_time
from tlcourse.grading.model import Mark, Result
from tlcourse.grading.words import clean, student_key

__all__ = ["Roster", "Row", "Student", "class_rows", "read_roster"]

_COLUMNS = {
    "student": "student",
    "name": "name",
    "email": "email",
    "lms_id": "lms_id",
    "id": "lms_id",
    "sis_id": "sis_id",
    "login": "login",
    "section": "section",
    "handed_in": "handed_in",
    "due": "due",
}


@dataclass(frozen=True)
class Student:
    """A line of the roster.

    Attributes
    ----------
    student : str
        The name of the submission's folder or file.
    name, email, lms_id, sis_id, login, section : str
        "" where the roster does not say.
    handed_in, due : datetime.datetime or None
        With a time zone; ``due`` is an extension, the student's own due time.
    """

    student: str
    name: str = ""
    email: str = ""
    lms_id: str = ""
    sis_id: str = ""
    login: str = ""
    section: str = ""
    handed_in: dt.datetime | None = None
    due: dt.datetime | None = None


@dataclass(frozen=True)
class Roster:
    """The class, by the name that a submission's folder or file has."""

    students: Mapping[str, Student] = field(default_factory=dict)

    def get(self, student: str) -> Student | None:
        """The student's line, or None."""
        return self.students.get(student_key(student))

    def __iter__(self) -> Iterator[Student]:
        return iter(self.students.values())


def read_roster(path: Path) -> Roster:
    """Read a CSV with a column ``student``, and any of these: name, email, lms_id (or id), sis_id, login,
    section, handed_in, due. Commas, semicolons or tabs; a byte-order mark and empty lines do no harm.

    Raises
    ------
    CourseError
        For a file that cannot be read, a missing column, a column or a student twice (however the accents are
        written), a line that does not fit the columns or a time without its zone; the message names the line.
    """
    table = _table(path)
    if not table:
        raise CourseError(f"The roster {path.name} is empty.", "It needs a line of names, then the students.")
    (head_line, head), rest = table[0], table[1:]
    columns = [_COLUMNS.get(name.strip().lower().replace(" ", "_")) for name in head]
    _check_columns(path, head, columns)
    students: dict[str, Student] = {}
    lines: dict[str, int] = {}
    for number, cells in rest:
        where = f"line {number} of {path.name}"
        extra = [cell for cell in cells[len(head) :] if cell.strip()]
        if extra:
            raise CourseError(
                f"There are {len(cells)} fields in {where}, and {len(head)} columns in line {head_line}.",
                "Put quotation marks around a field that holds a comma or a semicolon.",
            )
        values = {own: clean(cell.strip()) for own, cell in zip(columns, cells, strict=False) if own}
        student = student_key(values.pop("student", ""))
        if not student:
            raise CourseError(f"There is no student in {where}.", "Fill the field in, or delete the line.")
        if student in students:
            raise CourseError(
                f"The student {student!r} is listed twice ({where}; first in line {lines[student]}).",
                "Keep one of the lines.",
            )
        times = {column: _time(values.pop(column, ""), where) for column in ("handed_in", "due")}
        students[student] = Student(student, handed_in=times["handed_in"], due=times["due"], **values)
        lines[student] = number
    return Roster(students)


def _table(path: Path) -> list[tuple[int, list[str]]]:
    """A CSV's lines that hold anything, each with its number."""
    text = _text(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    named = re.fullmatch(r"sep=(.)", first.strip("\n\r"))  # Excel's own way to name the delimiter
    if named:
        delimiter = named[1]
    else:
        delimiter = ";" if first.count(";") > first.count(",") else "\t" if "\t" in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    table = []
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                table.append((reader.line_num, cells))
    except csv.Error as error:
        raise CourseError(
            f"The roster {path.name} cannot be read: line {reader.line_num} is not valid CSV ({error}).",
            "Look for a quotation mark that is not closed.",
        ) from None
    return table[1:] if named else table


def _text(path: Path) -> str:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise CourseError(
            f"The roster {path} cannot be read ({error.strerror}).", "Give a CSV file in UTF-8."
        ) from None
    how_to_save = "Save it again as CSV in UTF-8 (in Excel: CSV UTF-8)."
    if content.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in content[:200]:
        raise CourseError(f"The roster {path.name} cannot be read: it is in UTF-16.", how_to_save)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise CourseError(
            f"The roster {path.name} cannot be read: line {line} is not text in UTF-8.", how_to_save
        ) from None


def _check_columns(path: Path, head: Sequence[str], columns: Sequence[str | None]) -> None:
    if "student" not in columns:
        raise CourseError(
            f"The roster {path.name} has no column `student`.",
            "It holds the name of the student's folder, or what stands in the file's name.",
        )
    for own in dict.fromkeys(columns):
        names = [name.strip() for name, column in zip(head, columns, strict=True) if column == own]
        if own is not None and len(names) > 1:
            raise CourseError(
                f"The roster {path.name} has the column {own!r} twice: {', '.join(map(repr, names))}.",
                "Keep one of them.",
            )


def _time(text: str, where: str) -> dt.datetime | None:
    try:
        return read_time(text) if text else None
    except CourseError as error:
        raise CourseError(f"{where}: {error.problem}", "Correct it.") from None


@dataclass(frozen=True)
class Row:
    """One student, with everything that a mark is made of.

    Attributes
    ----------
    status : str
        "graded", "not graded" or "not handed in".
    points : float or None
        The final points: marks by hand in place of the judge's, less the penalty; None if not graded.
    penalty : float
        Points taken off.
    """

    student: str
    name: str
    status: str
    result: Result | None
    lateness: Lateness | None
    by_hand: Mapping[str, Override]
    points: float | None
    max_points: int
    penalty: float

    @property
    def shown(self) -> str:
        """The name where there is one, else what the submission is called."""
        return self.name or self.student

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The judge's marks; none where nothing was graded."""
        return self.result.marks if self.result else ()

    def earned(self, mark: Mark) -> float:
        """The points of one exercise: those by hand in place of the judge's."""
        return earned(mark, self.by_hand)

    def outcome(self, mark: Mark) -> str:
        """The state of one exercise in a word, or that it was marked by hand."""
        return "BY HAND" if mark.exercise_id in self.by_hand else mark.state.value


def earned(mark: Mark, by_hand: Mapping[str, Override]) -> float:
    """The points of a mark, unless somebody set others."""
    given = by_hand.get(mark.exercise_id)
    return given.points if given else mark.points


def class_rows(
    results: Iterable[Result],
    *,
    roster: Roster | None = None,
    due: dt.datetime | None = None,
    policy: LatePolicy | None = None,
    overrides: Sequence[Override] = (),
) -> list[Row]:
    """Put results, roster, late policy and marks by hand together.

    Parameters
    ----------
    results : iterable of Result
    roster : Roster, optional
        Nobody by default.
    due : datetime.datetime, optional
        With a time zone; nothing is late without it.
    policy : LatePolicy, optional
        Lateness costs nothing by default.
    overrides : sequence of Override
        Of two for the same mark, the later one holds.

    Returns
    -------
    list of Row
        One for each student with a result or a line in the roster, by student.
    """
    roster, policy = roster or Roster(), policy or LatePolicy()
    by_student = {result.student: result for result in results}
    full = max((result.max_points for result in by_student.values()), default=0)
    rows = []
    for student in sorted({*by_student, *roster.students}):
        result, person = by_student.get(student), roster.get(student) or Student(student)
        by_hand = {o.exercise_id: o for o in overrides if o.student == student}
        lateness = None
        if result is not None:
            lateness = policy.lateness(person.handed_in or result.handed_in, due, person.due)
        points, penalty = _points(result, lateness, by_hand)
        rows.append(
            Row(
                student,
                person.name,
                result.status if result else "not handed in",
                result,
                lateness,
                by_hand,
                points,
                result.max_points if result and result.marks else full,
                penalty,
            )
        )
    return rows


def _points(
    result: Result | None, lateness: Lateness | None, by_hand: Mapping[str, Override]
) -> tuple[float | None, float]:
    """The final points and the penalty in them; None and 0 where nothing was graded."""
    if result is None or result.status != "graded":
        return None, 0.0
    given = sum(earned(mark, by_hand) for mark in result.marks)
    penalty = min(given, (lateness.share if lateness else 0.0) * result.max_points)
    return given - penalty, penalty
