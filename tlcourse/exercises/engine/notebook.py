"""What a learner calls: `check`, `hint` and `progress`."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from tlcourse.errors import CourseError
from tlcourse.exercises.engine import registry
from tlcourse.exercises.engine.blank import MISSING, is_blank, not_attempted
from tlcourse.exercises.engine.cells import binds, parsed
from tlcourse.exercises.engine.model import Exercise, Observation, State
from tlcourse.exercises.engine.observe import observe_in_process
from tlcourse.exercises.engine.patience import CHECK_SECONDS, TRAINING_SECONDS, announced, patience
from tlcourse.exercises.engine.problems import learner_error, timed_out
from tlcourse.exercises.engine.report import HintPanel, ProgressView, Report, judge_observation

__all__ = ["check", "forget", "hint", "progress"]

# In memory only: a notebook that is opened again starts afresh, and nobody's marks are on disk.
_last: dict[str, Report] = {}
_hints_given: dict[str, int] = {}


def _namespaces(depth: int) -> list[dict[str, Any]]:
    """Where the learner's names are: the notebook's, else those of the caller."""
    namespaces = []
    if "IPython" in sys.modules:
        shell = sys.modules["IPython"].get_ipython()
        if shell is not None:
            namespaces.append(shell.user_ns)
    frame = sys._getframe(depth + 1)
    return [*namespaces, frame.f_locals, frame.f_globals]


def _framework(exercise: Exercise) -> str:
    from tlcourse.frameworks import current_framework

    try:
        return current_framework()
    except CourseError:
        # Outside a notebook of the course: believe what is loaded.
        loaded = [
            name for name, module in (("torch", "torch"), ("keras", "tensorflow")) if module in sys.modules
        ]
        return loaded[0] if loaded else exercise.frameworks[0]


def check(exercise_id: str, answer: Any = MISSING, *, framework: str | None = None) -> Report:
    """Check an answer and say what came of it.

    Parameters
    ----------
    exercise_id : str
        Such as "ch00-pick-class".
    answer : object, optional
        The answer itself; without it, the name that the exercise asks for is looked up where you call from.
    framework : "torch" or "keras", optional
        The notebook's, if not given.

    Returns
    -------
    Report
        With ``state`` (PASS, PARTLY, NOT YET, ERROR, NOT ATTEMPTED), ``points`` and messages. What is
        random while the check runs is seeded, and your own random numbers go on afterwards as if it had not
        run. An answer that runs for more than `CHECK_SECONDS` is stopped. One that trains is announced, has a
        bar, and may take `TRAINING_SECONDS` of processor time.

    Raises
    ------
    UnknownNameError
        If there is no such exercise.
    AssertionError
        Under ``nbgrader validate`` only, when the answer has not full marks.

    Examples
    --------
    >>> def pick_class(logits, names):
    ...     ...
    >>> check("ch00-pick-class", framework="torch").state.value
    'NOT ATTEMPTED'
    """
    exercise = registry.get(exercise_id)
    given = answer
    if answer is MISSING:
        answer = next((ns[exercise.answer] for ns in _namespaces(1) if exercise.answer in ns), MISSING)
    framework = framework or _framework(exercise)
    inputs = exercise.draw()
    trains = exercise.trains > 0 and not not_attempted(answer)
    seconds = TRAINING_SECONDS if trains else CHECK_SECONDS
    with announced(exercise.trains, seconds) if trains else patience(seconds) as waiting:
        observation = observe_in_process(exercise, answer, exercise.sent(inputs), framework)
    if waiting.over:
        observation = timed_out(seconds, observation, trains=trains)
    if observation.kind == "not_attempted" and given is MISSING:
        observation = _written_in_vain(exercise) or observation
    report = judge_observation(exercise, observation, inputs)
    _last[exercise.id] = report
    if os.environ.get("NBGRADER_EXECUTION") == "validate" and report.state is not State.PASS:
        raise AssertionError(str(report))
    return report


def _written_in_vain(exercise: Exercise) -> Observation | None:
    """Why a cell that was written does not count: Python could not read it, or it stopped too early.

    The notebook's own history tells: without it, a cell with a missing bracket looks like no attempt at all.
    """
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    cells = list(getattr(getattr(shell, "history_manager", None), "input_hist_raw", ()))[:-1]
    name = re.escape(exercise.answer)
    mentions = re.compile(rf"^[ \t]*(?:(?:async +)?def|class)\s+{name}\b|^{name}\s*=", re.MULTILINE)
    cell = next((c for c in reversed(cells) if mentions.search(c) or c.startswith("%reset")), None)
    if cell is None or cell.startswith("%reset"):
        return None
    try:
        parsed(cell)
    except SyntaxError as error:
        return learner_error(None, error)
    if exercise.answer not in binds(cell) or is_blank(cell, exercise.answer):
        return None
    return Observation(
        "error",
        problem=f"The cell that defines `{exercise.answer}` stopped before it came to that.",
        advice="The red text below that cell says where and why. Mend it, run the cell, then run this one.",
    )


def hint(exercise_id: str) -> HintPanel:
    """Show the next hint of an exercise: each call goes one stage further, the last stage stays.

    Raises
    ------
    UnknownNameError
        If there is no such exercise.

    Examples
    --------
    >>> hint("ch00-pick-class").stage
    1
    """
    exercise = registry.get(exercise_id)
    if not exercise.hints:
        return HintPanel(exercise.title, 0, 0, "This exercise has no hints.")
    stage = min(_hints_given.get(exercise.id, 0) + 1, len(exercise.hints))
    _hints_given[exercise.id] = stage
    return HintPanel(exercise.title, stage, len(exercise.hints), exercise.hints[stage - 1])


def progress(chapter: str | int | None = None) -> ProgressView:
    """The exercises of a chapter and the outcome of each one's last check in this session.

    Parameters
    ----------
    chapter : str or int, optional
        Such as "01" or 1; without it, the notebook's own, and outside a notebook all of them.

    Raises
    ------
    UnknownNameError
        If there is no such chapter.
    """
    if chapter is None:
        from tlcourse.frameworks import current_chapter

        chapter = current_chapter()
    number = None if chapter is None else registry.chapter_number(chapter)
    rows = tuple((exercise, _last.get(exercise.id)) for exercise in registry.all_exercises(number))
    return ProgressView(number, rows)


def forget() -> None:
    """Forget every outcome and hint of this session."""
    _last.clear()
    _hints_given.clear()
