"""Is one model better than another, on the same images?"""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import SettingError, ShapeError
from tlcourse.evaluation.intervals import Interval

__all__ = ["paired_bootstrap"]


def paired_bootstrap(
    first: Any, second: Any, *, resamples: int = 2000, level: float = 0.95, seed: int = 0
) -> Interval:
    """The mean of ``second - first`` with its bootstrap interval, images drawn in pairs.

    The same images are drawn for both, so what is hard for both cancels (Efron and Tibshirani 1993, An
    Introduction to the Bootstrap; percentile interval).

    Parameters
    ----------
    first, second : array (N,)
        Each model's result for each image, in the same order: right or wrong, or a loss.
    resamples : int
        Resamples of the images, 100 or more.
    level : float
        Share of the drawn differences inside the interval, above 0 and below 1.
    seed : int

    Returns
    -------
    Interval
        In the units of the input; its value is the difference itself.

    Raises
    ------
    ShapeError
        If the two differ in length, or a number is not finite.
    SettingError
        If a number is out of its range.

    Examples
    --------
    >>> right = np.arange(100) % 10 != 0  # 90 of 100
    >>> paired_bootstrap(right, right).value
    0.0
    >>> better = right | (np.arange(100) == 0)
    >>> round(paired_bootstrap(right, better).value, 2)
    0.01
    """
    a, b = (np.asarray(values, np.float64) for values in (first, second))
    if a.ndim != 1 or a.shape != b.shape or not len(a) or not (np.isfinite(a) & np.isfinite(b)).all():
        raise ShapeError(
            f"The two have shapes {a.shape} and {b.shape}, and must be finite numbers.",
            "Give one number for each image, for both models, in the same order.",
        )
    resamples = whole("resamples", resamples, 100)
    if not 0 < level < 1:
        raise SettingError(f"level is {level!r}.", "Give a number between 0 and 1, such as 0.95.")
    difference = b - a
    rows = np.random.default_rng(seed).integers(0, len(a), (resamples, len(a)))
    drawn = difference[rows].mean(1)
    low, high = np.quantile(drawn, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(difference.mean()), float(low), float(high), level)
