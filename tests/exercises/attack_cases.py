"""Every exercise, attacked mechanically: answers that replay what the right one did, and look at nothing.

Shared by the torch and the keras test process. The right answer is watched under one seed: what it returned
or raised, call by call, and with what it called the functions that it was given. That is replayed under other
seeds: by the order of the calls, by names and numbers among the arguments, as a constant. None of it may earn
more than the blank does. There are no exceptions by exercise: where a replay earns something, the order, the
number, the names and the values of the exercise's cases have to come from its seed.
"""

from __future__ import annotations

import collections
import contextlib
import copy
import inspect
import os
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from commit import REPEAT, SECRET_SEED
from exercise_cases import answer_source, exercises, setup, started, whose

from tlcourse.exercises import Exercise, judge_observation, load_answer, observe_in_process

PAIRS = int(os.environ.get("TLCOURSE_ATTACK_PAIRS", "4"))
PAIRS_OF_TRAINING = min(PAIRS, 1)  # each costs trainings, and replays earn no score on hidden labels
CONSTANTS = 4  # how many of the first values are tried as the answer to everything


@dataclass
class Call:
    """One call of the right answer: what it was given that has a name, and what came of it."""

    names: str
    texts: str
    value: Any = None
    error: BaseException | None = None
    effects: list[tuple[int, tuple[Any, ...]]] = field(default_factory=list)

    def again(self) -> Any:
        if self.error is not None:
            raise type(self.error)(*self.error.args)
        return kept(self.value)


def kept(value: Any) -> Any:
    """A copy that shares nothing with the value, where there is a way to make one."""
    if isinstance(value, types.GeneratorType | map | filter | zip):
        return [kept(item) for item in value]
    if type(value) in (list, tuple):
        return type(value)(kept(item) for item in value)
    if type(value) is dict:
        return {key: kept(item) for key, item in value.items()}
    if hasattr(value, "detach") and hasattr(value, "clone") and not hasattr(value, "parameters"):
        return value.detach().clone().requires_grad_(value.requires_grad)
    try:
        return copy.deepcopy(value)
    except Exception:  # a model that cannot be copied is given as it is
        return value


def named(value: Any) -> Any:
    """What of an argument can be told without looking at data: text, numbers, a file's own name."""
    if isinstance(value, str):
        return os.path.basename(value.rstrip("/\\")) or value
    if value is None or isinstance(value, bool | int | float | np.number):
        return repr(value)
    if isinstance(value, list | tuple | set | frozenset) and len(value) <= 20:
        return [named(item) for item in value]
    if isinstance(value, dict) and len(value) <= 20:
        return sorted(str(key) for key in value)
    if isinstance(value, os.PathLike):
        return os.path.basename(os.fspath(value))
    return type(value).__name__


def texts(value: Any) -> Any:
    if isinstance(value, str | os.PathLike):
        return named(value)
    if isinstance(value, list | tuple | set | frozenset) and len(value) <= 20:
        return [texts(item) for item in value]
    return ""


def _given(args: tuple[Any, ...], kwargs: dict[str, Any]) -> list[Any]:
    return [*args, *kwargs.values()]


def watched(answer: Callable[..., Any], calls: list[Call]) -> Callable[..., Any]:
    """The right answer, with a note of each of its calls."""

    def recording(*args: Any, **kwargs: Any) -> Any:
        given = _given(args, kwargs)
        call = Call(repr([named(one) for one in given]), repr([texts(one) for one in given]))
        calls.append(call)

        def noted(place: int, function: Any) -> Any:
            if not isinstance(function, types.FunctionType | types.MethodType):
                return function

            def inner(*inside: Any, **more: Any) -> Any:
                call.effects.append((place, kept(inside)))
                return function(*inside, **more)

            return inner

        positions = [noted(place, one) for place, one in enumerate(args)]
        names = {name: noted(len(args) + place, one) for place, (name, one) in enumerate(kwargs.items())}
        try:
            value = answer(*positions, **names)
        except BaseException as error:
            call.error = error
            raise
        if isinstance(value, types.GeneratorType | map | filter | zip):
            value = list(value)
        call.value = kept(value)
        return value

    return _like(recording, answer)


def _like(function: Any, answer: Any) -> Any:
    # The name and the signature, but not __wrapped__: nothing may find the right answer behind it.
    function.__name__, function.__qualname__, function.__doc__ = (
        answer.__name__,
        answer.__qualname__,
        answer.__doc__,
    )
    function.__signature__ = inspect.signature(answer)
    return function


def _touch(call: Call, given: list[Any]) -> None:
    """Call the functions among the arguments as the right answer did."""
    for place, inside in call.effects:
        with contextlib.suppress(Exception):
            given[place](*kept(inside))


def _replays(calls: list[Call], answer: Any) -> Iterator[tuple[str, Any]]:
    """(what it does, a function that makes the attacking answer): all of these look at no data."""

    def by(key: Callable[[list[Any]], str | None]) -> Any:
        def make() -> Any:
            count = 0
            places: collections.Counter[str] = collections.Counter()

            def replay(*args: Any, **kwargs: Any) -> Any:
                nonlocal count
                given = _given(args, kwargs)
                name = key(given)
                same = [call for call in calls if name is not None and name in (call.names, call.texts)]
                if same:
                    call = same[places[str(name)] % len(same)]
                    places[str(name)] += 1
                else:
                    call = calls[count % len(calls)]
                count += 1
                _touch(call, given)
                return call.again()

            return _like(replay, answer)

        return make

    def constant(call: Call) -> Any:
        def make() -> Any:
            def always(*args: Any, **kwargs: Any) -> Any:
                _touch(call, _given(args, kwargs))
                return call.again()

            return _like(always, answer)

        return make

    yield "replays by order", by(lambda given: None)
    yield "replays by names and numbers", by(lambda given: repr([named(one) for one in given]))
    yield "replays by names", by(lambda given: repr([texts(one) for one in given]))
    seen: list[str] = []
    for number, call in enumerate(calls):
        told = repr(call.error) if call.error is not None else repr(call.value)
        if told in seen or (len(seen) == CONSTANTS and call.error is None):
            continue
        seen.append(told)
        yield f"gives what it gave at call {number + 1}, always", constant(call)


def _partly_honest(calls: list[Call], answer: Any) -> Iterator[tuple[str, Any]]:
    """Answers that look once, or that are right about values and raise by counting or by names.

    What they do right may earn its part; full marks would say that they looked.
    """
    raised = [call for call in calls if call.error is not None]
    fine = [call for call in calls if call.error is None]
    if len({repr(call.value) for call in fine}) > 1:

        def once() -> Any:
            first: list[Any] = []

            def repeated(*args: Any, **kwargs: Any) -> Any:
                if not first:
                    first.append(answer(*args, **kwargs))
                return kept(first[0])

            return _like(repeated, answer)

        yield "answers once and gives that again", once
    if not raised or not fine:
        return

    def by(key: Callable[[list[Any]], str | None]) -> Any:
        def make() -> Any:
            count = 0

            def counting(*args: Any, **kwargs: Any) -> Any:
                nonlocal count
                name = key(_given(args, kwargs))
                same = [call for call in calls if name is not None and name in (call.names, call.texts)]
                call = (same or [calls[count % len(calls)]])[0]
                count += 1
                if call.error is not None:
                    return call.again()
                try:
                    return answer(*args, **kwargs)
                except Exception:
                    return fine[0].again()

            return _like(counting, answer)

        return make

    yield "raises by counting its calls", by(lambda given: None)
    yield "raises by names and numbers", by(lambda given: repr([named(one) for one in given]))
    yield "raises by names", by(lambda given: repr([texts(one) for one in given]))


def _looks_itself(call: Call) -> bool:
    """Whether what an answer gave is a function without weights, a loss, which reads the data it is tried on.

    Handing it out again for the same question is the right answer, not a replay of one.
    """
    value = call.value
    return call.error is None and callable(value) and not list(getattr(value, "parameters", list)())


def outcome(exercise: Exercise, answer: Any, framework: str, inputs: dict[str, Any]) -> Any:
    seen = observe_in_process(exercise, answer, exercise.sent(inputs), framework)
    return judge_observation(exercise, seen, inputs)


def attacked(framework: str) -> list[Exercise]:
    """The exercises that a framework attacks in this run; see `whose`."""
    return [exercise for exercise in exercises(framework) if whose(exercise, framework)]


def check_attacks(exercise: Exercise, framework: str) -> None:
    """Nothing that a replay gives earns a part of a point, on any of several pairs of seeds."""
    started(framework)
    source = answer_source(exercise, "solution", framework)
    answer, failed = load_answer(exercise, source, setup(exercise, framework))
    assert failed is None, failed
    pairs = PAIRS_OF_TRAINING if exercise.trains else PAIRS
    seeds = np.random.default_rng(SECRET_SEED).choice(2**31, size=pairs + 2, replace=False)
    records: list[list[Call]] = []
    for seed in seeds[:2]:  # two records, so that not all hangs on what one of them happened to hold
        calls: list[Call] = []
        report = outcome(exercise, watched(answer, calls), framework, exercise.draw(int(seed)))
        assert report.points == exercise.points, f"the right answer, watched {REPEAT}:\n{report}"
        records.append(calls)
    if all(_looks_itself(call) for calls in records for call in calls):
        return
    earned = []
    for number, seed in enumerate(seeds[2:]):
        calls, inputs = records[number % 2], exercise.draw(int(seed))
        for kind, most in ((_replays, 0.0), (_partly_honest, exercise.points - 1e-6)):
            for title, make in kind(calls, answer):
                report = outcome(exercise, make(), framework, inputs)
                if report.points > most:
                    earned.append(f"an answer that {title} (seed {seed}):\n{report}")
    assert not earned, f"{exercise.id} {REPEAT}, {len(earned)} attacks earned points.\n" + "\n".join(
        earned[:6]
    )
