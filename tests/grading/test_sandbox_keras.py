"""The sandbox with Keras in it."""

from __future__ import annotations

import forgeries
import pytest
import sandbox_checks as checks

from tlcourse.grading.sandbox.availability import available
from tlcourse.grading.sandbox.sandbox import Sandbox

pytestmark = pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox("keras", "00", limits=checks.TIGHT) as made:
        yield made


@pytest.fixture(scope="module")
def usual():
    """With the limits that a class gets: some exercises train for seconds."""
    with Sandbox("keras", "00") as made:
        yield made


def test_the_jail_was_proved_with_the_framework_in_it(sandbox):
    checks.the_jail_was_proved(sandbox)


@pytest.mark.parametrize("name", checks.abuses("keras"))
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_abuse_costs_one_answer_and_nobody_else(sandbox, name):
    checks.abuse_costs_one_answer(sandbox, name)


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_nothing_is_in_reach(sandbox):
    checks.nothing_is_in_reach(sandbox)


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_tampering_changes_no_mark(sandbox):
    checks.tampering_changes_no_mark(sandbox)


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_no_forgery_earns_more_than_the_truth(usual):
    forgeries.no_forgery_earns_more_than_the_truth(usual)


def test_the_machine_is_hidden(sandbox):
    checks.the_machine_is_hidden(sandbox)


def test_what_right_answers_import_is_there(sandbox):
    checks.what_right_answers_import_is_there(sandbox)


def test_threads_are_limited_at_once_and_not_in_sum(usual):
    checks.threads_are_limited_at_once_and_not_in_sum(usual)


def test_every_exercise_is_judged_in_there_as_it_is_outside(usual):
    checks.every_exercise_is_judged_in_there_as_it_is_outside(usual)
