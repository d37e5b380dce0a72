"""Every exercise of the course in PyTorch: right, blank, and wrong in every known way."""

import pytest
from exercise_cases import case_id, cases, check_case, check_shape, exercises, here, solved_here

from tlcourse.exercises import all_exercises

FRAMEWORK = "torch"


def test_there_are_exercises():
    assert len(exercises(FRAMEWORK)) >= 2
    assert len({exercise.id for exercise in all_exercises()}) == len(all_exercises())


@pytest.mark.parametrize("exercise", exercises(FRAMEWORK), ids=case_id)
def test_an_exercise_is_complete(exercise):
    check_shape(exercise, FRAMEWORK)


@pytest.mark.parametrize(("exercise", "name"), cases(FRAMEWORK), ids=case_id)
def test_an_answer_gets_its_outcome_in_both_ways(exercise, name):
    check_case(exercise, name, FRAMEWORK)


@pytest.mark.parametrize("exercise", solved_here(FRAMEWORK), ids=case_id)
def test_a_check_is_quick(exercise):
    # The budget is 2 s; a test allows for a busy machine.
    assert here(exercise, "solution", FRAMEWORK)[1].seconds < 20
