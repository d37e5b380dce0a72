"""One student's answers: observed in the sandbox, judged out here. What a worker process does."""

from __future__ import annotations

import atexit
import os
import select
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..exercises import Job, Observation, get, judge_observation
from .model import Answer, Mark
from .sandbox.limits import Limits
from .sandbox.parent import Sandbox

__all__ = ["Judged", "Settings", "Task", "judge_task", "leave_with"]


@dataclass(frozen=True)
class Settings:
    """How a class is graded, as far as marks can depend on it."""

    limits: Limits = field(default_factory=Limits)
    network: str = "none"
    unsafe: bool = False
    modules: tuple[str, ...] = ()


@dataclass(frozen=True)
class Task:
    """What a worker needs to grade one student: text and numbers only, so that it can travel.

    ``stubs`` holds each exercise's blank cell; ``seed`` is the secret one.
    """

    student: str
    chapter: str
    framework: str
    answers: tuple[Answer, ...]
    stubs: Mapping[str, str]
    seed: int
    settings: Settings = field(default_factory=Settings)


@dataclass(frozen=True)
class Judged:
    """What comes back of a `Task`."""

    student: str
    marks: tuple[Mark, ...]
    seconds: float
    protections: tuple[str, ...]


# A worker of a cluster may have several threads; a sandbox observes one student at a time.
_lock = threading.Lock()
_open: dict[tuple[object, ...], Sandbox] = {}


def _sandbox(task: Task) -> Sandbox:
    """The sandbox of this process for such tasks. Two are kept: a class may mix the frameworks."""
    key, settings = (task.framework, task.chapter, task.settings), task.settings
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


def judge_task(task: Task) -> Judged:
    """Observe a student's answers and judge them.

    Raises
    ------
    SandboxUnavailableError
        If the sandbox cannot be had: never because of the student's code.
    """
    begun = time.monotonic()
    written = [answer for answer in task.answers if answer.source.strip()]
    inputs = {answer.exercise_id: get(answer.exercise_id).draw(task.seed) for answer in task.answers}
    jobs = [
        Job(a.exercise_id, a.source, get(a.exercise_id).sent(inputs[a.exercise_id]), a.setup) for a in written
    ]
    with _lock:
        sandbox = _sandbox(task)
        observations = sandbox.observe(jobs)
    seen = dict(zip((a.exercise_id for a in written), observations, strict=True))
    marks = []
    for answer in task.answers:
        exercise = get(answer.exercise_id)
        observation = seen.get(exercise.id, Observation("not_attempted"))
        report = judge_observation(exercise, observation, inputs[exercise.id])
        source = answer.source or task.stubs.get(exercise.id, "")
        marks.append(Mark.of(report, exercise, source))
    return Judged(task.student, tuple(marks), time.monotonic() - begun, sandbox.protections)
