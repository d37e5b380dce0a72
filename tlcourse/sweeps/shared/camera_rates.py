"""How a rate is searched on the images that a camera made, and which one a row of a comparison gets.

Each division of the solar cells has a search and a rate of its own: another seed's validation modules may be
its test modules. The photos have one division, and one rate for all seeds, found with seeds of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tlcourse.sweeps.engine.spec import Settings
from tlcourse.sweeps.shared.rates import chosen_rates

__all__ = ["chosen_rate", "search_grid"]


def search_grid(
    cells: Mapping[str, int], rates: Mapping[str, Sequence[float]], seeds: Mapping[str, Sequence[int]]
) -> list[Settings]:
    """A row for each data set, method, rate and seed.

    Parameters
    ----------
    cells : mapping
        Data set -> the images per class with which its rates are searched.
    rates : mapping
        Method -> the rates to try.
    seeds : mapping
        Data set -> the seeds of its search.
    """
    return [
        {"dataset": dataset, "method": method, "per_class": per_class, "lr": lr, "seed": seed}
        for dataset, per_class in cells.items()
        for method, tried in rates.items()
        for lr in tried
        for seed in seeds[dataset]
    ]


def chosen_rate(search: str, settings: Settings) -> Settings:
    """``lr`` for a row of a comparison, by its ``dataset``, ``method`` and ``seed``.

    Raises
    ------
    SweepError
        If rows of the search are missing.
    """
    dataset, method = settings["dataset"], settings["method"]
    if dataset == "photos":
        return {"lr": chosen_rates(search, ("dataset", "method"))[dataset, method]}
    return {"lr": chosen_rates(search, ("dataset", "method", "seed"))[dataset, method, settings["seed"]]}
