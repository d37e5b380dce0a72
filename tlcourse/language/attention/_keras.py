"""Keras: scaled dot-product attention, and what the layers of BERT and of GPT share.

Vaswani et al. 2017, "Attention Is All You Need", arXiv:1706.03762, section 3.2.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
from keras import ops

__all__ = ["TransformerLayer", "attend"]


def attend(query: Any, key: Any, value: Any, heads: int, allowed: Any, drop: Callable[[Any], Any]) -> Any:
    """For each token the mean of all tokens' values, weighted by how well their keys match its query.

    Parameters
    ----------
    query, key, value : float tensor (N, L, D)
    heads : int
        D is divided among this many heads, each with its own weights.
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


class TransformerLayer(keras.layers.Layer):
    """Sizes, dropout, and what Keras needs to make the layer again."""

    def __init__(
        self, width: int, inner: int, heads: int, epsilon: float, dropout: float, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.settings: dict[str, Any] = {
            "width": width,
            "inner": inner,
            "heads": heads,
            "epsilon": epsilon,
            "dropout": dropout,
        }
        self.drop = keras.layers.Dropout(dropout)

    def compute_output_shape(self, x_shape: Any, *_: Any) -> tuple[Any, ...]:
        """That of the input."""
        return tuple(x_shape)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the layer again."""
        return {**super().get_config(), **self.settings}
