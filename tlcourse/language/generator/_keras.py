"""Keras: GPT-2 in layers of this course, with the Hub's weights."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from weakref import WeakKeyDictionary, ref

import keras
import numpy as np
from keras import ops

from tlcourse.language.attention._keras import TransformerLayer, attend

__all__ = ["ask", "build"]

_HEAD = "lm_head.weight"


@keras.saving.register_keras_serializable("tlcourse")
class TiedEmbedding(keras.layers.Layer):
    """Token embeddings that also make the logits: called with ``as_logits=True``, vectors become logits."""

    def __init__(self, words: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings: dict[str, Any] = {"words": words, "width": width}

    def build(self, input_shape: Any) -> None:
        """Make the table."""
        shape = (self.settings["words"], self.settings["width"])
        self.table = self.add_weight(shape=shape, name="embeddings")

    def call(self, inputs: Any, as_logits: bool = False, training: bool | None = None) -> Any:
        """Tokens (N, L) to vectors (N, L, D), or vectors to logits (N, L, V)."""
        if as_logits:
            return ops.matmul(inputs, ops.transpose(self.table))
        # Through a product the gradient has one row a token; see tlcourse.embeddings.layers.
        table = self.table * 1.0 if training else self.table
        return ops.take(table, ops.cast(inputs, "int32"), axis=0)

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the layer again."""
        return {**super().get_config(), **self.settings}


@keras.saving.register_keras_serializable("tlcourse")
class Places(keras.layers.Layer):
    """Adds a learned vector for each place."""

    def __init__(self, positions: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.settings = {"positions": positions, "width": width}

    def build(self, input_shape: Any) -> None:
        """Make the table."""
        shape = (self.settings["positions"], self.settings["width"])
        self.table = self.add_weight(shape=shape, name="embeddings")

    def call(self, x: Any) -> Any:
        """(N, L, D) to the same shape."""
        return x + self.table[: ops.shape(x)[1]][None]

    def get_config(self) -> dict[str, Any]:
        """What Keras needs to make the layer again."""
        return {**super().get_config(), **self.settings}


@keras.saving.register_keras_serializable("tlcourse")
class Block(TransformerLayer):
    """Normalise, attend to what came before, add; normalise, two dense layers, add."""

    def __init__(
        self, width: int, inner: int, heads: int, epsilon: float, dropout: float, **kwargs: Any
    ) -> None:
        super().__init__(width, inner, heads, epsilon, dropout, **kwargs)
        dense, norm = keras.layers.Dense, keras.layers.LayerNormalization
        self.ln_1, self.ln_2 = norm(epsilon=epsilon, name="ln_1"), norm(epsilon=epsilon, name="ln_2")
        self.c_attn, self.attn_proj = dense(3 * width, name="c_attn"), dense(width, name="attn_c_proj")
        self.c_fc, self.mlp_proj = dense(inner, name="c_fc"), dense(width, name="mlp_c_proj")

    def build(self, input_shape: Any) -> None:
        """Make the weights."""
        width, inner = self.settings["width"], self.settings["inner"]
        for part in (self.ln_1, self.ln_2, self.c_attn, self.attn_proj, self.c_fc):
            part.build((None, None, width))
        self.mlp_proj.build((None, None, inner))

    def call(self, x: Any, training: bool | None = None) -> Any:
        """(N, L, D) to the same shape."""

        def drop(values: Any) -> Any:
            return self.drop(values, training=training)

        query, key, value = ops.split(self.c_attn(self.ln_1(x)), 3, axis=-1)
        places = ops.arange(ops.shape(x)[1])
        before = (places[:, None] >= places[None, :])[None, None]
        attended = attend(query, key, value, self.settings["heads"], before, drop)
        x = x + drop(self.attn_proj(attended))
        inner = ops.gelu(self.c_fc(self.ln_2(x)), approximate=True)
        return x + drop(self.mlp_proj(inner))


def build(config: Mapping[str, Any], tensors: Mapping[str, np.ndarray], dropout: float) -> keras.Model:
    """The model with these weights."""
    width, epsilon = config["n_embd"], float(config.get("layer_norm_epsilon", 1e-5))
    inner = config.get("n_inner") or 4 * width
    tokens = keras.Input((None,), dtype="int32", name="tokens")
    words = TiedEmbedding(config["vocab_size"], width, name="wte")
    places = Places(config["n_positions"], width, name="wpe")
    x = keras.layers.Dropout(dropout)(places(words(tokens)))
    words.set_weights([tensors["wte.weight"]])
    places.set_weights([tensors["wpe.weight"]])
    for number in range(config["n_layer"]):
        block = Block(width, inner, config["n_head"], epsilon, dropout, name=f"h.{number}")
        x = block(x)
        parts = {
            "ln_1": block.ln_1,
            "attn.c_attn": block.c_attn,
            "attn.c_proj": block.attn_proj,
            "ln_2": block.ln_2,
            "mlp.c_fc": block.c_fc,
            "mlp.c_proj": block.mlp_proj,
        }
        for name, part in parts.items():
            part.set_weights([tensors[f"h.{number}.{name}.{kind}"] for kind in ("weight", "bias")])
    last = keras.layers.LayerNormalization(epsilon=epsilon, name="ln_f")
    x = last(x)
    last.set_weights([tensors["ln_f.weight"], tensors["ln_f.bias"]])
    if _HEAD not in tensors:
        return keras.Model(tokens, words(x, as_logits=True))
    head = keras.layers.Dense(config["vocab_size"], use_bias=False, name="lm_head")
    model = keras.Model(tokens, head(x))
    head.set_weights([tensors[_HEAD].T])
    return model


_traced: WeakKeyDictionary[keras.Model, tuple[tuple[int, ...], Callable[[Any], Any]]] = WeakKeyDictionary()
"""Model to the ids of the variables that were there when it was traced, and the traced function."""


def traced(model: keras.Model) -> Callable[[Any], Any]:
    """A model as a function of tokens int32 (N, L), in inference mode; on TensorFlow traced once for all.

    Called as it is, Keras runs a model operation by operation: 80 ms for a token of the course's own GPT, and
    3 ms traced. A model with other variables than it had, as LoRA adds them, is traced anew.
    """
    if keras.backend.backend() != "tensorflow":
        return lambda tokens: model(tokens, training=False)
    import tensorflow as tf

    variables = tuple(id(variable) for variable in model.variables)
    known = _traced.get(model)
    if known is None or known[0] != variables:
        reference = ref(model)  # the dictionary's value must not keep its key alive

        def forward(tokens: Any) -> Any:
            living = reference()
            assert living is not None
            return living(tokens, training=False)

        known = variables, tf.function(forward, input_signature=[tf.TensorSpec((None, None), tf.int32)])
        _traced[model] = known
    return known[1]


def ask(model: keras.Model, tokens: np.ndarray) -> np.ndarray:
    """Tokens int (N, L) to logits float32 (N, L, V), in inference mode."""
    return np.asarray(traced(model)(tokens.astype(np.int32)))
