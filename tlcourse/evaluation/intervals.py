"""How certain is a mean?"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import SettingError, ShapeError

__all__ = ["Interval", "bootstrap_interval"]


class Interval(NamedTuple):
    """An estimate with the ends of its interval.

    Examples
    --------
    >>> print(Interval(0.8, 0.72, 0.87, 0.95))
    0.80 (95% interval 0.72 to 0.87)
    """

    value: float
    low: float
    high: float
    level: float

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.level:.0%} interval {self.low:.2f} to {self.high:.2f})"


def bootstrap_interval(values: Any, *, level: float = 0.95, resamples: int = 2000, seed: int = 0) -> Interval:
    """The mean of a sample with its percentile bootstrap interval.

    Parameters
    ----------
    values : array (N,)
        For the accuracy of one model on a test set: ``predicted == labels``. For a mean over seeds: the runs.
    level : float
        Between 0 and 1.
    resamples : int
        Samples drawn with replacement.
    seed : int

    Returns
    -------
    Interval
        value, low, high, level.

    Raises
    ------
    ShapeError
        For fewer than two values, or NaN among them.
    SettingError
        For a level that is not between 0 and 1, or fewer than one resample.

    Source: Efron, Bootstrap methods: another look at the jackknife, 1979; the percentile interval of Efron
    and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13.

    Examples
    --------
    >>> print(bootstrap_interval(np.arange(100) < 80))
    0.80 (95% interval 0.72 to 0.88)
    """
    array = np.asarray(values, dtype=np.float64)
    if array.ndim != 1 or len(array) < 2 or not np.isfinite(array).all():
        raise ShapeError(
            f"The bootstrap needs two or more finite numbers in a row; found shape {array.shape}"
            f"{', with NaN or infinity' if array.size and not np.isfinite(array).all() else ''}.",
            "Pass one number per image (right or wrong) or per run.",
        )
    resamples = whole("resamples", resamples, 1)
    if not 0 < level < 1:
        raise SettingError(f"level is {level!r}.", "Give a number between 0 and 1, such as 0.95.")
    rng = np.random.default_rng(seed)
    means = np.array([array[rng.integers(0, len(array), len(array))].mean() for _ in range(resamples)])
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(array.mean()), float(low), float(high), level)
