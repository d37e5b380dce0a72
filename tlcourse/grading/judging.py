"""One student's answers: observed in the sandbox, judged out here. What a worker process does."""

from __future__ import annotations

import atexit
import os
import select
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from tlcourse.exercises import Job, Observation, Report, State, get, judge_observation
from tlcourse.grading.model import Answer, Attempt, Mark
from tlcourse.grading.sandbox.limits import Limits
from tlcourse.grading.sandbox.proof import Secrets
from tlcourse.grading.sandbox.sandbox import Sandbox

__all__ = ["Judged", "Settings", "Task", "judge_task", "leave_with", "make_ready"]


@dataclass(frozen=True)
class Settings:
    """How a class is graded, as far as marks can depend on it.

    Attributes
    ----------
    limits : Limits
    network : {"none", "host"}
    unsafe : bool
        Grade without a jail where none can be built.
    modules : tuple of str
        Importable modules with ``EXERCISES`` besides the course's own.
    """

    limits: Limits = field(default_factory=Limits)
    network: str = "none"
    unsafe: bool = False
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """What a worker needs to grade one student: text and numbers only, so that it can travel.

    Attributes
    ----------
    student, chapter, framework : str
    answers : tuple of Answer
    stubs : mapping of str to str
        Each exercise's blank cell.
    seed : int
        The class's secret one.
    settings : Settings
    secrets : Secrets
        What no answer may see.
    """

    student: str
    chapter: str
    framework: str
    answers: tuple[Answer, ...]
    stubs: Mapping[str, str]
    seed: int
    settings: Settings = field(default_factory=Settings)
    secrets: Secrets = field(default_factory=Secrets)


@dataclass(frozen=True)
class Judged:
    """What comes back from a `Task`.

    Attributes
    ----------
    student : str
    marks : tuple of Mark
    seconds : float
        Wall time.
    protections : tuple of str
        Those of the sandbox, as sentences.
    starved : bool
        Whether the machine was too busy for one of the answers: a "timeout" among the marks may then be no
        fault of the student's.
    """

    student: str
    marks: tuple[Mark, ...]
    seconds: float
    protections: tuple[str, ...]
    starved: bool = False


# A worker of a cluster may have several threads; a sandbox observes one student at a time.
_lock = threading.Lock()
_open: dict[tuple[object, ...], Sandbox] = {}


def _sandbox(task: Task) -> Sandbox:
    """The sandbox of this process for such tasks. Two are kept: a class may mix the frameworks."""
    key, settings = (task.framework, task.chapter, task.settings, task.secrets), task.settings
    if key not in _open:
        if len(_open) > 1:
            close_sandboxes()
        _open[key] = Sandbox(
            task.framework,
            task.chapter,
            limits=settings.limits,
            network=settings.network,
            unsafe=settings.unsafe,
            modules=settings.modules,
            secrets=task.secrets,
        )
    return _open[key]


def leave_with(parent: int) -> None:
    """End this process when that one ends, however it ended: a killed run leaves nothing running."""
    if not hasattr(os, "pidfd_open"):
        return
    descriptor = os.pidfd_open(parent)

    def watch() -> None:
        select.select([descriptor], [], [])
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


def close_sandboxes() -> None:
    """End this process's sandboxes."""
    while _open:
        _open.popitem()[1].close()


atexit.register(close_sandboxes)


def make_ready(task: Task) -> tuple[str, ...]:
    """Start the sandbox for such tasks before the first one comes; gives the protections that held.

    Raises
    ------
    SandboxUnavailableError
        If this machine cannot build the jail, or if it does not hold.
    """
    with _lock:
        sandbox = _sandbox(task)
        sandbox.start()
        return sandbox.protections


def judge_task(task: Task) -> Judged:
    """Observe a student's answers and judge them.

    Parameters
    ----------
    task : Task

    Returns
    -------
    Judged
        A mark for each answer of the task, in its order.

    Raises
    ------
    SandboxUnavailableError
        If the sandbox cannot be had: never because of the student's code.
    """
    begun = time.monotonic()
    inputs = {answer.exercise_id: get(answer.exercise_id).draw(task.seed) for answer in task.answers}
    sent = {name: get(name).sent(drawn) for name, drawn in inputs.items()}
    with _lock:
        sandbox = _sandbox(task)
        seen = _observed(task.answers, sent, sandbox)
        starved = sandbox.starved
        reports = {
            answer.exercise_id: _report(answer.exercise_id, seen.get(answer.exercise_id), inputs)
            for answer in task.answers
        }
        _prefer_what_was_checked(task.answers, seen, reports, inputs, sent, sandbox)
        starved |= sandbox.starved
    marks = []
    for answer in task.answers:
        exercise = get(answer.exercise_id)
        source = seen[exercise.id][1].source if exercise.id in seen else task.stubs.get(exercise.id, "")
        marks.append(Mark.of(reports[exercise.id], exercise, source))
    return Judged(task.student, tuple(marks), time.monotonic() - begun, sandbox.protections, starved)


_Seen = tuple[Observation, Attempt]
"""What was seen of an answer, and the attempt that it was seen of."""


def _report(exercise_id: str, seen: _Seen | None, inputs: Mapping[str, Any]) -> Report:
    observation = seen[0] if seen is not None else Observation("not_attempted")
    return judge_observation(get(exercise_id), observation, inputs[exercise_id])


def _prefer_what_was_checked(
    answers: Sequence[Answer],
    seen: dict[str, _Seen],
    reports: dict[str, Report],
    inputs: Mapping[str, Any],
    sent: Mapping[str, dict[str, Any]],
    sandbox: Sandbox,
) -> None:
    """Where an answer failed, let the attempt count that the notebook's own check saw, if that one passes.

    Something else was then defined below the check. `seen` and `reports` are changed.
    """
    for answer in answers:
        name = answer.exercise_id
        checked = next((attempt for attempt in answer.attempts if attempt.checked), None)
        if checked is None or seen[name][1] == checked or reports[name].state is State.PASS:
            continue
        (observation,) = sandbox.observe([Job(name, checked.source, sent[name], checked.setup)])
        note = f"Cell {checked.cell}, which stands above the check, counts; what is defined below does not."
        with_note = replace(observation, note=f"{note} {observation.note}".strip())
        report = _report(name, (with_note, checked), inputs)
        if report.state is State.PASS:
            seen[name], reports[name] = (with_note, checked), report


def _observed(
    answers: Sequence[Answer], sent: Mapping[str, dict[str, Any]], sandbox: Sandbox
) -> dict[str, _Seen]:
    """What was seen of each answer, and of which attempt: the last one that works, else the last one.

    As in a notebook, where a definition that could not be run leaves the one before it in place.
    """
    seen: dict[str, _Seen] = {}
    left = {answer.exercise_id: list(answer.attempts) for answer in answers if answer.attempts}
    while left:
        turn = {name: attempts.pop() for name, attempts in left.items()}
        jobs = [Job(name, one.source, sent[name], one.setup) for name, one in turn.items()]
        for (name, attempt), observation in zip(turn.items(), sandbox.observe(jobs), strict=True):
            works = observation.kind == "ok"
            if works and name in seen:
                note = f"Of the cells that define it, cell {attempt.cell} counts: those below it stopped."
                observation = replace(observation, note=f"{note} {observation.note}".strip())
            if works or name not in seen or seen[name][0].kind == "not_attempted":
                seen[name] = (observation, attempt)
            if works or not left[name]:
                del left[name]
    return seen
