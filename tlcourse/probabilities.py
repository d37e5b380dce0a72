"""From a model's raw outputs to probabilities."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["softmax"]


def softmax(logits: np.ndarray) -> np.ndarray:
    """Logits to probabilities along the last axis.

    Parameters
    ----------
    logits : (..., C) float array

    Returns
    -------
    (..., C) array of the same dtype, each row summing to 1

    Examples
    --------
    >>> softmax(np.array([[0.0, 0.0], [1000.0, 0.0]])).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    # In double precision and less the largest, so that large logits neither overflow nor lose their sum.
    shifted: Any = np.exp(logits.astype(np.float64) - logits.max(axis=-1, keepdims=True))
    return (shifted / shifted.sum(axis=-1, keepdims=True)).astype(logits.dtype)
