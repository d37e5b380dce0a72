"""Keras: the embedding layer and the readers of `tlcourse.embeddings.classifier`."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
from keras import ops

__all__ = ["ConvReader", "MeanReader", "WordEmbedding", "embedding", "gru_reader"]


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


def _weight(mask: Any, like: Any) -> Any:
    """A mask (N, L) as numbers (N, L, 1); all ones where there is none."""
    if mask is None:
        return ops.ones_like(like[..., :1])
    return ops.expand_dims(ops.cast(mask, like.dtype), -1)


@keras.saving.register_keras_serializable("tlcourse")
class MeanReader(keras.layers.Layer):
    """The mean of a text's vectors, padding left out: (N, L, D) to (N, D); zeros for a text without words.

    ``GlobalAveragePooling1D`` does the same, but divides nought by nought for an empty text.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.supports_masking = True

    def call(self, vectors: Any, mask: Any = None) -> Any:
        """The mean; the mask comes from the embedding."""
        weight = _weight(mask, vectors)
        return ops.sum(vectors * weight, 1) / ops.maximum(ops.sum(weight, 1), 1.0)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """A text has one vector now: nothing is left to mask."""
        return None

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """(N, D)."""
        return (input_shape[0], input_shape[-1])


@keras.saving.register_keras_serializable("tlcourse")
class ConvReader(keras.layers.Layer):
    """A convolution over neighbouring words, and each filter's highest answer: (N, L, D) to (N, units).

    Kim 2014, "Convolutional Neural Networks for Sentence Classification", arXiv:1408.5882, with one width.
    Keras' ``GlobalMaxPooling1D`` knows no mask: a filter's highest answer could come from the padding.
    """

    def __init__(self, units: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.units, self.width = units, width
        self.supports_masking = True
        self.conv = keras.layers.Conv1D(units, width, padding="same", activation="relu", name="conv")

    def build(self, input_shape: Any) -> None:
        """Make the convolution's weights."""
        self.conv.build(input_shape)

    def call(self, vectors: Any, mask: Any = None) -> Any:
        """Padding gives 0, the least a ReLU gives."""
        weight = _weight(mask, vectors)
        return ops.max(self.conv(vectors * weight) * weight, 1)

    def compute_mask(self, inputs: Any, previous_mask: Any = None) -> None:
        """A text has one vector now: nothing is left to mask."""
        return None

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """(N, units)."""
        return (input_shape[0], self.units)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the layer again."""
        return {**super().get_config(), "units": self.units, "width": self.width}


def gru_reader(units: int, name: str) -> keras.layers.GRU:
    """A gated recurrent unit that keeps its state over the padding (Cho et al. 2014, arXiv:1406.1078)."""
    return keras.layers.GRU(units, reset_after=True, name=name)
