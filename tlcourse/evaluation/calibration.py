"""Calibration: is the model as confident as it should be, and the temperature that makes it so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import SettingError, ShapeError
from tlcourse.evaluation._inputs import scored

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["expected_calibration_error", "fit_temperature", "reliability", "with_temperature"]


def reliability(labels: Any, probabilities: Any, bins: int = 10) -> pd.DataFrame:
    """Confidence and accuracy in bins of equal width.

    Parameters
    ----------
    labels : int array (N,)
    probabilities : float array (N, C)
    bins : int
        How many; bins are open on the left and closed on the right.

    Returns
    -------
    DataFrame
        A row for each bin: low, high, confidence (mean of the largest probability), accuracy, count; NaN
        where a bin is empty.

    Raises
    ------
    ShapeError
        As `accuracy`.
    SettingError
        For fewer than one bin.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017, section 2.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2], [0.4, 0.6], [0.3, 0.7]])
    >>> reliability([0, 1, 1, 1], p, bins=2).iloc[1].round(2).tolist()
    [0.5, 1.0, 0.75, 0.75, 4.0]
    """
    import pandas as pd

    bins = whole("bins", bins, 1)
    true, chances = scored(labels, probabilities)
    sure, right = chances.max(axis=1), chances.argmax(axis=1) == true
    edges = np.linspace(0, 1, bins + 1)
    # A float32 softmax may exceed 1 by a hair.
    which = np.clip(np.digitize(sure, edges, right=True) - 1, 0, bins - 1)
    rows = []
    for b in range(bins):
        in_bin = which == b
        mean = (sure[in_bin].mean(), right[in_bin].mean()) if in_bin.any() else (np.nan, np.nan)
        rows.append((edges[b], edges[b + 1], *mean, int(in_bin.sum())))
    return pd.DataFrame(rows, columns=["low", "high", "confidence", "accuracy", "count"])


def expected_calibration_error(labels: Any, probabilities: Any, bins: int = 10) -> float:
    """The expected calibration error: the gap between confidence and accuracy, averaged over bins.

    Parameters
    ----------
    labels, probabilities, bins
        As for `reliability`, and so are the errors.

    Returns
    -------
    float
        From 0 (calibrated) to 1. It grows with fewer images for a calibrated model too: compare on one set.

    Source: Guo et al., On Calibration of Modern Neural Networks, 2017, equation 3.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1]] * 10)
    >>> round(expected_calibration_error([0] * 6 + [1] * 4, p), 3)
    0.3
    """
    table = reliability(labels, probabilities, bins)
    full = table[table["count"] > 0]
    gap = (full["confidence"] - full["accuracy"]).abs()
    return float((gap * full["count"]).sum() / full["count"].sum())


def _logits(values: Any) -> np.ndarray:
    z = np.asarray(values, np.float64)
    if z.ndim != 2 or z.shape[1] < 2 or not len(z) or not np.isfinite(z).all():
        raise ShapeError(
            f"The logits have shape {z.shape}; finite numbers (N, C), C of 2 or more, are needed.",
            "Pass the model's raw outputs, before the softmax.",
        )
    return z


def with_temperature(logits: Any, temperature: float) -> np.ndarray:
    """The softmax of the logits divided by the temperature, float32 (N, C).

    Above 1 it makes the model less confident, below 1 more confident. The order of the classes stays.

    Raises
    ------
    ShapeError
        For other shapes.
    SettingError
        For a temperature that is not above 0.

    Examples
    --------
    >>> with_temperature([[2.0, 0.0]], 1e6).round(2).tolist()
    [[0.5, 0.5]]
    """
    from tlcourse.probabilities import softmax

    if not temperature > 0:
        raise SettingError(
            f"The temperature is {temperature!r}.", "Give a number above 0; 1 changes nothing."
        )
    return softmax(_logits(logits) / temperature).astype(np.float32)


def fit_temperature(logits: Any, labels: Any) -> float:
    """The temperature with the lowest cross-entropy (Guo et al. 2017, arXiv:1706.04599).

    Parameters
    ----------
    logits : float array (N, C)
        Of validation images: on the training images a model is overconfident, and on the test images it is
        too late.
    labels : int array (N,)

    Returns
    -------
    float
        From 0.01 to 100.

    Raises
    ------
    ShapeError
        If logits and labels do not match.

    Examples
    --------
    >>> z = np.array([[8.0, 0.0], [8.0, 0.0], [8.0, 0.0], [8.0, 0.0]])
    >>> round(fit_temperature(z, [0, 0, 0, 1]), 2)  # it says 0.9997 and is right in 3 of 4
    7.28
    """
    from scipy.optimize import minimize_scalar

    z, y = _logits(logits), np.asarray(labels)
    if y.shape != (len(z),) or y.dtype.kind not in "iu" or y.min() < 0 or y.max() >= z.shape[1]:
        raise ShapeError(
            f"There are logits {z.shape} and labels of shape {y.shape}, dtype {y.dtype}.",
            "Give one class number for each row of the logits, from 0 to C - 1.",
        )

    def loss(log_t: float) -> float:
        scaled = z / np.exp(log_t)
        scaled -= scaled.max(1, keepdims=True)
        return float(-(scaled[np.arange(len(y)), y] - np.log(np.exp(scaled).sum(1))).mean())

    optimum = minimize_scalar(loss, bounds=(np.log(0.01), np.log(100)), method="bounded")
    return float(np.exp(optimum.x))
