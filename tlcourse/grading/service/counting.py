"""Which of a learner's hand-ins makes the mark, and the class's marks that follow from it."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tlcourse.grading import store
from tlcourse.grading.command import forget, keep_options, rows_of, set_mark, write_class
from tlcourse.grading.journal import note_change
from tlcourse.grading.keeping import locked
from tlcourse.grading.late import LatePolicy
from tlcourse.grading.model import Result
from tlcourse.grading.roster import Row, class_rows
from tlcourse.grading.service.handins import HandIn
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.tables import defused

__all__ = ["class_now", "counted", "mark", "options", "publish", "row_of"]


def options(served: ServedClass, chapter: str) -> dict[str, Any]:
    """What `tlcourse grade` would be given for a chapter."""
    rules = served.rules(chapter)
    return {
        "due": rules.due.isoformat() if rules.due else None,
        "late_policy": rules.late_policy,
        "title": served.title(chapter),
    }


def counted(served: ServedClass, chapter: str, handins: Sequence[HandIn]) -> HandIn | None:
    """The one of a learner's hand-ins of a chapter that counts; None if none has a verdict.

    One that could not be graded counts only where no other could be. Of the others the last one counts, or
    the one that earns most after what lateness costs, and the first of these.
    """
    done = sorted((each for each in handins if each.result is not None), key=lambda each: each.id)
    good = [each for each in done if each.result is not None and each.result.status == "graded"]
    if not good:
        return done[-1] if done else None
    if served.rules(chapter).counts == "last":
        return good[-1]
    return max(good, key=lambda each: (row_of(served, each).points or 0.0, -each.id))


def row_of(served: ServedClass, handin: HandIn, *, by_hand: bool = False) -> Row:
    """One hand-in as a row, with its lateness, and with the marks by hand if it is the one that counts."""
    assert handin.result is not None
    settings = options(served, handin.chapter)
    if by_hand:
        rows = rows_of(served.out(handin.chapter), [handin.result], served.people(), settings)
    else:
        policy = LatePolicy.parse(settings["late_policy"])
        due = served.rules(handin.chapter).due
        rows = class_rows([handin.result], roster=served.people(), due=due, policy=policy)
    return next(row for row in rows if row.student == handin.learner)


def _results(served: ServedClass, chapter: str) -> list[Result]:
    by_learner: dict[str, list[HandIn]] = {}
    for handin in served.handins.of_chapter(chapter):
        by_learner.setdefault(handin.learner, []).append(handin)
    found = (counted(served, chapter, each) for each in by_learner.values())
    return sorted((f.result for f in found if f is not None and f.result is not None), key=_student)


def _student(result: Result) -> str:
    return result.student


def class_now(served: ServedClass, chapter: str) -> list[Row]:
    """The class as it is at this moment: a row for each of the roster and each who handed in."""
    results = _results(served, chapter)
    return rows_of(served.out(chapter), results, served.people(), options(served, chapter))


def publish(served: ServedClass, chapter: str) -> Path:
    """Write a chapter's marks, tables and pages, by the code of `tlcourse grade`; gives the folder.

    Raises
    ------
    CourseError
        If the disk is full, or if another run has the folder.
    """
    out = served.out(chapter)
    with served.files, locked(out):
        return _publish(served, chapter, out)


def _publish(served: ServedClass, chapter: str, out: Path) -> Path:
    results = _results(served, chapter)
    forget(out, {old.student for old in store.load_all(out)} - {result.student for result in results})
    for result in results:
        before = store.load(out, result.student)
        if before != result:
            store.save(out, result)
            note_change(out, before, result, "handed in")
    settings = options(served, chapter)
    keep_options(out, settings, served.folder / "roster.csv")
    write_class(out, results, served.people(), settings)
    _write_times(served, chapter, out)
    return out


def _write_times(served: ServedClass, chapter: str, out: Path) -> None:
    """Which hand-in counts and when it came: what `tlcourse grade` cannot know of a folder."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(["student", "handed_in", "file_sha256"])
    for result in _results(served, chapter):
        when = result.handed_in.isoformat(timespec="seconds") if result.handed_in else ""
        writer.writerow([defused(result.student), when, result.digest])
    store.write_safely(out / "hand-ins.csv", text.getvalue())


def mark(
    served: ServedClass, chapter: str, student: str, exercise: str, points: float, reason: str, comment: str
) -> None:
    """Set a mark by hand, as `tlcourse mark` does, on the marks as they are now.

    Raises
    ------
    CourseError
        As `tlcourse.grading.command.set_mark`.
    """
    out = served.out(chapter)
    with served.files, locked(out):
        _publish(served, chapter, out)
        set_mark(out, student, exercise, points, reason, comment)
