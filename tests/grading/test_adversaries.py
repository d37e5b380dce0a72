"""The adversarial class, in one run through the real sandbox: nobody gains, nobody loses, nothing stops."""

from __future__ import annotations

import os
from pathlib import Path

import adversaries as the
import pytest
from commit import in_turn, just_changed
from left_running import running_with
from patience import comes_true

from tlcourse.grading.classroom import Settings, grade
from tlcourse.grading.record import load_record
from tlcourse.grading.sample import right_answers
from tlcourse.grading.sandbox.availability import available
from tlcourse.grading.sandbox.limits import Limits

ROOT = Path(__file__).parents[2]
ALL = (*the.HONEST, *the.TAMPERING, *the.CHEATING, *the.ABUSE, *the.BROKEN)
# The dear ones have turns while the grader stays as it is; those that others are compared with come always.
DEAR = (*the.TAMPERING, *the.CHEATING, *the.ABUSE)
CHANGED = any(just_changed(ROOT / folder) for folder in ("tlcourse/grading", "tests/grading"))
CLASS = ALL if CHANGED else (*the.HONEST, *in_turn(DEAR, 3), *the.BROKEN)
LIMITS = Limits(exercise_seconds=3.0, cpu_seconds=10, memory_bytes=700 * 2**20, processes=60)

pytestmark = pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")


@pytest.fixture(scope="module")
def graded(tmp_path_factory):
    place, out = tmp_path_factory.mktemp("class"), tmp_path_factory.mktemp("graded")
    for number, adversary in enumerate(CLASS):
        # Every fifth one in Keras: with TensorFlow loaded the same must hold.
        record = load_record(ROOT, "00", "keras" if number % 5 == 4 else "torch")
        folder = place / adversary.name
        folder.mkdir()
        adversary.write(folder, record, right_answers(ROOT, record))
    os.environ["TLCOURSE_ADVERSARIES"] = str(out)  # every process that is started has it
    # One worker: each more would load both frameworks once more.
    outcome = grade(place, "00", out, root=ROOT, settings=Settings(limits=LIMITS), jobs=1)
    return {result.student: result for result in outcome.results}


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_there_are_enough_of_them_and_each_has_one_verdict(graded):
    assert len(ALL) >= 40
    assert set(graded) == {adversary.name for adversary in CLASS}
    mark = {"TLCOURSE_ADVERSARIES": os.environ["TLCOURSE_ADVERSARIES"]}
    assert comes_true(lambda: not running_with(mark))


@pytest.mark.parametrize("adversary", [a for a in CLASS if a not in the.BROKEN], ids=lambda a: a.name)
def test_the_mark_is_the_one_due(graded, adversary):
    result = graded[adversary.name]
    marks = "\n".join(f"{m.exercise_id} {m.state} {m.points} {m.problem} {m.findings}" for m in result.marks)
    assert result.status == "graded", f"{result.reason}\n{marks}"
    if adversary.points is None:
        honest = graded["all-wrong" if adversary.name == "all-wrong" else "one-wrong"].points
        assert result.points <= honest < the.FULL, marks
        assert result.points >= (the.LEAST if adversary.name != "all-wrong" else 0), marks
    else:
        assert result.points == adversary.points, marks
    assert adversary.note in " ".join(result.notes), result.notes


@pytest.mark.parametrize("adversary", the.BROKEN, ids=lambda a: a.name)
def test_what_cannot_be_graded_says_why_and_is_no_zero(graded, adversary):
    result = graded[adversary.name]
    assert result.status == "not graded"
    assert result.points is None
    assert adversary.words in result.reason
    assert result.reason
    assert "Traceback" not in result.reason
