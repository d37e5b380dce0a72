"""Which recorded rows are run again: chosen by a salt, and bounded in processor minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence

from tlcourse.sweeps.engine.spec import Sweep, key
from tlcourse.sweeps.engine.store import Row, read, settings_of

__all__ = ["by_salt", "expected_seconds", "sample_of", "within_minutes"]

START = {"torch": 6.0, "keras": 12.0, "plain": 1.0}
"""Processor seconds until a worker serves its first row."""

WARM_UP = {"torch": 1.0, "keras": 12.0, "plain": 0.0}
"""Processor seconds more for the first row of a sweep in a process: data to read, a graph to trace. The
tables do not hold them, as most recorded rows ran in a process that was warm."""


def sample_of(sweep: Sweep, framework: str, sample: int, salt: str) -> list[Row]:
    """The recorded rows that a salt chooses: the same for the same salt, different ones for a different salt.

    Parameters
    ----------
    sample : int
        How many; all where there are fewer.
    salt : str
        Any text; CI passes the commit.
    """
    rows = [row for row in read(sweep) if row["framework"] == framework]
    wanted = {key(settings) for settings in sweep.settings()}
    rows = [row for row in rows if key(settings_of(sweep, row)) in wanted]
    return by_salt(sweep, rows, salt)[:sample]


def by_salt(sweep: Sweep, rows: Iterable[Row], salt: str) -> list[Row]:
    """Rows of a sweep in an order that depends on the salt, and on nothing else."""

    def rank(row: Row) -> str:
        text = f"{salt} {sweep.name} {key(settings_of(sweep, row), row['framework'])}"
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
    chosen: dict[tuple[str, str], list[int]] = {group: [] for group in groups}
    jobs: list[tuple[str, str, float]] = []
    for turn in range(max(map(len, groups.values()), default=0)):
        for framework, sweep in order:
            costs = groups[framework, sweep]
            if turn >= len(costs):
                continue
            more = [*jobs, (framework, sweep, costs[turn])]
            if expected_seconds(more) <= 60 * minutes:
                jobs = more
                chosen[framework, sweep].append(turn)
    return chosen
