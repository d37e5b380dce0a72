"""Keras: the network of `tlcourse.embeddings.text_classifier`."""

from __future__ import annotations

from collections.abc import Mapping

import keras
import numpy as np

from tlcourse.embeddings.layers_keras import ConvReader, MeanReader, embedding, gru_reader

__all__ = ["build"]


def build(table: np.ndarray, reader: str, trainable: bool, start: Mapping[str, np.ndarray]) -> keras.Model:
    """The network with this table and these starts (in PyTorch's axes)."""
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    words = embedding(table, trainable)
    if reader == "conv":
        units, _, width = start["reader.conv.weight"].shape
        part = ConvReader(units, width, name="reader")
    elif reader == "gru":
        part = gru_reader(start["reader.gru.weight_hh_l0"].shape[1], "reader")
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
