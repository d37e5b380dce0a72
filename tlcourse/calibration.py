"""One number that makes a model as sure as it should be: the temperature."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.errors import ShapeError

__all__ = ["fit_temperature", "with_temperature"]


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

    Above 1 it makes the model less sure, below 1 surer. The order of the classes stays.

    Raises
    ------
    ShapeError
        For other shapes, or a temperature that is not above 0.

    Examples
    --------
    >>> with_temperature([[2.0, 0.0]], 1e6).round(2).tolist()
    [[0.5, 0.5]]
    """
    from tlcourse.training import softmax

    if not temperature > 0:
        raise ShapeError(f"The temperature is {temperature!r}.", "Give a number above 0; 1 changes nothing.")
    return softmax(_logits(logits) / temperature)


def fit_temperature(logits: Any, labels: Any) -> float:
    """The temperature with the lowest cross-entropy (Guo et al. 2017, arXiv:1706.04599).

    Parameters
    ----------
    logits : float array (N, C)
        Of validation pictures: on the training pictures a model is too sure, on the test pictures it is too
        late.
    labels : int array (N,)

    Returns
    -------
    float
        From 0.01 to 100.

    Raises
    ------
    ShapeError
        If logits and labels do not fit one another.

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

    found = minimize_scalar(loss, bounds=(np.log(0.01), np.log(100)), method="bounded")
    return float(np.exp(found.x))
