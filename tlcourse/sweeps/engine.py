"""Running sweeps: worker processes, progress with the time left, and the sampled check.

Each worker is one process with one framework and one thread (see ``worker.py``); this process alone writes
the tables, a whole table at a time, so that nothing is lost or halved when anything is killed.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from tlcourse.errors import UnknownNameError
from tlcourse.frameworks import child_environment
from tlcourse.sweeps import store
from tlcourse.sweeps.registry import get, names
from tlcourse.sweeps.spec import FRAMEWORKS, Settings, Sweep, SweepError, key

__all__ = ["check_sweeps", "expected_seconds", "main", "run_sweeps", "sample_of", "within_minutes"]

Echo = Callable[[str], Any]

START = {"torch": 6.0, "keras": 12.0, "plain": 1.0}
"""Processor seconds until a worker serves its first row."""

WARM_UP = {"torch": 1.0, "keras": 12.0, "plain": 0.0}
"""Processor seconds more for the first row of a sweep in a process: data to read, a graph to trace. The
tables do not hold them, as most recorded rows ran in a process that was warm."""


@dataclass(frozen=True)
class Job:
    """One row to run."""

    sweep: Sweep
    settings: Settings
    framework: str

    def __str__(self) -> str:
        return f"{self.sweep.name} {self.framework} " + " ".join(f"{k}={v}" for k, v in self.settings.items())


@dataclass
class Outcome:
    """What became of a job: a row, or what went wrong."""

    job: Job
    row: store.Row | None
    error: str = ""
    traceback: str = ""


# --------------------------------------------------------------------------------------------- workers


class Worker:
    """A worker process, started on its first job."""

    def __init__(self, framework: str) -> None:
        self.framework = framework
        self.process: subprocess.Popen[str] | None = None

    def _start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tlcourse.sweeps.worker", self.framework],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            # The worker finds what this process finds, an author's own modules beside the course included.
            env={
                **child_environment(),
                **os.environ,
                "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            },
        )
        self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self.process is not None
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        if not line:
            code = self.process.wait()
            self.process = None
            why = f"was killed by signal {-code}" if code < 0 else f"ended with status {code}"
            return {"error": f"The {self.framework} worker {why}; its last words are on standard error."}
        return json.loads(line)

    def run(self, job: Job) -> Outcome:
        """Run one row; a dead worker is an outcome too, and the next job gets a new one."""
        if self.process is None:
            self._start()
            if self.process is None:
                return Outcome(job, None, f"The {self.framework} worker does not start.")
        try:
            stdin: IO[str] | None = self.process.stdin
            assert stdin is not None
            stdin.write(json.dumps({"sweep": job.sweep.name, "settings": job.settings}) + "\n")
            stdin.flush()
        except BrokenPipeError:
            pass  # the answer says how it ended
        answer = self._answer()
        return Outcome(job, answer.get("row"), answer.get("error", ""), answer.get("traceback", ""))

    def stop(self) -> None:
        """End the process: it leaves when its standard input closes."""
        if self.process is not None:
            assert self.process.stdin is not None
            self.process.stdin.close()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
            self.process = None


@dataclass
class Pool:
    """``jobs`` workers sharing the queues of the frameworks."""

    jobs: int
    queues: dict[str, deque[Job]]
    done: Callable[[Outcome], None]
    lock: threading.Lock = field(default_factory=threading.Lock)
    serving: dict[str, int] = field(default_factory=dict)
    stopping: bool = False
    crash: BaseException | None = None

    def _choose(self) -> str | None:
        """The framework with work left and the fewest workers on it."""
        with self.lock:
            left = [name for name, jobs in self.queues.items() if jobs]
            if not left or self.stopping:
                return None
            name = min(left, key=lambda one: (self.serving.get(one, 0), -len(self.queues[one])))
            self.serving[name] = self.serving.get(name, 0) + 1
            return name

    def _next(self, framework: str) -> Job | None:
        with self.lock:
            return self.queues[framework].popleft() if self.queues[framework] and not self.stopping else None

    def _serve(self) -> None:
        while (framework := self._choose()) is not None:
            worker = Worker(framework)
            deaths = 0
            try:
                while (job := self._next(framework)) is not None:
                    outcome = worker.run(job)
                    with self.lock:
                        self.done(outcome)
                    # A framework that cannot run at all must not try every row.
                    deaths = 0 if outcome.row or outcome.traceback else deaths + 1
                    if deaths == 3:
                        with self.lock:
                            left, self.queues[framework] = list(self.queues[framework]), deque()
                            for job in left:
                                self.done(Outcome(job, None, "not run: its worker died three times in a row"))
            except BaseException as error:  # e.g. a full disk: no use in going on
                self.crash, self.stopping = error, True
            finally:
                worker.stop()
                with self.lock:
                    self.serving[framework] -= 1

    def run(self) -> None:
        """Run everything; raises what stopped it early."""
        threads = [threading.Thread(target=self._serve, daemon=True) for _ in range(self.jobs)]
        for thread in threads:
            thread.start()
        try:
            for thread in threads:
                while thread.is_alive():
                    thread.join(0.2)
        except KeyboardInterrupt:
            self.stopping = True
            raise
        if self.crash is not None:
            raise self.crash


# -------------------------------------------------------------------------------------------- progress


def _duration(seconds: float) -> str:
    """``75`` -> ``"1:15"``; ``4000`` -> ``"1:06:40"``."""
    minutes, second = divmod(int(seconds + 0.5), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


class Progress:
    """A bar with the time left on a terminal; a line per row elsewhere (a log)."""

    def __init__(self, jobs: Iterable[Job], workers: int) -> None:
        self.left: dict[str, float] = {}
        for job in jobs:
            self.left[job.framework] = self.left.get(job.framework, 0.0) + self._cost(job)
        self.spent: dict[str, float] = {}
        self.worked: dict[str, float] = {}
        self.workers = workers
        self.start = time.monotonic()
        self.bar: Any = None

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
        """Time left by the rows' costs and what such a cost took so far, framework by framework."""
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


def _run_jobs(jobs: Sequence[Job], workers: int, echo: Echo, keep: Callable[[Outcome], str]) -> list[Outcome]:
    """Run jobs; ``keep`` stores an outcome and says how it went in a few words."""
    queues: dict[str, deque[Job]] = {}
    for job in jobs:
        queues.setdefault(job.framework, deque()).append(job)
    workers = max(1, min(workers, len(jobs)))
    progress = Progress(jobs, workers)
    outcomes: list[Outcome] = []
    bar: Any = None
    task: Any = None
    if sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
        from rich.progress import Progress as Bar

        bar = Bar(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("rows,"),
            TimeElapsedColumn(),
            TextColumn("gone, {task.fields[left]} left"),
            console=Console(stderr=True),
        )
        task = bar.add_task("results", total=len(jobs), left="?")

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        words = keep(outcome) if outcome.row is not None else f"FAILED: {outcome.error}"
        left = progress.note(outcome)
        if outcome.row is None:
            # At once and in full: the run may go on for an hour.
            print(f"FAILED: {outcome.job}\n{outcome.traceback or outcome.error}", file=sys.stderr, flush=True)
        if bar is not None:
            bar.update(task, advance=1, left=left)
        else:
            echo(f"[{len(outcomes)}/{len(jobs)}, {left} left] {outcome.job}: {words}")

    pool = Pool(workers, queues, done)
    if bar is not None:
        with bar:
            pool.run()
    else:
        pool.run()
    return outcomes


# -------------------------------------------------------------------------------------------- commands


def _frameworks(chosen: Sequence[str] | str | None) -> tuple[str, ...] | None:
    if chosen is None or not chosen:
        return None
    chosen = (chosen,) if isinstance(chosen, str) else tuple(chosen)
    for one in chosen:
        if one not in (*FRAMEWORKS, "plain"):
            raise UnknownNameError("framework", one, FRAMEWORKS)
    return chosen


def _chosen(name: str | Sequence[str] | None) -> list[Sweep]:
    wanted = names() if not name else [name] if isinstance(name, str) else list(name)
    return [get(one) for one in wanted]


def _default_jobs() -> int:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores)


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
    only = _frameworks(frameworks)
    todo: list[Job] = []
    for sweep in _chosen(name):
        states = store.status(sweep, only)
        for state in ("stale", "missing"):
            todo += [Job(sweep, settings, framework) for settings, framework in states[state]]
        counts = ", ".join(f"{len(states[state])} {state}" for state in ("fresh", "stale", "missing"))
        echo(f"{sweep.name}: {counts}")
        for settings, framework in states["stale"]:
            echo(f"  stale (its code changed since): {Job(sweep, settings, framework)}")
        if states["orphaned"]:
            echo(f"  {store.prune(sweep)} rows taken out that the grid no longer asks for")
    if not todo:
        return True
    order = {id(job): number for number, job in enumerate(todo)}
    # Cheap rows first: a mistake in the function shows in seconds.
    todo.sort(key=lambda job: (job.sweep.cost(job.settings), order[id(job)]))

    def keep(outcome: Outcome) -> str:
        assert outcome.row is not None
        store.append(outcome.job.sweep, outcome.row)
        return ", ".join(f"{metric} {outcome.row[metric]:.4g}" for metric in outcome.job.sweep.metrics)

    outcomes = _run_jobs(todo, jobs or _default_jobs(), echo, keep)
    failed = [outcome for outcome in outcomes if outcome.row is None]
    if failed:
        print(f"{len(failed)} of {len(todo)} rows failed:", file=sys.stderr)
        for outcome in failed:
            print(f"  {outcome.job}: {outcome.error}", file=sys.stderr)
    return not failed and len(outcomes) == len(todo)


def sample_of(sweep: Sweep, framework: str, sample: int, salt: str) -> list[store.Row]:
    """The recorded rows that a salt chooses: the same for the same salt, others for another.

    Parameters
    ----------
    sample : int
        How many; all where there are fewer.
    salt : str
        Any text; CI passes the commit.
    """
    rows = [row for row in store.read(sweep) if row["framework"] == framework]
    wanted = {key(settings) for settings in sweep.settings()}
    rows = [row for row in rows if key(store.settings_of(sweep, row)) in wanted]
    return by_salt(sweep, rows, salt)[:sample]


def by_salt(sweep: Sweep, rows: Iterable[store.Row], salt: str) -> list[store.Row]:
    """Rows of a sweep in an order that depends on the salt, and on nothing else."""

    def rank(row: store.Row) -> str:
        text = f"{salt} {sweep.name} {key(store.settings_of(sweep, row), row['framework'])}"
        return hashlib.sha256(text.encode()).hexdigest()

    return sorted(rows, key=rank)


def expected_seconds(jobs: Sequence[tuple[str, str, float]]) -> float:
    """What re-running rows should take, in processor seconds.

    Parameters
    ----------
    jobs : sequence of (framework, sweep, seconds)
        With the ``cpu_seconds`` that the table has for the row.

    Examples
    --------
    >>> expected_seconds([("torch", "a", 10.0), ("torch", "a", 5.0), ("torch", "b", 5.0)])
    28.0
    """
    starts = sum(START.get(framework, 0.0) for framework in {job[0] for job in jobs})
    warm_ups = sum(WARM_UP.get(framework, 0.0) for framework, _ in {job[:2] for job in jobs})
    return starts + warm_ups + sum(job[2] for job in jobs)


def within_minutes(
    groups: Mapping[tuple[str, str], Sequence[float]], minutes: float, salt: str
) -> dict[tuple[str, str], list[int]]:
    """Which of the sampled rows to run, so that all of them together stay within a budget.

    The groups take turns, in an order that the salt chooses: each puts forward its next row, which is taken
    if it still fits. So over many commits every table is sampled, dear rows too, however many tables there
    are.

    Parameters
    ----------
    groups : mapping of (framework, sweep) to seconds
        The recorded processor seconds of each group's sampled rows, in the order of the sample.
    minutes : float
        Processor minutes for all of them, starts included (:func:`expected_seconds`).
    salt : str
        Chooses the order of the groups.

    Returns
    -------
    dict
        For each group the numbers of the rows to run. A row that takes longer than the budget is never run.

    Examples
    --------
    >>> groups = {("torch", "a"): [30.0, 30.0], ("torch", "b"): [20.0, 500.0]}
    >>> within_minutes(groups, 1.5, salt="x")
    {('torch', 'a'): [0, 1], ('torch', 'b'): [0]}
    >>> within_minutes(groups, 0.5, salt="x")
    {('torch', 'a'): [], ('torch', 'b'): [0]}
    """
    order = sorted(groups, key=lambda group: hashlib.sha256(f"{salt} {group}".encode()).hexdigest())
    taken: dict[tuple[str, str], list[int]] = {group: [] for group in groups}
    jobs: list[tuple[str, str, float]] = []
    for turn in range(max(map(len, groups.values()), default=0)):
        for framework, sweep in order:
            costs = groups[framework, sweep]
            if turn >= len(costs):
                continue
            more = [*jobs, (framework, sweep, costs[turn])]
            if expected_seconds(more) <= 60 * minutes:
                jobs = more
                taken[framework, sweep].append(turn)
    return taken


def differences(job: Job, recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[list[str]]:
    """Where a re-run row is further from the recorded one than its tolerance: a line per metric.

    Metrics whose tolerance is None are not compared. Each line has the row, the metric, its recorded value,
    its value now, the difference and the tolerance, as :func:`print_differences` prints them.
    """
    lines = []
    for metric in job.sweep.metrics:
        tolerance = job.sweep.tolerance(metric, job.settings)
        if tolerance is None:
            continue
        old, new = recorded[metric], now[metric]
        difference = abs(new - old)
        # The table keeps six significant digits.
        if difference > tolerance + 1e-5 * max(1.0, abs(old)):
            numbers = (f"{old:.4g}", f"{new:.4g}", f"{difference:.2g}", f"{tolerance:g}")
            lines.append([str(job), metric, *numbers])
    return lines


def print_differences(lines: Sequence[Sequence[str]], echo: Echo) -> None:
    """Print what :func:`differences` gave as a table."""
    heads = ["row", "metric", "recorded", "now", "difference", "tolerance"]
    widths = [max(len(line[i]) for line in [heads, *lines]) for i in range(len(heads))]
    for line in [heads, ["-" * width for width in widths], *lines]:
        echo("  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip())


def check_sweeps(
    name: str | Sequence[str] | None = None,
    *,
    frameworks: Sequence[str] | str | None = None,
    sample: int = 2,
    minutes: float | None = None,
    salt: str = "",
    jobs: int | None = None,
    echo: Echo = print,
) -> bool:
    """Re-run a sample of the recorded rows and compare them with the tables; nothing is written.

    Parameters
    ----------
    name, frameworks, jobs, echo
        As for :func:`run_sweeps`.
    sample : int
        Rows per sweep and framework, at most.
    minutes : float, optional
        Processor minutes that the whole sample may be expected to take, by the times in the tables: of the
        sampled rows as many are run as fit (:func:`within_minutes`).
    salt : str
        Chooses the sample.

    Returns
    -------
    bool
        Whether the tables are complete and every re-run metric is within its tolerance. If not, a table of
        what differs has been printed.
    """
    if sample < 1:
        raise SweepError(f"A sample of {sample} rows checks nothing.", "Pass --sample 1 or more.")
    if minutes is not None and not minutes > 0:
        raise SweepError(f"{minutes} minutes are no time to check in.", "Pass --minutes 1 or more.")
    only, good = _frameworks(frameworks), True
    sampled: dict[tuple[str, str], list[tuple[Job, store.Row]]] = {}
    for sweep in _chosen(name):
        states = store.status(sweep, only)
        for state in ("missing", "stale"):
            if states[state]:
                good = False
                examples = "; ".join(str(Job(sweep, *one)) for one in states[state][:3])
                echo(
                    f"{sweep.name}: {len(states[state])} rows are {state}, such as {examples}. "
                    "Run `make results`."
                )
        for framework in sweep.frameworks:
            if only is not None and framework not in only:
                continue
            sampled[framework, sweep.name] = [
                (Job(sweep, store.settings_of(sweep, row), framework), row)
                for row in sample_of(sweep, framework, sample, salt)
            ]
    chosen = {group: list(range(len(rows))) for group, rows in sampled.items()}
    if minutes is not None:
        costs = {group: [row["cpu_seconds"] for _, row in rows] for group, rows in sampled.items()}
        chosen = within_minutes(costs, minutes, salt)
        if any(costs.values()) and not any(chosen.values()):
            raise SweepError(
                f"No recorded row can be run again in {minutes:g} minutes of processor time.",
                "Give more: pass a larger --minutes.",
            )
        tables = sum(1 for rows in chosen.values() if rows)
        echo(
            f"{minutes:g} minutes of processor time are enough for rows of {tables} of {len(chosen)} tables."
        )
    todo: list[Job] = []
    recorded: dict[str, store.Row] = {}
    for group, rows in sampled.items():
        for job, row in (rows[number] for number in chosen[group]):
            todo.append(job)
            recorded[str(job)] = row
    lines: list[list[str]] = []

    def keep(outcome: Outcome) -> str:
        assert outcome.row is not None
        beyond = differences(outcome.job, recorded[str(outcome.job)], outcome.row)
        lines.extend(beyond)
        return "DIFFERS" if beyond else "as recorded"

    outcomes = _run_jobs(todo, jobs or _default_jobs(), echo, keep) if todo else []
    if lines:
        print_differences(lines, echo)
        echo("These rows no longer come out as recorded. If the change is meant, run `make results` again.")
    failed = [outcome for outcome in outcomes if outcome.row is None]
    echo(f"{len(outcomes) - len(failed)} of {len(todo)} sampled rows re-run (salt {salt!r}).")
    return good and not lines and not failed


def main(arguments: Sequence[str] | None = None) -> int:
    """``python -m tlcourse.sweeps``: what ``tlcourse results`` does, with ``--jobs``."""
    import argparse

    from tlcourse.errors import CourseError
    from tlcourse.sweeps.rehash import rehash_sweeps

    parser = argparse.ArgumentParser(prog="tlcourse results", description=run_sweeps.__doc__)
    parser.add_argument("name", nargs="*", help="sweeps; all by default")
    parser.add_argument("--framework", action="append", help="only this one; may be repeated")
    parser.add_argument("--jobs", type=int, help="worker processes; one per core by default")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--check", action="store_true", help="re-run a sample and compare")
    what.add_argument(
        "--rehash", action="store_true", help="give stale rows the new hash if a sample comes out as recorded"
    )
    parser.add_argument(
        "--sample", type=int, help="rows per sweep and framework, at most; 2 to check, 5 to rehash"
    )
    parser.add_argument("--minutes", type=float, help="check: processor minutes for the sample, in all")
    parser.add_argument("--salt", default="", help="chooses the sample")
    chosen = parser.parse_args(arguments)
    common: dict[str, Any] = {"frameworks": chosen.framework, "jobs": chosen.jobs}
    common["echo"] = lambda line: print(line, flush=True)
    try:
        if chosen.check:
            sampling = {"minutes": chosen.minutes, "salt": chosen.salt}
            good = check_sweeps(
                chosen.name, sample=2 if chosen.sample is None else chosen.sample, **sampling, **common
            )
        elif chosen.rehash:
            good = rehash_sweeps(
                chosen.name, sample=5 if chosen.sample is None else chosen.sample, salt=chosen.salt, **common
            )
        else:
            good = run_sweeps(chosen.name, **common)
    except CourseError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. What is done is kept; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0 if good else 1
