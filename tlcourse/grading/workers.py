"""Tasks go to worker processes and results come back, whatever happens to the workers."""

from __future__ import annotations

import concurrent.futures as cf
import multiprocessing
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tlcourse.grading.judging import Judged, Task, judge_task, leave_with
from tlcourse.grading.keeping import cannot_write, is_full
from tlcourse.grading.model import NotGradedError, StarvedError
from tlcourse.grading.sandbox.errors import SandboxUnavailableError

__all__ = ["judge_all", "working_executor"]

_TRIES = 2  # alone, after a worker died while the task was one of several


@contextmanager
def working_executor(
    jobs: int, dask: str | None = None, *, interruptible: bool = True
) -> Iterator[Callable[[], Any]]:
    """A function that gives a working executor: a new one after the last one broke.

    Parameters
    ----------
    jobs : int
        Local worker processes.
    dask : str, optional
        Address of a Dask scheduler, in place of local processes.
    interruptible : bool
        Whether Ctrl+C ends the workers too, or leaves it to this process to end them when they are done.

    Raises
    ------
    CourseError
        As `tlcourse.grading.cluster.connected`.
    """
    if dask is not None:
        from tlcourse.grading.cluster import connected

        with connected(dask) as executor:
            yield lambda: executor
        return
    started: list[cf.ProcessPoolExecutor] = []

    def current() -> cf.ProcessPoolExecutor:
        if not started or getattr(started[-1], "_broken", False):
            # Spawned: a fork would copy whatever the instructor's process has open.
            started.append(
                cf.ProcessPoolExecutor(
                    jobs,
                    mp_context=multiprocessing.get_context("spawn"),
                    initializer=_begin,
                    initargs=(os.getpid(), interruptible),
                )
            )
        return started[-1]

    try:
        yield current
    finally:
        for executor in started:
            executor.shutdown(wait=True, cancel_futures=True)


def _begin(parent: int, interruptible: bool) -> None:
    """The first thing that a worker process does."""
    leave_with(parent)
    if not interruptible:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


def judge_all(
    tasks: Sequence[Task], executor: Callable[[], Any]
) -> Iterator[tuple[str, Judged | NotGradedError]]:
    """Each student's result as it comes, one for each task, whatever happens to the workers.

    Parameters
    ----------
    tasks : sequence of Task
        One for each student.
    executor : callable
        From `working_executor`.

    Yields
    ------
    tuple of str, and Judged or NotGradedError
        The student, and what became of the task.

    Raises
    ------
    SandboxUnavailableError
        If this machine, or a worker's, cannot shut students' code in.
    CannotWriteError
        If the disk is full.
    """
    deaths = dict.fromkeys((task.student for task in tasks), 0)
    todo = {task.student: task for task in tasks}
    while todo:
        # A task whose worker died is tried alone: the next death is then its own doing.
        suspects = [task for task in todo.values() if deaths[task.student] > 0]
        batch = suspects[:1] if suspects else list(todo.values())
        pool = executor()
        futures = {pool.submit(judge_task, task): task for task in batch}
        for future in cf.as_completed(futures):
            student = futures[future].student
            try:
                outcome = _outcome(future)
            except (BrokenProcessPool, cf.CancelledError):
                deaths[student] += 1
                if deaths[student] <= _TRIES:
                    continue
                # An answer runs in a process of its own, and cannot end this one.
                outcome = StarvedError(
                    "the process that graded it ended twice", "Grade it again, or look at it by hand."
                )
            del todo[student]
            yield student, outcome


def _outcome(future: cf.Future[Judged]) -> Judged | NotGradedError:
    """What a task gave. What no student can be blamed for, and a dead worker, is raised."""
    try:
        return future.result()
    except (SandboxUnavailableError, BrokenProcessPool, cf.CancelledError):
        raise
    except Exception as error:
        if isinstance(error, OSError) and is_full(error):
            raise cannot_write(error, Path(tempfile.gettempdir())) from None
        return NotGradedError(
            f"the grader failed on it ({type(error).__name__}: {error})",
            "This is a bug in the course; please report it with the notebook.",
        )
