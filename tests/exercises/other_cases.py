"""The other answers, run as `check` runs them: right ones get full points, wrong ones a message instead.

Shared by the torch and the keras test process. An answer that both frameworks have is tried once in a run, by
the framework whose turn it is (`commit.py`); a right one with the public seed or a secret one, by turns too.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from commit import FRAMEWORKS, REPEAT, SECRET_SEED, just_changed_exercise, one_of, rarely
from exercise_cases import (
    assert_no_leak,
    exercises,
    here,
    in_both,
    number_of,
    outcome,
)

from tlcourse.exercises import Exercise, State
from tlcourse.exercises.engine.answers import answers_in


def other(kind: str, framework: str) -> list[tuple[Exercise, str, str]]:
    """(exercise, title, source) of all answers of a kind, "RIGHT" or "WRONG", that are no misconception."""
    found = []
    for exercise in exercises(framework):
        for answer in answers_in(exercise.folder) if exercise.folder is not None else ():
            if answer.kind == kind.lower() and answer.message is None and framework in answer.frameworks:
                found.append((exercise, answer.name, answer.source))
    return found


def tried(kind: str, framework: str) -> list[tuple[Exercise, str, str, int | None]]:
    """The answers of a kind that a framework tries in this run: (exercise, title, source, seed).

    The only framework that has an answer tries it in every fourth commit, and so does one of both that have
    it, in every eighth where it trains; in every commit, where the exercise was just changed. A wrong one
    needs no other seed than the public one, which is None: that it is wrong on every seed is
    `test_wrong_on_every_seed`'s.
    """
    found = []
    both = in_both(lambda one: other(kind, one))
    seeds = (None, SECRET_SEED) if kind == "RIGHT" else (None,)
    for exercise, title, source in other(kind, framework):
        of = FRAMEWORKS if (exercise.id, title) in both else (framework,)
        turns: list[tuple[str, int | None]] = [(one, seed) for seed in seeds for one in of]
        if not just_changed_exercise(exercise):
            turns = rarely(turns, ("nobody", None), 8 if exercise.trains else 4)
        turn, seed = one_of(turns, number_of(exercise, title))
        if turn == framework:
            found.append((exercise, title, source, seed))
    return found


def ids(cases: Sequence[tuple[Any, ...]]) -> list[str]:
    return [f"{exercise.id}-{title.replace(' ', '-')}" for exercise, title, *_ in cases]


def numbers_in_text(value: object) -> list[float]:
    """The numbers that a learner gave as text, or that a probe put into words: they are theirs."""
    if isinstance(value, str):
        return [float(text) for text in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", value)]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list | tuple) else ()
    return [number for part in parts for number in numbers_in_text(part)]


def check_right(exercise: Exercise, source: str, framework: str, seed: int | None) -> None:
    _, report = outcome(exercise, source, framework, seed)
    assert report.state is State.PASS, f"{exercise.id} {REPEAT if seed else '(public seed)'}:\n{report}"


def check_wrong(exercise: Exercise, source: str, framework: str) -> None:
    observed, report = outcome(exercise, source, framework)
    assert report.state in (State.NOT_YET, State.PARTLY, State.ERROR), report
    assert report.points < exercise.points, report
    assert "could not judge" not in str(report), report
    failed = [finding.message for finding in report.findings if not finding.passed]
    assert failed or report.problem, report
    # An address is noise, and a place of this package is none of the learner's business.
    assert not re.search(r"0x[0-9a-f]{6}|<locals>|(probe|judge)\.py", "\n".join(report.messages)), report
    own = [observed or {}, numbers_in_text(observed)]
    assert_no_leak(exercise, report, here(exercise, "solution", framework)[0], own, exercise.draw())


def check_every_exercise_has_some(framework: str) -> None:
    """Each exercise that is a folder has other answers, right and wrong ones."""
    for kind, least in (("RIGHT", 2), ("WRONG", 2)):
        count: dict[str, int] = {}
        for exercise, _, _ in other(kind, framework):
            count[exercise.id] = count.get(exercise.id, 0) + 1
        for exercise in exercises(framework):
            if exercise.folder is not None:
                assert count.get(exercise.id, 0) >= least, f"{exercise.id}: few other {kind} answers"
