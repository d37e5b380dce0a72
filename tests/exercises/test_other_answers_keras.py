"""Answers in Keras that no exercise lists: the right ones pass, the wrong ones do not."""

import pytest
from other_cases import check_every_exercise_has_some, check_right, check_wrong, ids, tried

FRAMEWORK = "keras"
RIGHT, WRONG = tried("RIGHT", FRAMEWORK), tried("WRONG", FRAMEWORK)


def test_every_exercise_has_other_answers():
    check_every_exercise_has_some(FRAMEWORK)


@pytest.mark.parametrize(("exercise", "title", "source", "seed"), RIGHT, ids=ids(RIGHT))
def test_another_right_answer_passes(exercise, title, source, seed):
    check_right(exercise, source, FRAMEWORK, seed)


@pytest.mark.parametrize(("exercise", "title", "source", "seed"), WRONG, ids=ids(WRONG))
def test_another_wrong_answer_is_told_so(exercise, title, source, seed):
    check_wrong(exercise, source, FRAMEWORK)
