"""The marks of a class as tables: for people, for spreadsheets and for an LMS."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any

from tlcourse.grading.late import Lateness
from tlcourse.grading.roster import Roster, Row, Student
from tlcourse.grading.words import clean

__all__ = ["canvas_csv", "defused", "exercises_csv", "grades_csv", "moodle_csv"]

_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


def defused(value: Any) -> Any:
    """A cell that no spreadsheet takes for a formula (OWASP, CSV injection).

    Examples
    --------
    >>> defused("=1+1"), defused("-3.5"), defused("@x"), defused(2.5), defused("Ada")
    ("'=1+1", '-3.5', "'@x", 2.5, 'Ada')
    """
    if not isinstance(value, str):
        return "" if value is None else value
    text = clean(value)
    begins = text.lstrip(" \u00a0\ufeff")[:1]
    if begins and begins in "=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20" and not _NUMBER.fullmatch(text):
        return "'" + text
    return text


def _written(rows: Iterable[Sequence[Any]]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in rows:
        writer.writerow([defused(cell) for cell in row])
    return out.getvalue()


def _points(value: float | None) -> Any:
    return None if value is None else round(value, 4)


def grades_csv(rows: Sequence[Row]) -> str:
    """One line a student: verdict, points by exercise, lateness and the final points, as CSV.

    Where a submission was not graded, or nothing was handed in, the points are empty, not 0.
    """
    ids = list(dict.fromkeys(mark.exercise_id for row in rows for mark in row.marks))
    head = ["student", "name", "status", "final_points", "max_points", "points", "days_late", "penalty"]
    head += [part for name in ids for part in (f"{name} points", f"{name} state")]
    head += ["framework", "reason", "notes", "file"]
    table: list[list[Any]] = [head]
    for row in rows:
        result, late = row.result, row.lateness or Lateness()
        marks = {mark.exercise_id: mark for mark in row.marks}
        line: list[Any] = [row.student, row.name, row.status, _points(row.points), row.max_points]
        line += [_points(result.points if result else None), late.days or None, _points(row.penalty)]
        for name in ids:
            mark = marks.get(name)
            line += [_points(row.earned(mark)), row.outcome(mark)] if mark else [None, None]
        line += [
            result.framework if result else None,
            result.reason if result else None,
            "; ".join([*(result.notes if result else ()), *((late.words,) if late.words else ())]),
            result.shown if result else None,
        ]
        table.append(line)
    return _written(table)


def exercises_csv(rows: Sequence[Row]) -> str:
    """One line for each exercise of each student, with what was misunderstood, as CSV."""
    table: list[list[Any]] = [
        ["student", "exercise", "title", "state", "points", "max_points", "misconceptions"]
    ]
    for row in rows:
        for mark in row.marks:
            table.append(
                [
                    row.student,
                    mark.exercise_id,
                    mark.title,
                    row.outcome(mark),
                    _points(row.earned(mark)),
                    mark.max_points,
                    "; ".join(mark.misconceptions),
                ]
            )
    return _written(table)


def canvas_csv(rows: Sequence[Row], roster: Roster, assignment: str, max_points: float) -> str:
    """What Canvas's gradebook imports: its five columns about students, then the assignment's.

    Canvas matches by ID or SIS User ID, and takes an empty cell for "no change".

    Parameters
    ----------
    rows : sequence of Row
    roster : Roster
        Has Canvas's ids.
    assignment : str
        What the LMS calls the column.
    max_points : float

    Returns
    -------
    str
        CSV.
    """
    table: list[list[Any]] = [
        ["Student", "ID", "SIS User ID", "SIS Login ID", "Section", assignment],
        ["    Points Possible", "", "", "", "", _points(max_points)],
    ]
    for row in rows:
        who = roster.get(row.student) or Student(row.student)
        table.append([row.shown, who.lms_id, who.sis_id, who.login, who.section, _points(row.points)])
    return _written(table)


def moodle_csv(rows: Sequence[Row], roster: Roster, assignment: str) -> str:
    """What Moodle's grade import takes: an identifier, the grade, and feedback as text.

    Parameters
    ----------
    rows : sequence of Row
    roster : Roster
        Has addresses or ids.
    assignment : str
        What the LMS calls the column.

    Returns
    -------
    str
        CSV.
    """
    table: list[list[Any]] = [["Email address", "ID number", "Full name", assignment, "Feedback comments"]]
    for row in rows:
        who = roster.get(row.student) or Student(row.student)
        reason = row.result.reason if row.result and row.result.status == "not graded" else ""
        table.append(
            [
                who.email,
                who.sis_id or who.lms_id,
                row.shown,
                _points(row.points),
                f"Not graded, because {reason}." if reason else "",
            ]
        )
    return _written(table)
