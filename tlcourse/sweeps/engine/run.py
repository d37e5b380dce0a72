"""``tlcourse results``: run the rows that are missing or stale.

This process alone writes the tables, a whole table at a time, so that nothing is lost or halved when anything
is killed.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

from tlcourse.errors import UnknownNameError
from tlcourse.sweeps.engine import store
from tlcourse.sweeps.engine.pool import Job, Outcome, Pool
from tlcourse.sweeps.engine.progress import reporter
from tlcourse.sweeps.engine.registry import get, names
from tlcourse.sweeps.engine.spec import FRAMEWORKS, Sweep

__all__ = ["Echo", "chosen_frameworks", "chosen_sweeps", "run_jobs", "run_sweeps"]

Echo = Callable[[str], Any]


def chosen_sweeps(name: str | Sequence[str | Sweep] | None) -> list[Sweep]:
    """The sweeps of these names; all of them without a name."""
    wanted: Sequence[str | Sweep] = [name] if isinstance(name, str) else name or names()
    return [get(one) for one in wanted]


def chosen_frameworks(chosen: Sequence[str] | str | None) -> tuple[str, ...] | None:
    """The frameworks of these names; None, which is all of them, without a name."""
    if chosen is None or not chosen:
        return None
    chosen = (chosen,) if isinstance(chosen, str) else tuple(chosen)
    for one in chosen:
        if one not in (*FRAMEWORKS, "plain"):
            raise UnknownNameError("framework", one, FRAMEWORKS)
    return chosen


def _cores() -> int:
    return max(1, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


def run_jobs(
    jobs: Sequence[Job], workers: int | None, echo: Echo, keep: Callable[[Outcome], str]
) -> list[Outcome]:
    """Run jobs on several workers, one per core by default.

    ``keep`` stores an outcome that has a row, and says how it went in a few words. What fails is reported on
    standard error, at once and in full: the run may go on for an hour.
    """
    if not jobs:
        return []
    queues: dict[str, deque[Job]] = {}
    for job in jobs:
        queues.setdefault(job.framework, deque()).append(job)
    workers = max(1, min(workers or _cores(), len(jobs)))
    outcomes: list[Outcome] = []
    with reporter(list(jobs), workers, echo) as report:

        def done(outcome: Outcome) -> None:
            outcomes.append(outcome)
            if outcome.row is None:
                print(
                    f"FAILED: {outcome.job}\n{outcome.traceback or outcome.error}",
                    file=sys.stderr,
                    flush=True,
                )
            report(outcome, keep(outcome) if outcome.row is not None else f"FAILED: {outcome.error}")

        Pool(workers, queues, done).run()
    return outcomes


def _missing_and_stale(sweep: Sweep, only: tuple[str, ...] | None, echo: Echo) -> list[Job]:
    """What is to be run of a sweep; says so, and takes out the rows that the grid no longer asks for."""
    states = store.status(sweep, only)
    counts = ", ".join(f"{len(states[state])} {state}" for state in ("fresh", "stale", "missing"))
    echo(f"{sweep.name}: {counts}")
    for settings, framework in states["stale"]:
        echo(f"  stale (its code changed since): {Job(sweep, settings, framework)}")
    if states["orphaned"]:
        echo(f"  {store.prune(sweep)} rows taken out that the grid no longer asks for")
    return [Job(sweep, *one) for state in ("stale", "missing") for one in states[state]]


def run_sweeps(
    name: str | Sequence[str] | None = None,
    *,
    frameworks: Sequence[str] | str | None = None,
    jobs: int | None = None,
    echo: Echo = print,
) -> bool:
    """Run the rows that are missing or stale, and write each as soon as it is there.

    Parameters
    ----------
    name : str or list of str, optional
        The sweeps; all of them by default.
    frameworks : str or list of str, optional
        Only the rows of these.
    jobs : int, optional
        Worker processes, each with one thread; by default one per core.
    echo : callable
        Prints a line.

    Returns
    -------
    bool
        Whether every row asked for is now in the tables. Failed rows are reported on standard error, and do
        not stop the others.

    Raises
    ------
    UnknownNameError, SweepError
        For an unknown sweep or framework, or a damaged table: before anything is run.
    """
    only, left, complete = chosen_frameworks(frameworks), chosen_sweeps(name), True
    while left:
        todo, left = _ready(left, only, echo)
        complete = _run_and_keep(todo, jobs, echo) and complete
    return complete


def _ready(
    sweeps: Sequence[Sweep], only: tuple[str, ...] | None, echo: Echo
) -> tuple[list[Job], list[Sweep]]:
    """What can be run now, and the sweeps that wait: a grid may change with what is run now."""
    todo: dict[str, list[Job]] = {}
    waiting: list[Sweep] = []
    for sweep in sorted(sweeps, key=lambda sweep: len(sweep.after)):
        if any(todo.get(name) or name in {one.name for one in waiting} for name in sweep.after):
            waiting.append(sweep)
        else:
            todo[sweep.name] = _missing_and_stale(sweep, only, echo)
    return [job for jobs in todo.values() for job in jobs], waiting


def _run_and_keep(todo: list[Job], jobs: int | None, echo: Echo) -> bool:
    """Run jobs, and write each row as soon as it is there; whether all of them are."""
    # Cheap rows first: a mistake in the function shows in seconds.
    todo = sorted(todo, key=lambda job: job.sweep.cost(job.settings))

    def keep(outcome: Outcome) -> str:
        assert outcome.row is not None
        store.append(outcome.job.sweep, outcome.row)
        return ", ".join(f"{metric} {outcome.row[metric]:.4g}" for metric in outcome.job.sweep.metrics)

    outcomes = run_jobs(todo, jobs, echo, keep)
    failed = [outcome for outcome in outcomes if outcome.row is None]
    if failed:
        print(f"{len(failed)} of {len(todo)} rows failed:", file=sys.stderr)
        for outcome in failed:
            print(f"  {outcome.job}: {outcome.error}", file=sys.stderr)
    return not failed and len(outcomes) == len(todo)
