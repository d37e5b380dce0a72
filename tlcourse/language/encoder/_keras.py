"""Keras: BERT in layers of this course, with the Hub's weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import ops

from tlcourse.embeddings.layers._keras import MeanReader
from tlcourse.language.attention._keras import TransformerLayer, attend

__all__ = ["build"]


@keras.saving.register_keras_serializable("tlcourse")
class BertEmbeddings(keras.layers.Layer):
    """Tokens int (N, L) to (N, L, D): word, position and first segment added, normalised."""

    def __init__(
        self,
        words: int,
        positions: int,
        segments: int,
        width: int,
        epsilon: float,
        dropout: float,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.settings: dict[str, Any] = {
            "words": words,
            "positions": positions,
            "segments": segments,
            "width": width,
            "epsilon": epsilon,
            "dropout": dropout,
        }
        self.norm = keras.layers.LayerNormalization(epsilon=epsilon, name="LayerNorm")
        self.drop = keras.layers.Dropout(dropout)

    def build(self, input_shape: Any) -> None:
        """Make the three tables."""
        width = self.settings["width"]
        self.word = self.add_weight(shape=(self.settings["words"], width), name="word_embeddings")
        self.position = self.add_weight(shape=(self.settings["positions"], width), name="position_embeddings")
        self.segment = self.add_weight(shape=(self.settings["segments"], width), name="token_type_embeddings")
        self.norm.build((None, None, width))

    def call(self, tokens: Any, training: bool | None = None) -> Any:
        """All texts are one segment."""
        # Through a product the gradient has one row a word; see tlcourse.embeddings.layers.
        word = self.word * 1.0 if training and self.trainable else self.word
        length = ops.shape(tokens)[1]
        x = ops.take(word, ops.cast(tokens, "int32"), axis=0)
        x = x + self.position[:length][None] + self.segment[:1][None]
        return self.drop(self.norm(x), training=training)

    def compute_output_shape(self, input_shape: Any) -> tuple[Any, ...]:
        """(N, L, D)."""
        return (*input_shape, self.settings["width"])

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the layer again."""
        return {**super().get_config(), **self.settings}


@keras.saving.register_keras_serializable("tlcourse")
class BertLayer(TransformerLayer):
    """Attention over the text's tokens, then two dense layers; each added to its input and normalised."""

    def __init__(
        self, width: int, inner: int, heads: int, epsilon: float, dropout: float, **kwargs: Any
    ) -> None:
        super().__init__(width, inner, heads, epsilon, dropout, **kwargs)
        dense = keras.layers.Dense
        self.query, self.key, self.value = (dense(width, name=n) for n in ("query", "key", "value"))
        self.attention_output = dense(width, name="attention_output")
        self.attention_norm = keras.layers.LayerNormalization(epsilon=epsilon, name="attention_norm")
        self.intermediate, self.output_dense = dense(inner, name="intermediate"), dense(width, name="output")
        self.output_norm = keras.layers.LayerNormalization(epsilon=epsilon, name="output_norm")

    def build(self, x_shape: Any, allowed_shape: Any = None) -> None:
        """Make the weights."""
        width, inner = self.settings["width"], self.settings["inner"]
        for part in (self.query, self.key, self.value, self.attention_output, self.intermediate):
            part.build((None, None, width))
        self.output_dense.build((None, None, inner))
        for norm in (self.attention_norm, self.output_norm):
            norm.build((None, None, width))

    def call(self, x: Any, allowed: Any, training: bool | None = None) -> Any:
        """``allowed`` (N, L): True for a token, False for padding."""
        attended = attend(
            self.query(x),
            self.key(x),
            self.value(x),
            self.settings["heads"],
            allowed[:, None, None, :],
            lambda weights: self.drop(weights, training=training),
        )
        x = self.attention_norm(x + self.drop(self.attention_output(attended), training=training))
        inner = ops.gelu(self.intermediate(x), approximate=False)
        return self.output_norm(x + self.drop(self.output_dense(inner), training=training))


def build(
    config: Mapping[str, Any],
    tensors: Mapping[str, np.ndarray],
    start: tuple[np.ndarray, np.ndarray] | None,
    pooling: str,
    dropout: float,
    padding: int | None,
) -> keras.Model:
    """The encoder with these weights; without ``padding``, every token is read."""
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    # Tokens are 0 or more: none of them is -1.
    allowed = ops.not_equal(tokens, -1 if padding is None else padding)
    x = _embedded(tokens, config, tensors, dropout)
    for number in range(config["num_hidden_layers"]):
        layer = BertLayer(
            config["hidden_size"],
            config["intermediate_size"],
            config["num_attention_heads"],
            _epsilon(config),
            dropout,
            name=f"layer.{number}",
        )
        x = layer(x, allowed)
        _put(layer, tensors, f"encoder.layer.{number}")
    if pooling == "none":
        return keras.Model(tokens, x)
    pooled = x[:, 0] if pooling == "cls" else MeanReader(name="pooling")(x, mask=allowed)
    if start is None:
        return keras.Model(tokens, pooled)
    classifier = keras.layers.Dense(len(start[1]), name="classifier")
    model = keras.Model(tokens, classifier(keras.layers.Dropout(dropout)(pooled)))
    classifier.set_weights([start[0].T, start[1]])
    return model


def _epsilon(config: Mapping[str, Any]) -> float:
    return float(config.get("layer_norm_eps", 1e-12))


def _embedded(
    tokens: Any, config: Mapping[str, Any], tensors: Mapping[str, np.ndarray], dropout: float
) -> Any:
    """The embeddings' layer with its weights, called on the tokens."""
    embeddings = BertEmbeddings(
        config["vocab_size"],
        config["max_position_embeddings"],
        config.get("type_vocab_size", 2),
        config["hidden_size"],
        _epsilon(config),
        dropout,
        name="embeddings",
    )
    x = embeddings(tokens)
    parts = (
        "word_embeddings.weight",
        "position_embeddings.weight",
        "token_type_embeddings.weight",
        "LayerNorm.weight",
        "LayerNorm.bias",
    )
    embeddings.set_weights([tensors[f"embeddings.{part}"] for part in parts])
    return x


def _put(layer: BertLayer, tensors: Mapping[str, np.ndarray], at: str) -> None:
    """Give a layer the weights of the checkpoint's tensors whose names begin with ``at``."""
    dense = {
        "attention.self.query": layer.query,
        "attention.self.key": layer.key,
        "attention.self.value": layer.value,
        "attention.output.dense": layer.attention_output,
        "intermediate.dense": layer.intermediate,
        "output.dense": layer.output_dense,
    }
    for name, part in dense.items():
        part.set_weights([tensors[f"{at}.{name}.weight"].T, tensors[f"{at}.{name}.bias"]])
    for name, part in {
        "attention.output.LayerNorm": layer.attention_norm,
        "output.LayerNorm": layer.output_norm,
    }.items():
        part.set_weights([tensors[f"{at}.{name}.weight"], tensors[f"{at}.{name}.bias"]])
