"""What a learner sees of a verdict: the grader's own page, as much of it as the instructor shows now."""

from __future__ import annotations

import dataclasses
import datetime as dt

from tlcourse.grading.model import Result
from tlcourse.grading.pages import feedback_page, rendered
from tlcourse.grading.service.counting import counted, row_of
from tlcourse.grading.service.handins import HandIn
from tlcourse.grading.service.served import ServedClass

__all__ = ["page_of", "shown_now"]


def shown_now(served: ServedClass, handin: HandIn) -> str:
    """How much of a verdict its learner may see at this moment: "full", "points" or "none"."""
    person = served.people().get(handin.learner)
    now = dt.datetime.now(dt.UTC)
    return served.rules(handin.chapter).feedback_at(now, person.due if person else None)


def page_of(served: ServedClass, handin: HandIn, *, everything: bool) -> str:
    """The page of a hand-in that has a verdict.

    Parameters
    ----------
    served : ServedClass
    handin : HandIn
    everything : bool
        For the instructor, who sees all of it at any time.
    """
    assert handin.result is not None
    title = served.title(handin.chapter)
    level = "full" if everything else shown_now(served, handin)
    if level == "none" and handin.result.status == "graded":
        person = served.people().get(handin.learner)
        rules = served.rules(handin.chapter)
        due = (person.due if person else None) or rules.due
        later = due if rules.feedback_after_due != "none" else None
        return rendered("serve_received", chapter=title, handin=handin, due=later)
    all_of_them = [
        each for each in served.handins.of_learner(handin.learner) if each.chapter == handin.chapter
    ]
    best = counted(served, handin.chapter, all_of_them)
    row = row_of(served, handin, by_hand=best is not None and best.id == handin.id)
    if level == "points" and row.result is not None:
        row = dataclasses.replace(row, result=_points_only(row.result))
    when = dt.datetime.fromtimestamp(handin.finished or handin.received).astimezone()
    return feedback_page(row, title, when)


def _points_only(result: Result) -> Result:
    """Without what tells how an answer went wrong."""
    blank = {"findings": (), "problem": "", "advice": "", "printed": "", "note": "", "hint": ""}
    marks = tuple(mark.model_copy(update=blank) for mark in result.marks)
    return result.model_copy(update={"marks": marks})
