"""How far a run is: a bar with the time left on a terminal, a line for each row elsewhere (a log)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from tlcourse.sweeps.engine.pool import Job, Outcome

__all__ = ["Progress", "reporter"]

Report = Callable[[Outcome, str], None]


def _duration(seconds: float) -> str:
    """``75`` -> ``"1:15"``; ``4000`` -> ``"1:06:40"``."""
    minutes, second = divmod(int(seconds + 0.5), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


class Progress:
    """The time left, by the rows' costs and what such a cost took so far."""

    def __init__(self, jobs: Iterable[Job], workers: int) -> None:
        self.left: dict[str, float] = {}
        for job in jobs:
            self.left[job.framework] = self.left.get(job.framework, 0.0) + self._cost(job)
        self.spent: dict[str, float] = {}
        self.worked: dict[str, float] = {}
        self.workers = workers

    @staticmethod
    def _cost(job: Job) -> float:
        return max(1e-9, float(job.sweep.cost(job.settings)))

    def note(self, outcome: Outcome) -> str:
        """Count a finished row; gives the time left as text."""
        job = outcome.job
        self.left[job.framework] -= self._cost(job)
        if outcome.row is not None:
            self.spent[job.framework] = self.spent.get(job.framework, 0.0) + float(outcome.row["seconds"])
            self.worked[job.framework] = self.worked.get(job.framework, 0.0) + self._cost(job)
        return self.time_left()

    def time_left(self) -> str:
        """Time left as text, framework by framework; ``"?"`` before the first row is done."""
        if not self.worked:
            return "?"
        typical = sum(self.spent.values()) / sum(self.worked.values())
        seconds = {
            name: cost * (self.spent[name] / self.worked[name] if name in self.worked else typical)
            for name, cost in self.left.items()
        }
        # Side by side where there is a worker for each; never less than the longest of them alone.
        active = [value for value in seconds.values() if value > 0] or [0.0]
        spread = sum(active) / max(1, self.workers)
        return _duration(max(spread, max(active) if self.workers <= len(self.left) else spread))


@contextmanager
def reporter(jobs: list[Job], workers: int, echo: Callable[[str], Any]) -> Iterator[Report]:
    """Gives the function that reports a finished row, with a few words on how it came out."""
    progress = Progress(jobs, workers)
    if not sys.stderr.isatty():
        done = 0

        def line(outcome: Outcome, words: str) -> None:
            nonlocal done
            done += 1
            echo(f"[{done}/{len(jobs)}, {progress.note(outcome)} left] {outcome.job}: {words}")

        yield line
        return
    with _bar() as bar:
        task = bar.add_task("results", total=len(jobs), left="?")
        yield lambda outcome, words: bar.update(task, advance=1, left=progress.note(outcome))


def _bar() -> Any:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("rows,"),
        TimeElapsedColumn(),
        TextColumn("gone, {task.fields[left]} left"),
        console=Console(stderr=True),
    )
