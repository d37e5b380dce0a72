"""A mark holds all of a judge's report, so that the report can be had again."""

from __future__ import annotations

import dataclasses

from tlcourse.exercises import State
from tlcourse.exercises.engine.registry import get
from tlcourse.exercises.engine.report import Report
from tlcourse.grading.model import Mark


def test_a_report_goes_into_a_mark_and_comes_out_again() -> None:
    assert {field.name for field in dataclasses.fields(Report)} <= set(Mark.model_fields)
    exercise = get("ch00-pick-class")
    report = Report(exercise.id, "Title", State.PARTLY, 1.0, 3, problem="p", note="n", trains=True)
    assert Mark.of(report, exercise, "x = 1").report == report
