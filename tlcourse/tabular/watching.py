"""What investigators find in a day, and whether numbers are distributed as they were."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import DataError

__all__ = ["precision_at", "stability"]


def precision_at(
    scores: npt.ArrayLike,
    frauds: npt.ArrayLike,
    days: npt.ArrayLike,
    k: int = 100,
    cards: npt.ArrayLike | None = None,
) -> float:
    """The share of frauds among the `k` highest scores of each day, a mean over the days.

    Parameters
    ----------
    scores : array (N,)
    frauds : array of 0 and 1 (N,)
    days : array (N,)
        The day of each payment.
    k : int
        How many payments, or cards, are investigated each day.
    cards : array (N,), optional
        The card of each payment. Then cards are counted: the score of a card is its highest of the day, and
        it counts as found if one of its payments of the day is a fraud ("card precision").

    Returns
    -------
    float
        From 0 to 1. A day with fewer frauds than `k` cannot reach 1.

    Raises
    ------
    DataError
        For columns of different lengths, or without rows.
    SettingError
        If `k` is not a whole number, 1 or more.

    Examples
    --------
    >>> precision_at([0.9, 0.8, 0.1, 0.7, 0.2], [1, 0, 1, 1, 0], [0, 0, 0, 1, 1], k=2)
    0.5
    """
    import pandas as pd

    k = whole("k", k, 1)
    columns = [np.asarray(one) for one in (scores, frauds, days)]
    columns.append(np.arange(len(columns[0])) if cards is None else np.asarray(cards))
    if len({one.shape for one in columns}) > 1 or not columns[0].size:
        raise DataError(
            f"The columns have the shapes {', '.join(str(one.shape) for one in columns)}.",
            "Give a score, a label and a day for each payment.",
        )
    table = pd.DataFrame(dict(zip(("score", "fraud", "day", "card"), columns, strict=True)))
    each = table.groupby(["day", "card"])[["score", "fraud"]].max().reset_index()
    best = each.sort_values(["score", "card"], ascending=[False, True], kind="stable").groupby("day").head(k)
    return float((best.groupby("day")["fraud"].sum() / k).mean())


def stability(reference: npt.ArrayLike, now: npt.ArrayLike, bins: int = 10) -> float:
    """The population stability index: how far a number's distribution moved from its reference.

    The reference is cut into `bins` parts of equal size (fewer where many values are equal); with the shares
    r and n in each part it is the sum of (n - r) log(n / r). Below 0.1 is usually called stable, above 0.25
    a large change. These limits are habits, not tests.

    Parameters
    ----------
    reference, now : array (N,), (M,)
    bins : int
        2 or more.

    Returns
    -------
    float
        0 or more.

    Raises
    ------
    DataError
        Where there are no numbers.
    SettingError
        For fewer than two parts.

    Examples
    --------
    >>> import numpy as np
    >>> stability(np.arange(1000), np.arange(1000))
    0.0
    >>> round(stability(np.arange(1000), np.arange(1000) + 200), 2)
    1.27
    """
    bins = whole("The number of parts", bins, 2)
    old, new = np.asarray(reference, np.float64).ravel(), np.asarray(now, np.float64).ravel()
    if not old.size or not new.size:
        raise DataError("There are no numbers to compare.", "Give some of the past and some of now.")
    edges = np.unique(np.quantile(old, np.linspace(0, 1, bins + 1)[1:-1]))
    shares = [
        np.bincount(np.searchsorted(edges, one, side="left"), minlength=len(edges) + 1) / len(one)
        for one in (old, new)
    ]
    # Half a row where there is none: the logarithm of nothing has no value.
    r, n = (np.maximum(share, 0.5 / len(one)) for share, one in zip(shares, (old, new), strict=True))
    return float(((n - r) * np.log(n / r)).sum())
