"""A small network for tables, in both frameworks: the same start, the same batches, the same schedule.

Its weights are plain arrays, so they can be averaged, kept and asked without a framework. Two hidden layers
of :data:`HIDDEN` units and a logit; with `adapted`, a residual bottleneck behind each hidden layer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tlcourse.frameworks import side

__all__ = ["HIDDEN", "NARROW", "PARTS", "adapted", "averaged", "batches", "logits", "start", "trained"]

HIDDEN, NARROW = 64, 8
"""Units of a hidden layer, and of an adapter."""
PARTS = ("all", "last", "adapters")
"""What is trained: everything; the last layer; the adapters and the last layer."""

Weights = list[npt.NDArray[np.float32]]


def start(features: int, seed: int) -> Weights:
    """Random weights and biases, layer by layer; weights have the shape (in, out)."""
    rng = np.random.default_rng([seed, 13])
    made: Weights = []
    for wide, narrow in ((features, HIDDEN), (HIDDEN, HIDDEN), (HIDDEN, 1)):
        made += [
            rng.normal(0, (2 / wide) ** 0.5, (wide, narrow)).astype(np.float32),
            np.zeros(narrow, np.float32),
        ]
    return made


def adapted(weights: Sequence[np.ndarray], seed: int) -> Weights:
    """The weights and those of two adapters, which change nothing as yet: their second matrix is zero."""
    rng = np.random.default_rng([seed, 14])
    more = [
        array.astype(np.float32)
        for _ in range(2)
        for array in (rng.normal(0, HIDDEN**-0.5, (HIDDEN, NARROW)), np.zeros((NARROW, HIDDEN)))
    ]
    return [*weights[:6], *more]


def averaged(many: Sequence[Weights], shares: Sequence[float]) -> Weights:
    """The mean of several networks' weights, array by array; the shares add up to 1."""
    return [
        np.sum([share * array for share, array in zip(shares, arrays, strict=True)], axis=0, dtype=np.float32)
        for arrays in zip(*many, strict=True)
    ]


def batches(rows: npt.NDArray[np.int64], steps: int, size: int, seed: int) -> npt.NDArray[np.int64]:
    """Rows for each step, int64 (steps, size), drawn from `rows` with replacement."""
    return rows[np.random.default_rng([seed, 15]).integers(0, len(rows), (steps, size))]


def logits(weights: Sequence[np.ndarray], x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """What the network says: float32 (N,)."""
    hidden = x
    for layer in range(2):
        hidden = np.maximum(hidden @ weights[2 * layer] + weights[2 * layer + 1], 0)
        if len(weights) > 6:
            down, up = weights[6 + 2 * layer : 8 + 2 * layer]
            hidden = hidden + np.maximum(hidden @ down, 0) @ up
    return np.asarray((hidden @ weights[4] + weights[5])[:, 0], np.float32)


def trained(
    framework: str,
    weights: Sequence[np.ndarray],
    x: npt.NDArray[np.float32],
    y: np.ndarray,
    rows: npt.NDArray[np.int64],
    rate: float,
    part: str = "all",
) -> Weights:
    """The weights after training on the batches: Adam, the rate falling to 0 by a cosine, cross-entropy.

    Parameters
    ----------
    framework : {"torch", "keras"}
    weights : sequence of float32 arrays
        Of `start` or `adapted`; they are not changed.
    x : float32 array (N, D)
    y : array of 0 and 1 (N,)
    rows : int64 array (steps, size)
        Of `batches`.
    rate : float
    part : str
        One of :data:`PARTS`.
    """
    return list(side(__name__, framework).train(list(weights), x, y.astype(np.float32), rows, rate, part))
