"""What takes turns by the commit is asked at last: no answer waits for ever."""

from __future__ import annotations

import commit
import exercise_cases
import pytest
from commit import FRAMEWORKS
from exercise_cases import WAYS, source_in, ways

from tlcourse.exercises import all_exercises

KINDS = 16  # of commits: two frameworks, two ways, and three times as many turns of nobody's


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing changed lately."""
    monkeypatch.setattr(exercise_cases, "just_changed_exercise", lambda exercise: False)


def _asked(monkeypatch, exercise, name: str, there: list[str]) -> set[tuple[str, str]]:
    asked = set()
    for turn in range(700, 700 + 2 * KINDS - 1):
        monkeypatch.setattr(commit, "TURN", turn)
        asked |= {(each, way) for each in there for way in ways(exercise, name, each)}
    return asked


@pytest.mark.parametrize("exercise", all_exercises(), ids=lambda exercise: exercise.id)
def test_every_answer_is_tried_in_both_ways_within_so_many_commits(exercise, quiet, monkeypatch):
    for name in ("solution", "stub", *(wrong.name for wrong in exercise.misconceptions)):
        there = [each for each in exercise.frameworks if source_in(exercise, name, each)]
        both_ways = {(each, way) for each in there for way in WAYS}
        assert _asked(monkeypatch, exercise, name, there) == both_ways, name


def test_one_run_tries_a_quarter_of_the_exercises_at_the_least(quiet, monkeypatch):
    known = all_exercises()
    for turn in range(700, 700 + KINDS):
        monkeypatch.setattr(commit, "TURN", turn)
        solved = [one for one in known for each in FRAMEWORKS if ways(one, "solution", each)]
        assert len(solved) > len(known) / 4


def test_what_changed_lately_is_tried_in_full(monkeypatch):
    monkeypatch.setattr(exercise_cases, "just_changed_exercise", lambda exercise: True)
    for exercise in all_exercises():
        for each in exercise.frameworks:
            assert ways(exercise, "solution", each) == list(WAYS)
