"""Write what comes out of a challenge: for each student, for the class, for the LMS and for programs."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tlcourse.grading import tables
from tlcourse.grading.challenge.judged import Judged, Place
from tlcourse.grading.challenge.settings import Challenge
from tlcourse.grading.keeping import write_safely, writing
from tlcourse.grading.pages import distribution, rendered
from tlcourse.grading.roster import Roster, Row
from tlcourse.grading.words import file_name

__all__ = ["FOR_STUDENTS", "shown_line", "write_pages"]

FOR_STUDENTS = "students"
"""The folder of what students may see: their feedback, and the board."""


def write_pages(
    out: Path,
    rows: Sequence[Row],
    roster: Roster,
    challenge: Challenge,
    judged: Judged,
    *,
    names: bool = False,
    left_out: Sequence[str] = (),
    when: dt.datetime | None = None,
) -> list[Path]:
    """Write ``students/`` (feedback and the board), tables, LMS files, ``report.html`` and ``results.json``.

    Parameters
    ----------
    out : pathlib.Path
    rows : sequence of Row
    roster : Roster
    challenge : Challenge
    judged : Judged
    names : bool
        Whether students' names are on the board that everybody sees.
    left_out : sequence of str
        What lay among the hand-ins and is nobody's.
    when : datetime.datetime, optional
        Now by default.

    Returns
    -------
    list of pathlib.Path

    Raises
    ------
    CannotWriteError
    """
    title, full = challenge.rules.title, challenge.rules.bars.full
    shown = {row.student: row.shown for row in rows}
    links = {
        row.student: f"{FOR_STUDENTS}/feedback/{file_name(row.student)}.html" for row in rows if row.result
    }
    board = [shown_line(place, shown, names) for place in judged.board]
    common: dict[str, Any] = {"rules": challenge.rules, "count": len(challenge.files)}
    texts = {
        "grades.csv": "\ufeff" + tables.grades_csv(rows),  # Excel reads UTF-8 only after this mark
        "board.csv": "\ufeff" + _board_csv(judged, shown),
        "canvas.csv": tables.canvas_csv(rows, roster, title, full),
        "moodle.csv": tables.moodle_csv(rows, roster, title),
        "results.json": json.dumps(_plain(rows, challenge, judged, left_out), indent=1) + "\n",
        "report.html": rendered(
            "challenge_class",
            when,
            rows=rows,
            board=[shown_line(place, shown, True) for place in judged.board],
            warnings=judged.warnings,
            left_out=left_out,
            links=links,
            counts=Counter(row.status for row in rows),
            failed=[row for row in rows if row.status == "not graded"],
            changed=challenge.changed,
            **distribution(rows),
            **common,
        ),
        f"{FOR_STUDENTS}/board.html": rendered("challenge_board", when, board=board, **common),
    }
    for row in rows:
        if row.result:
            place = judged.place(row.student)
            texts[links[row.student]] = rendered(
                "challenge_feedback",
                when,
                row=row,
                place=place,
                called=shown_line(place, shown, names)["who"] if place else "",
                ranked=sum(each.rank is not None for each in judged.board),
                **common,
            )
    for name, text in texts.items():
        write_safely(out / name, text)
    for path in (out / FOR_STUDENTS / "feedback").glob("*.html"):
        if f"{FOR_STUDENTS}/feedback/{path.name}" not in texts:
            with writing(path):
                path.unlink()
    return [out / name for name in texts]


def shown_line(place: Place, shown: dict[str, str], names: bool) -> dict[str, Any]:
    """A line of a board, as a page shows it."""
    low, high = place.span
    who = shown.get(place.student, place.student) if names and place.student else place.alias
    return {"rank": place.rank, "who": who, "percent": place.percent, "low": low, "high": high}


def _board_csv(judged: Judged, shown: dict[str, str]) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(["rank", "student", "name", "alias", "score", "low", "high"])
    for each in judged.board:
        line: list[Any] = [each.rank, each.student, shown.get(each.student, ""), each.alias]
        line += [round(value, 4) for value in each.interval[:3]]
        writer.writerow([tables.defused(cell) for cell in line])
    return out.getvalue()


def _plain(
    rows: Sequence[Row], challenge: Challenge, judged: Judged, left_out: Sequence[str]
) -> dict[str, Any]:
    """Everything, for a program: scores are exact here, so this file is the instructor's."""
    rules = challenge.rules
    students = []
    for row in rows:
        place, result = judged.place(row.student), row.result
        students.append(
            {
                "student": row.student,
                "name": row.name,
                "status": row.status,
                "reason": result.reason if result else "",
                "advice": result.advice if result else "",
                "points": row.points,
                "max_points": row.max_points,
                "penalty": row.penalty,
                "file": result.shown if result else "",
                "notes": list(result.notes) if result else [],
                "tries": [each.number for each in judged.tries.get(row.student, [])],
                **(_numbers(place) if place else {}),
            }
        )
    baseline = next(each for each in judged.board if each.rank is None)
    return {
        "challenge": rules.test_set,
        "title": rules.title,
        "metric": rules.metric,
        "test_images": len(challenge.files),
        "classes": list(rules.classes),
        "tries_allowed": rules.tries,
        "labels_changed": challenge.changed,
        "baseline": {"always": rules.largest, **_numbers(baseline)},
        "students": students,
        "warnings": judged.warnings,
        "left_out": list(left_out),
    }


def _numbers(place: Place) -> dict[str, Any]:
    value, low, high, level = place.interval
    return {
        "score": value,
        "low": low,
        "high": high,
        "level": level,
        "rank": place.rank,
        "alias": place.alias,
    }
