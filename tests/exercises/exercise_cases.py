"""Every exercise, run with its solution, its blank stub and all its known wrong answers, in both ways.

Shared by the torch and the keras test process. "In one process" is what `check` does in a notebook, with the
public seed. "In another process" is what the grader will do: a secret seed, the probe there, the judge here.
"""

from __future__ import annotations

import functools
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from commit import FRAMEWORKS, REPEAT, SECRET_SEED, just_changed_exercise, one_of, rarely, whose_turn
from leaks import leaked

import tlcourse
from tlcourse.authoring.source import Chapter, python_of, read_chapter, solutions
from tlcourse.exercises import (
    Exercise,
    Job,
    Report,
    State,
    all_exercises,
    imports_of,
    judge_observation,
    load_answer,
    observe_in_process,
    observe_in_subprocess,
)

WAYS = ("here", "elsewhere")
NOBODY = ("nobody", "")
CHAPTERS = Path(__file__).parents[2] / "book" / "chapters"


@functools.cache
def chapter_file(number: str) -> Path:
    found = sorted(CHAPTERS.glob(f"{number}-*.md"))
    assert len(found) == 1, f"chapter {number} has {len(found)} sources"
    return found[0]


@functools.cache
def sources(number: str, framework: str) -> dict[str, tuple[str, str]]:
    return solutions(chapter_file(number), framework)


@functools.cache
def chapter(number: str) -> Chapter:
    return read_chapter(chapter_file(number), validate=False)


@functools.cache
def setup(exercise: Exercise, framework: str) -> str:
    """What the cells above an exercise import."""
    above = []
    for cell in chapter(exercise.chapter).of(framework):
        if cell.exercise == exercise.id:
            break
        if cell.kind == "code":
            above.append(python_of(cell.source))
    return imports_of(above)


def exercises(framework: str) -> list[Exercise]:
    return [exercise for exercise in all_exercises() if framework in exercise.frameworks]


def ways(exercise: Exercise, name: str, framework: str) -> list[str]:
    """In which ways a framework tries an answer: "here", "elsewhere".

    Of an exercise that was just changed the right one is tried in both, a wrong one here, and by the other
    framework elsewhere; after some commits the other way round. Of the others one framework tries all of an
    exercise's answers in one way, together, as the right one has to be there to compare: in every second
    commit, and where an answer trains, which takes seconds and not milliseconds, in every fourth. The right
    one is in each commit's notebooks besides, with its check.
    """
    if just_changed_exercise(exercise):
        if name == "solution":
            return list(WAYS)
        return ["here" if its_turn(exercise, name, framework) else "elsewhere"]
    turns = [(each, way) for way in WAYS for each in exercise.frameworks]
    whose, way = one_of(rarely(turns, NOBODY, 4 if exercise.trains else 2), number_of(exercise, ""))
    return [way] if whose == framework else []


def number_of(exercise: Exercise, title: str) -> int:
    """The number of an answer where answers take turns, the same in both frameworks."""
    return zlib.crc32(f"{exercise.id} {title}".encode())


def its_turn(exercise: Exercise, title: str, framework: str) -> bool:
    """Whether it is this framework's turn with an answer, or with the whole exercise, and not the other's."""
    return whose_turn(number_of(exercise, title)) == framework


def in_both(cases_of: Callable[[str], list[tuple[Exercise, str, str]]]) -> set[tuple[str, str]]:
    """(exercise id, title) of the answers that both frameworks have, in the same words or each in its own.

    Parameters
    ----------
    cases_of : callable
        A framework to its (exercise, title, source).
    """
    return set.intersection(
        *({(exercise.id, title) for exercise, title, _ in cases_of(framework)} for framework in FRAMEWORKS)
    )


def whose(exercise: Exercise, framework: str) -> bool:
    """Whether a framework asks in this run what one of them asks of a whole exercise.

    In every fourth commit one of those that have the exercise, in every eighth where an answer trains; in
    each where it was just changed.
    """
    if just_changed_exercise(exercise):
        return len(exercise.frameworks) < len(FRAMEWORKS) or its_turn(exercise, "", framework)
    turns = rarely(exercise.frameworks, "nobody", 8 if exercise.trains else 4)
    return one_of(turns, number_of(exercise, "")) == framework


def all_cases(framework: str) -> list[tuple[Exercise, str]]:
    """(exercise, "solution" or "stub" or the name of a misconception) that a framework has."""
    found = []
    for exercise in exercises(framework):
        wrong = [one.name for one in exercise.misconceptions if one.source_for(framework) is not None]
        found += [(exercise, name) for name in ("solution", "stub", *wrong)]
    return found


def cases(framework: str) -> list[tuple[Exercise, str]]:
    """Of all cases of a framework those that it tries in this run."""
    return [(exercise, name) for exercise, name in all_cases(framework) if ways(exercise, name, framework)]


def solved_here(framework: str) -> list[Exercise]:
    """The exercises whose solution is tried in this process in this run."""
    return [one for one in exercises(framework) if "here" in ways(one, "solution", framework)]


def case_id(value: Any) -> str:
    return value.id if isinstance(value, Exercise) else str(value).replace(" ", "-")


def answer_source(exercise: Exercise, name: str, framework: str) -> str:
    source = source_in(exercise, name, framework)
    assert source is not None
    return source


def source_in(exercise: Exercise, name: str, framework: str) -> str | None:
    """The answer's text in a framework; None for a misconception that this framework has not."""
    if name in ("solution", "stub"):
        return sources(exercise.chapter, framework).get(exercise.id, ("", ""))[0 if name == "solution" else 1]
    return next(wrong for wrong in exercise.misconceptions if wrong.name == name).source_for(framework)


@functools.cache
def started(framework: str) -> None:
    """What the first cell of a notebook does."""
    tlcourse.start("01", framework=framework, seed=0)


def outcome(exercise: Exercise, source: str, framework: str, seed: int | None = None) -> tuple[Any, Report]:
    """What the probe saw and what the judge said, in this process, with the public seed or another."""
    started(framework)
    inputs = exercise.draw() if seed is None else exercise.draw(seed)
    answer, failed = load_answer(exercise, source, setup(exercise, framework))
    observation = failed or observe_in_process(exercise, answer, exercise.sent(inputs), framework)
    return observation.data, judge_observation(exercise, observation, inputs)


@functools.cache
def here(exercise: Exercise, name: str, framework: str) -> tuple[Any, Report]:
    """In this process, on the public seed: (observed data, report)."""
    return outcome(exercise, answer_source(exercise, name, framework), framework)


@functools.cache
def elsewhere(framework: str) -> dict[tuple[str, str], tuple[Any, Report]]:
    """In one other process, on the secret seed: the same for every case."""
    todo = [case for case in cases(framework) if "elsewhere" in ways(*case, framework)]
    drawn = {exercise.id: exercise.draw(SECRET_SEED) for exercise in exercises(framework)}
    jobs = [
        Job(
            exercise.id,
            answer_source(exercise, name, framework),
            exercise.sent(drawn[exercise.id]),
            setup(exercise, framework),
        )
        for exercise, name in todo
    ]
    seen = observe_in_subprocess(jobs, framework, timeout=600)
    return {
        (exercise.id, name): (observation.data, judge_observation(exercise, observation, drawn[exercise.id]))
        for (exercise, name), observation in zip(todo, seen, strict=True)
    }


def assert_outcome(exercise: Exercise, name: str, framework: str, report: Report) -> None:
    """Full marks for the solution, NOT ATTEMPTED for the stub, its own message for a wrong answer."""
    told = f"{exercise.id}, {name} {REPEAT}:\n{report}"
    if name == "solution":
        assert report.state is State.PASS, told
        assert report.points == exercise.points, told
        assert all(finding.passed for finding in report.findings), told
    elif name == "stub":
        assert report.state is State.NOT_ATTEMPTED, told
        assert report.points == 0, told
    else:
        wrong = next(m for m in exercise.misconceptions if m.name == name)
        assert report.state in (State.PARTLY, State.NOT_YET, State.ERROR), told
        assert report.points < exercise.points, told
        assert any(wrong.expect in message for message in report.messages), f"no {wrong.expect!r} in {told}"
        assert wrong.name in report.misconceptions, told
        assert "could not judge" not in str(report), told
    assert str(report), told
    assert "<script" not in report._repr_html_(), told


def given_away(report: Report, expected: Any, observed: Any, inputs: Any) -> set[str]:
    """Numbers of the right answer in a message that are not in the learner's answer or the inputs too."""
    return leaked("\n".join(report.messages), expected, [observed, inputs])


def assert_no_leak(exercise: Exercise, report: Report, expected: Any, observed: Any, inputs: Any) -> None:
    """No message shows a number of the right answer that is not in the learner's answer or the inputs too."""
    shown = given_away(report, expected, observed, inputs)
    assert not shown, f"{exercise.id}: the message gives {shown} away {REPEAT}\n{report}"


def by_chance(exercise: Exercise, name: str, framework: str) -> bool:
    """Whether the message of an answer gives nothing away on another draw.

    The right answer may hold hundreds of numbers, and a score in the message then has the three digits of one
    of them by chance, on one secret seed in some hundreds. A message that shows the right answer does so on
    every draw.
    """
    for number in range(1, 4):
        seed = (SECRET_SEED + number) % 2**31
        expected, _ = outcome(exercise, answer_source(exercise, "solution", framework), framework, seed)
        observed, report = outcome(exercise, answer_source(exercise, name, framework), framework, seed)
        if not given_away(report, expected, observed, exercise.draw(seed)):
            return True
    return False


def check_case(exercise: Exercise, name: str, framework: str) -> None:
    """The whole of one case, in the ways that are this framework's."""
    for where in ways(exercise, name, framework):
        if where == "here":
            observed, report = here(exercise, name, framework)
            expected, inputs = here(exercise, "solution", framework)[0], exercise.draw()
        else:
            observed, report = elsewhere(framework)[exercise.id, name]
            expected, inputs = elsewhere(framework)[exercise.id, "solution"][0], exercise.draw(SECRET_SEED)
        assert_outcome(exercise, name, framework, report)
        if name in ("solution", "stub"):
            continue
        shown = given_away(report, expected, observed, inputs)
        if not (shown and where == "elsewhere" and by_chance(exercise, name, framework)):
            assert_no_leak(exercise, report, expected, observed, inputs)


def check_shape(exercise: Exercise, framework: str) -> None:
    """What an exercise must have besides right answers."""
    here_wrong = [m for m in exercise.misconceptions if m.source_for(framework) is not None]
    assert len(here_wrong) >= 3, f"{exercise.id}: {len(here_wrong)} misconceptions, at least 3 are wanted"
    assert len({m.name for m in here_wrong}) == len(here_wrong)
    assert len(exercise.hints) >= 2
    assert len(set(exercise.hints)) == len(exercise.hints)
    assert exercise.id in sources(exercise.chapter, framework), f"{exercise.id} is in no cell of its chapter"
    again, other = exercise.draw(7), exercise.draw(8)
    assert repr(exercise.draw(7)) == repr(again), f"{exercise.id}: the inputs of one seed differ"
    assert repr(other) != repr(again), (
        f"{exercise.id}: every seed gives the same inputs, so an answer can be typed in"
    )
