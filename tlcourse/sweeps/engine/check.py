"""``tlcourse results --check``: a sample of the recorded rows is run again and compared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tlcourse.sweeps.engine.pool import Job, Outcome
from tlcourse.sweeps.engine.run import Echo, chosen_frameworks, chosen_sweeps, run_jobs
from tlcourse.sweeps.engine.sample import sample_of, within_minutes
from tlcourse.sweeps.engine.spec import Sweep, SweepError
from tlcourse.sweeps.engine.store import Row, settings_of, status

__all__ = ["check_sweeps", "differences", "print_differences"]

Sampled = list[tuple[Job, Row]]
"""Rows to run again, each with what is recorded of it."""


def differences(job: Job, recorded: Mapping[str, Any], now: Mapping[str, Any]) -> list[list[str]]:
    """Where a re-run row is further from the recorded one than its tolerance: a line per metric.

    Metrics whose tolerance is None are not compared. Each line has the row, the metric, its recorded value,
    its value now, the difference and the tolerance, as :func:`print_differences` prints them.
    """
    lines = []
    for metric in job.sweep.metrics:
        tolerance = job.sweep.tolerance(metric, job.settings, job.framework)
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


def _complete(sweep: Sweep, only: tuple[str, ...] | None, echo: Echo) -> bool:
    """Whether a table has every row of the grid, each of today's code; says what it lacks."""
    states = status(sweep, only)
    for state in ("missing", "stale"):
        if states[state]:
            examples = "; ".join(str(Job(sweep, *one)) for one in states[state][:3])
            count = len(states[state])
            echo(f"{sweep.name}: {count} rows are {state}, such as {examples}. Run `make results`.")
    return not states["missing"] and not states["stale"]


def _that_fit(
    groups: dict[tuple[str, str], Sampled], minutes: float, salt: str, echo: Echo
) -> dict[tuple[str, str], Sampled]:
    """Of each group's sampled rows those that can be run within the minutes."""
    costs = {group: [row["cpu_seconds"] for _, row in rows] for group, rows in groups.items()}
    chosen = within_minutes(costs, minutes, salt)
    if any(costs.values()) and not any(chosen.values()):
        raise SweepError(
            f"No recorded row can be run again in {minutes:g} minutes of processor time.",
            "Give more: pass a larger --minutes.",
        )
    tables = sum(1 for rows in chosen.values() if rows)
    echo(f"{minutes:g} minutes of processor time are enough for rows of {tables} of {len(chosen)} tables.")
    return {group: [groups[group][number] for number in numbers] for group, numbers in chosen.items()}


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

    Raises
    ------
    UnknownNameError, SweepError
        For an unknown sweep or framework, a damaged table, a sample of no rows, or minutes in which no row
        can be run.
    """
    if sample < 1:
        raise SweepError(f"A sample of {sample} rows checks nothing.", "Pass --sample 1 or more.")
    if minutes is not None and not minutes > 0:
        raise SweepError(f"{minutes} minutes are too short for a check.", "Pass --minutes 1 or more.")
    only, complete = chosen_frameworks(frameworks), True
    groups: dict[tuple[str, str], Sampled] = {}
    for sweep in chosen_sweeps(name):
        complete = _complete(sweep, only, echo) and complete
        for framework in sweep.frameworks:
            if only is None or framework in only:
                groups[framework, sweep.name] = [
                    (Job(sweep, settings_of(sweep, row), framework), row)
                    for row in sample_of(sweep, framework, sample, salt)
                ]
    if minutes is not None:
        groups = _that_fit(groups, minutes, salt, echo)
    todo = [job for rows in groups.values() for job, _ in rows]
    recorded = {str(job): row for rows in groups.values() for job, row in rows}
    lines: list[list[str]] = []

    def keep(outcome: Outcome) -> str:
        assert outcome.row is not None
        beyond = differences(outcome.job, recorded[str(outcome.job)], outcome.row)
        lines.extend(beyond)
        return "DIFFERS" if beyond else "as recorded"

    outcomes = run_jobs(todo, jobs, echo, keep)
    if lines:
        print_differences(lines, echo)
        echo("These rows no longer come out as recorded. If the change is meant, run `make results` again.")
    failed = [outcome for outcome in outcomes if outcome.row is None]
    echo(f"{len(outcomes) - len(failed)} of {len(todo)} sampled rows re-run (salt {salt!r}).")
    return complete and not lines and not failed
