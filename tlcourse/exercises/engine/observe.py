"""Run a learner's answer through a probe, and come back with plain data or with the reason why not.

The same code runs in a notebook's process (`check`) and in the grader's worker (`runner`), so a verdict
cannot depend on where the answer ran.
"""

from __future__ import annotations

import contextlib
import copy
import functools
import inspect
import time
import types
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from tlcourse.exercises.engine.blank import not_attempted
from tlcourse.exercises.engine.model import PUBLIC_SEED, Exercise, Observation
from tlcourse.exercises.engine.own_work import hidden, hidden_in
from tlcourse.exercises.engine.plain import NotPlainError, from_json, to_json
from tlcourse.exercises.engine.printed import Printed
from tlcourse.exercises.engine.problems import learner_error, nothing_returned, probe_failed, unusable
from tlcourse.exercises.engine.random_state import random_state_kept
from tlcourse.exercises.engine.withheld import data_withheld

__all__ = ["observe_in_process"]


class _NotAttempted(BaseException):
    """The answer returned Ellipsis: a stub. BaseException, so that a probe's own handlers let it pass."""


class _LearnerError(BaseException):
    """Carries what the learner's code raised past everything in the probe."""

    def __init__(self, error: BaseException) -> None:
        self.error = error


def observe_in_process(
    exercise: Exercise,
    answer: Any,
    inputs: dict[str, Any],
    framework: str,
    *,
    seed: int = PUBLIC_SEED,
    after_call: Callable[[], object] | None = None,
) -> Observation:
    """Run the probe on an answer in this process.

    Parameters
    ----------
    exercise : Exercise
    answer : object
        What the learner defined; `MISSING` if nothing.
    inputs : dict
        From ``exercise.draw(seed)``. The probe gets a copy, so code that changes its inputs changes nothing
        else.
    framework : str
        "torch" or "keras".
    seed : int
        Seeds numpy, random and the framework while the probe runs, so that a check repeats itself.
    after_call : callable, optional
        Called each time that the answer, a function, has returned or raised, before the probe goes on.

    Returns
    -------
    Observation
        Never raises because of the learner's code: SystemExit and KeyboardInterrupt are reported too.
    """
    if not_attempted(answer):
        return Observation("not_attempted")
    printed = Printed()
    given = copy.deepcopy(inputs)
    calls: list[Any] = []
    start = time.perf_counter()
    with (
        random_state_kept(seed),
        hidden(hidden_in(exercise.chapter), framework),
        data_withheld(exercise, framework),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
    ):
        seen = _probed(exercise, answer, given, framework, calls, after_call)
    seconds = time.perf_counter() - start
    nothing = exercise.returns and calls and all(value is None for value in calls)
    if nothing and seen.kind in ("ok", "unusable"):
        seen = nothing_returned(exercise, bool(printed.text.strip()))
    return replace(seen, printed=printed.text, seconds=seconds)


def _probed(
    exercise: Exercise,
    answer: Any,
    inputs: dict[str, Any],
    framework: str,
    calls: list[Any],
    after_call: Callable[[], object] | None,
) -> Observation:
    """What the probe returned, or why that is of no use; ``calls`` gets each value of the answer."""
    try:
        # Through JSON here as well, so that a judge sees the same types as the grader's judge.
        data = from_json(to_json(exercise.probe(_watched(answer, calls, after_call), inputs, framework)))
    except _NotAttempted:
        return Observation("not_attempted")
    except _LearnerError as caught:
        return learner_error(answer, caught.error)
    except NotPlainError as error:
        return unusable(exercise, f"{exercise.answer} gave something a check cannot read: {error}.")
    except BaseException as error:  # the probe could not use what it was given; or a bare answer raised
        return probe_failed(exercise, answer, error, calls)
    if not isinstance(data, dict):
        return unusable(exercise, "The probe of this exercise did not return a dict.")
    return Observation("ok", data)


def _watched(answer: Any, calls: list[Any], after_call: Callable[[], object] | None = None) -> Any:
    """A function that notes what the answer returned, and tells its exceptions from the probe's."""
    if not callable(answer):
        return answer
    # Classes and objects that can be called too: what they do between two calls is the answer's doing.
    updated = functools.WRAPPER_UPDATES if isinstance(answer, types.FunctionType) else ()
    if after_call is not None:
        answer = _followed(answer, after_call)

    @functools.wraps(answer, updated=updated)
    def watched(*args: Any, **kwargs: Any) -> Any:
        try:
            value = answer(*args, **kwargs)
        except _NotAttempted:
            raise
        except BaseException as error:
            raise _LearnerError(error) from error
        if value is Ellipsis:
            raise _NotAttempted
        calls.append(value)
        return value

    return watched


def _followed(answer: Any, after_call: Callable[[], object]) -> Any:
    def followed(*args: Any, **kwargs: Any) -> Any:
        try:
            return answer(*args, **kwargs)
        finally:
            after_call()

    # No __wrapped__: a probe that unwraps the answer must end here.
    for name in ("__name__", "__qualname__", "__doc__"):
        with contextlib.suppress(AttributeError, TypeError):
            setattr(followed, name, getattr(answer, name))
    with contextlib.suppress(TypeError, ValueError):
        followed.__signature__ = inspect.signature(answer)  # type: ignore[attr-defined]
    return followed
