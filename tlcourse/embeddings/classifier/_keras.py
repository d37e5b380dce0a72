"""Keras: the network of `tlcourse.embeddings.text_classifier`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from tlcourse.embeddings.layers._keras import MeanReader, embedding, mask_weight

__all__ = ["build"]


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
        weight = mask_weight(mask, vectors)
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


def _gru_reader(units: int, name: str) -> keras.layers.GRU:
    """A gated recurrent unit that keeps its state over the padding (Cho et al. 2014, arXiv:1406.1078)."""
    return keras.layers.GRU(units, reset_after=True, name=name)


def build(table: np.ndarray, reader: str, trainable: bool, start: Mapping[str, np.ndarray]) -> keras.Model:
    """The network with this table and these starts (in PyTorch's axes)."""
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    words = embedding(table, trainable)
    if reader == "conv":
        units, _, width = start["reader.conv.weight"].shape
        part = ConvReader(units, width, name="reader")
    elif reader == "gru":
        part = _gru_reader(start["reader.gru.weight_hh_l0"].shape[1], "reader")
    else:
        part = MeanReader(name="reader")
    features = part(words(tokens))
    if reader == "conv":
        part.set_weights([start["reader.conv.weight"].transpose(2, 1, 0), start["reader.conv.bias"]])
    if reader == "gru":
        part.set_weights(_gru(start))
    if "classifier.weight" not in start:
        return keras.Model(tokens, features)
    last = keras.layers.Dense(len(start["classifier.bias"]), name="classifier")
    model = keras.Model(tokens, last(features))
    last.set_weights([start["classifier.weight"].T, start["classifier.bias"]])
    return model


def _gru(start: Mapping[str, np.ndarray]) -> list[np.ndarray]:
    """PyTorch's gates are reset, update, new; Keras' are update, reset, new."""

    def turned(name: str) -> np.ndarray:
        reset, update, new = np.split(start[f"reader.gru.{name}_l0"], 3)
        return np.concatenate([update, reset, new]).T

    return [
        turned("weight_ih"),
        turned("weight_hh"),
        np.stack([turned("bias_ih"), turned("bias_hh")]),
    ]
