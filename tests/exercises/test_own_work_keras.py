"""No exercise, in Keras, is solved by calling what the package has for it."""

import own_work_cases as cases
import pytest
from exercise_cases import case_id

from tlcourse.grading.sandbox.availability import available

FRAMEWORK = "keras"
WRAPPED = cases.wrapped(FRAMEWORK)


@pytest.mark.parametrize("exercise", cases.searched(FRAMEWORK), ids=case_id)
def test_nothing_of_the_package_is_the_answer(exercise, tmp_path):
    cases.check_nothing_of_the_package_is_the_answer(exercise, FRAMEWORK, tmp_path)


@pytest.mark.parametrize(("exercise", "name"), cases.known(FRAMEWORK))
@pytest.mark.turns(3, "tlcourse/exercises/engine")
def test_the_search_finds(exercise, name, monkeypatch, tmp_path):
    cases.check_the_search_finds(FRAMEWORK, exercise, name, monkeypatch, tmp_path)


@pytest.mark.parametrize(
    ("exercise", "source"),
    [(exercise, source) for exercise, _, source in WRAPPED],
    ids=[f"{exercise.id}-{title.replace(' ', '-')}" for exercise, title, _ in WRAPPED],
)
def test_an_answer_that_calls_the_package(exercise, source, monkeypatch):
    cases.check_wrapper(exercise, source, FRAMEWORK, monkeypatch)


def test_every_name_is_asked_for():
    cases.check_every_name_is_asked_for(FRAMEWORK)


def test_every_name_is_where_it_says():
    cases.check_where_they_are_defined(FRAMEWORK)


def test_everything_is_put_back():
    cases.check_hidden_puts_everything_back(FRAMEWORK)


@pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")
@pytest.mark.parametrize("chapter", cases.jailed_chapters(FRAMEWORK))
def test_the_jail_refuses_as_well(chapter):
    cases.check_the_jail(FRAMEWORK, chapter)
