"""Keras: the embedding layer, and the mean under a mask."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["MeanReader", "embedding"]


@keras.saving.register_keras_serializable("tlcourse")
class WordEmbedding(keras.layers.Embedding):
    """``keras.layers.Embedding`` whose gradient has one row a word, however often it is in a batch.

    With the TensorFlow backend the plain layer's gradient has a row an occurrence, and Keras' Adam takes the
    sum of their squares for the square of their sum: frequent words would take steps that are too long.
    """

    def call(self, inputs: Any) -> Any:
        """Tokens int (N, L) to vectors (N, L, D)."""
        # Through a product the gradient is dense, its rows summed by word.
        return ops.take(self.embeddings * 1.0, ops.cast(inputs, "int32"), axis=0)


def embedding(table: np.ndarray, trainable: bool) -> WordEmbedding:
    """See `tlcourse.embeddings.embedding`."""
    layer = WordEmbedding(*table.shape, mask_zero=True, trainable=trainable, name="embedding")
    layer.build((None, None))
    layer.set_weights([table])
    return layer


def mask_weight(mask: Any, like: Any) -> Any:
    """A mask (N, L) as numbers (N, L, 1); all ones where there is none."""
    if mask is None:
        return ops.ones_like(like[..., :1])
    return ops.expand_dims(ops.cast(mask, like.dtype), -1)


@keras.saving.register_keras_serializable("tlcourse")
class MeanReader(keras.layers.Layer):
    """The mean of a text's vectors, padding left out: (N, L, D) to (N, D); zeros for a text without words.

    ``GlobalAveragePooling1D`` does the same, but divides 0 by 0 for an empty text.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, vectors: Any, mask: Any = None) -> Any:
        """The mean; the mask comes from the embedding."""
        weight = mask_weight(mask, vectors)
        return ops.sum(vectors * weight, 1) / ops.maximum(ops.sum(weight, 1), 1.0)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """A text has one vector now: nothing is left to mask."""
        return None

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """(N, D)."""
        return (input_shape[0], input_shape[-1])
