"""Scaled dot-product attention in Keras (Vaswani et al. 2017, arXiv:1706.03762, section 3.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from keras import ops

__all__ = ["attend"]


def attend(query: Any, key: Any, value: Any, heads: int, allowed: Any, drop: Callable[[Any], Any]) -> Any:
    """Each token's mean of the values of others, weighted by how well their keys fit its query.

    Parameters
    ----------
    query, key, value : float tensor (N, L, D)
    heads : int
        D is divided among so many, each with weights of its own.
    allowed : bool tensor that fits (N, heads, L, L)
        True where the token of the third axis may look at that of the fourth.
    drop : callable
        Dropout of the weights.

    Returns
    -------
    float tensor (N, L, D)
    """
    length, width = ops.shape(query)[1], query.shape[-1]

    def split(x: Any) -> Any:
        return ops.transpose(ops.reshape(x, (-1, length, heads, width // heads)), (0, 2, 1, 3))

    scores = ops.matmul(split(query), ops.transpose(split(key), (0, 1, 3, 2))) * (width // heads) ** -0.5
    weights = drop(ops.softmax(ops.where(allowed, scores, -1e9), axis=-1))
    joined = ops.transpose(ops.matmul(weights, split(value)), (0, 2, 1, 3))
    return ops.reshape(joined, (-1, length, width))
