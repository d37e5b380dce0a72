"""Write everything that comes out of a grading: tables, LMS files, feedback, the class report."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

from tlcourse.grading import store, tables
from tlcourse.grading.keeping import writing
from tlcourse.grading.pages import class_page, feedback_page
from tlcourse.grading.roster import Roster, Row
from tlcourse.grading.words import file_name

__all__ = ["write_outputs"]


def write_outputs(
    out: Path,
    rows: Sequence[Row],
    roster: Roster,
    chapter: str,
    *,
    when: dt.datetime | None = None,
    left_out: Sequence[str] = (),
) -> list[Path]:
    """Write the tables, ``canvas.csv`` and ``moodle.csv``, ``report.html`` and ``feedback/``.

    Parameters
    ----------
    out : pathlib.Path
        Their folder.
    rows : sequence of Row
    roster : Roster
    chapter : str
        The chapter's title, which is the assignment's name in the LMS files too.
    when : datetime.datetime, optional
        Now by default.
    left_out : sequence of str
        What lay among the submissions without being one, for the class's page.

    Returns
    -------
    list of pathlib.Path
        What was written. Feedback pages of students who are no longer there are removed.

    Raises
    ------
    CannotWriteError
    """
    full = max((row.max_points for row in rows), default=0)
    links = {row.student: f"feedback/{file_name(row.student)}.html" for row in rows if row.result}
    texts = {
        "grades.csv": "\ufeff" + tables.grades_csv(rows),  # Excel reads UTF-8 only after this mark
        "exercises.csv": "\ufeff" + tables.exercises_csv(rows),
        "canvas.csv": tables.canvas_csv(rows, roster, chapter, full),
        "moodle.csv": tables.moodle_csv(rows, roster, chapter),
        "report.html": class_page(rows, chapter, links, when, left_out),
        **{links[row.student]: feedback_page(row, chapter, when) for row in rows if row.result},
    }
    for name, text in texts.items():
        store.write_safely(out / name, text)
    for path in (out / "feedback").glob("*.html"):
        if f"feedback/{path.name}" not in texts:
            with writing(path):
                path.unlink()
    return [out / name for name in texts]
