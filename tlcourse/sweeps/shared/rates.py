"""The rates that the searches chose, read from their recorded tables.

The rule is one for all: of the rates that were tried in a cell the one with the best mean over the seeds.
Where several have the best mean, to within the digits that a table keeps, it is the lowest of them: small
validation sets often tie, and the lower rate is the more cautious one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from tlcourse.sweeps.engine.registry import get
from tlcourse.sweeps.engine.spec import SweepError
from tlcourse.sweeps.engine.store import read, status, table_path

__all__ = ["best_rates", "chosen_rates"]

TIE = 1e-5
"""Means that differ by less count as equal: the tables keep six significant digits."""


def best_rates(
    rows: Sequence[Mapping[str, Any]], by: Sequence[str], metric: str, rate: str = "lr", lowest: bool = False
) -> dict[tuple[Any, ...], float]:
    """For each cell the rate with the best mean of a metric, and the lowest of those that tie.

    Parameters
    ----------
    rows : sequence of mapping
        One for each run: the settings, ``rate`` among them, and the metric.
    by : sequence of str
        The settings that make a cell. The mean is over all others, the rate apart.
    metric, rate : str
    lowest : bool
        Whether the lowest mean is the best one, as of a loss.

    Examples
    --------
    >>> rows = [{"head": "linear", "lr": lr, "seed": seed, "val_accuracy": accuracy}
    ...         for lr, both in {1e-3: (0.7, 0.8), 1e-4: (0.8, 0.7), 1e-2: (0.9, 0.5)}.items()
    ...         for seed, accuracy in enumerate(both)]
    >>> best_rates(rows, ["head"], "val_accuracy")
    {('linear',): 0.0001}
    """
    cells: dict[tuple[Any, ...], dict[float, list[float]]] = {}
    for row in rows:
        tried = cells.setdefault(tuple(row[name] for name in by), {})
        tried.setdefault(row[rate], []).append(-row[metric] if lowest else row[metric])
    best = {}
    for cell, tried in cells.items():
        means = {value: sum(scores) / len(scores) for value, scores in tried.items()}
        highest = max(means.values())
        best[cell] = min(value for value, mean in means.items() if highest - mean <= TIE)
    return best


def chosen_rates(
    search: str, by: Sequence[str], metric: str = "val_accuracy", rate: str = "lr", lowest: bool = False
) -> dict[tuple[Any, ...], float]:
    """What a recorded search chose: :func:`best_rates` of its table.

    For grids and for what a sweep's rows are ``given``, never inside of a row's function: a row's hash must
    know the rate, and it knows the settings and what is given.

    Parameters
    ----------
    search : str
        Name of the sweep. One that reads it names it in ``after``.
    by, metric, rate, lowest
        As for :func:`best_rates`.

    Raises
    ------
    SweepError
        If rows of the search are missing.
    """
    path = table_path(get(search))
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return dict(_chosen(search, tuple(by), metric, rate, lowest, str(path), changed))


@lru_cache(maxsize=64)
def _chosen(
    search: str, by: tuple[str, ...], metric: str, rate: str, lowest: bool, path: str, changed: int
) -> dict[tuple[Any, ...], float]:
    """``path`` and ``changed`` make it read again what was written meanwhile."""
    sweep = get(search)
    if missing := len(status(sweep)["missing"]):
        raise SweepError(
            f"The search {search!r} has chosen nothing yet: {missing} of its rows are missing.",
            f"Run `tlcourse results {search}` first.",
        )
    return best_rates(read(sweep), by, metric, rate, lowest)
