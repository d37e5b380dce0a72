"""Answers in PyTorch that no exercise lists: the right ones pass, the wrong ones do not."""

import pytest
from other_cases import check_every_exercise_has_some, check_right, check_wrong, ids, other, wrong

FRAMEWORK = "torch"
RIGHT, WRONG = other("RIGHT", FRAMEWORK), wrong(FRAMEWORK)


def test_every_exercise_has_other_answers():
    check_every_exercise_has_some(FRAMEWORK)


@pytest.mark.parametrize(("exercise", "title", "source"), RIGHT, ids=ids(RIGHT))
def test_another_right_answer_passes(exercise, title, source):
    check_right(exercise, title, source, FRAMEWORK)


@pytest.mark.parametrize(("exercise", "title", "source"), WRONG, ids=ids(WRONG))
def test_another_wrong_answer_is_told_so(exercise, title, source):
    check_wrong(exercise, source, FRAMEWORK)
