"""BERT in layers of Keras, with the weights of a checkpoint. Keras has none of its own."""

import keras
import numpy as np
from keras import layers, ops
from safetensors import SafetensorError
from safetensors.numpy import load_file

import tokens
from settings import Problem


@keras.saving.register_keras_serializable("texts")
class Embeddings(layers.Layer):
    """Tokens (N, L) to (N, L, width): word, position and first segment added, normalised."""

    def __init__(self, words, positions, segments, width, epsilon, dropout, **more):
        super().__init__(**more)
        self.own = {"words": words, "positions": positions, "segments": segments}
        self.own |= {"width": width, "epsilon": epsilon, "dropout": dropout}
        self.norm = layers.LayerNormalization(epsilon=epsilon, name="norm")
        self.drop = layers.Dropout(dropout)

    def build(self, shape):
        width = self.own["width"]
        for name in ("words", "positions", "segments"):
            setattr(self, name, self.add_weight(shape=(self.own[name], width), name=name))
        self.norm.build((None, None, width))

    def call(self, numbers, training=None):
        length = ops.shape(numbers)[1]
        x = ops.take(self.words, ops.cast(numbers, "int32"), axis=0)
        x = x + self.positions[:length][None] + self.segments[:1][None]
        return self.drop(self.norm(x), training=training)

    def get_config(self):
        return {**super().get_config(), **self.own}


@keras.saving.register_keras_serializable("texts")
class Block(layers.Layer):
    """Attention over the text's tokens, then two dense layers; each added and normalised."""

    def __init__(self, width, inner, heads, epsilon, dropout, **more):
        super().__init__(**more)
        self.own = {"width": width, "inner": inner, "heads": heads}
        self.own |= {"epsilon": epsilon, "dropout": dropout}
        dense, norm = layers.Dense, layers.LayerNormalization
        self.query, self.key, self.value = (dense(width, name=n) for n in ("q", "k", "v"))
        self.mixed, self.inner, self.outer = dense(width), dense(inner), dense(width)
        self.first_norm, self.second_norm = norm(epsilon=epsilon), norm(epsilon=epsilon)
        self.drop = layers.Dropout(dropout)

    def build(self, x_shape, there_shape=None):
        width, inner = (None, None, self.own["width"]), (None, None, self.own["inner"])
        for part in (self.query, self.key, self.value, self.mixed, self.inner):
            part.build(width)
        self.outer.build(inner)
        self.first_norm.build(width)
        self.second_norm.build(width)

    def call(self, x, there, training=None):
        """`there` (N, L): True for a token, False for what only fills up."""
        heads, each = self.own["heads"], self.own["width"] // self.own["heads"]
        length = ops.shape(x)[1]

        def apart(part):
            return ops.transpose(ops.reshape(part(x), (-1, length, heads, each)), (0, 2, 1, 3))

        q, k, v = apart(self.query), apart(self.key), apart(self.value)
        likeness = ops.matmul(q, ops.transpose(k, (0, 1, 3, 2))) / each**0.5
        likeness = ops.where(there[:, None, None, :], likeness, -1e9)
        weights = self.drop(ops.softmax(likeness), training=training)
        read = ops.transpose(ops.matmul(weights, v), (0, 2, 1, 3))
        read = self.mixed(ops.reshape(read, (-1, length, self.own["width"])))
        x = self.first_norm(x + self.drop(read, training=training))
        inner = ops.gelu(self.inner(x), approximate=False)
        return self.second_norm(x + self.drop(self.outer(inner), training=training))

    def get_config(self):
        return {**super().get_config(), **self.own}


@keras.saving.register_keras_serializable("texts")
class Pool(layers.Layer):
    """One vector for each text: the mean of its tokens, or the first one."""

    def __init__(self, pooling, **more):
        super().__init__(**more)
        self.pooling = pooling

    def call(self, x, there):
        if self.pooling == "cls":
            return x[:, 0]
        there = ops.cast(there, x.dtype)[..., None]
        return ops.sum(x * there, axis=1) / ops.sum(there, axis=1)

    def get_config(self):
        return {**super().get_config(), "pooling": self.pooling}


@keras.saving.register_keras_serializable("texts")
class There(layers.Layer):
    """True where a token is, False where a number only fills up."""

    def __init__(self, padding, **more):
        super().__init__(**more)
        self.padding = padding

    def call(self, numbers):
        return ops.not_equal(numbers, self.padding)

    def get_config(self):
        return {**super().get_config(), "padding": self.padding}


def encoder(config):
    """From tokens (N, L) to a vector for each text, with the checkpoint's weights."""
    name, about = config["model"]["checkpoint"], tokens.settings_of(config)
    kind = about.get("model_type")
    usual = {"hidden_act": "gelu", "position_embedding_type": "absolute", "is_decoder": False}
    odd = [each for each, value in usual.items() if about.get(each, value) != value]
    if kind != "bert" or odd:
        do = "Take a BERT (also MiniLM, ...), or the PyTorch project, which knows all encoders."
        other = f"has another {odd[0]}" if odd else f"is a {kind}, not a BERT"
        raise Problem(f"The checkpoint {name} {other}.", do)
    try:
        kept = load_file(tokens.folder(config) / tokens.WEIGHTS)
    except (SafetensorError, OSError) as error:
        raise Problem(
            f"The weights of {name} cannot be read: {error}.", "Copy them again."
        ) from None
    kept = {each.removeprefix("bert."): value for each, value in kept.items()}
    epsilon = float(about.get("layer_norm_eps", 1e-12))
    dropout = config["training"]["dropout"]
    width, padding = about["hidden_size"], about.get("pad_token_id") or 0
    known = tokens.of(config).get_vocab_size()
    if known > about["vocab_size"]:
        do = "Copy the tokenizer of this very checkpoint."
        sizes = f"{known} tokens, its network {about['vocab_size']}"
        raise Problem(f"The tokenizer of {name} has {sizes}.", do)
    numbers = keras.Input((None,), dtype="int32", name="tokens")
    there = There(padding)(numbers)
    sizes = (about["vocab_size"], about["max_position_embeddings"], about["type_vocab_size"])
    first = Embeddings(*sizes, width, epsilon, dropout, name="embeddings")
    x, filled = first(numbers), []
    for number in range(about["num_hidden_layers"]):
        heads, inner = about["num_attention_heads"], about["intermediate_size"]
        block = Block(width, inner, heads, epsilon, dropout, name=f"block_{number}")
        x = block(x, there)
        filled.append((block, f"encoder.layer.{number}"))
    base = keras.Model(numbers, Pool(config["model"]["pooling"])(x, there), name="base")
    try:
        fill(first, filled, kept)
    except (KeyError, ValueError) as error:
        do = "Its config.json and its weights are not of one model: save both again."
        raise Problem(f"The weights of {name} do not fit its config: {error}.", do) from None
    return base, padding


def fill(first, blocks, kept):
    """Put the checkpoint's numbers in. PyTorch keeps a dense layer's matrix transposed."""
    parts = ("word_embeddings", "position_embeddings", "token_type_embeddings", "LayerNorm")
    tables = [kept[f"embeddings.{part}.weight"] for part in parts]
    first.set_weights([*tables, kept["embeddings.LayerNorm.bias"]])
    for block, at in blocks:
        dense = {
            "attention.self.query": block.query,
            "attention.self.key": block.key,
            "attention.self.value": block.value,
            "attention.output.dense": block.mixed,
            "intermediate.dense": block.inner,
            "output.dense": block.outer,
        }
        for name, part in dense.items():
            matrix = np.ascontiguousarray(kept[f"{at}.{name}.weight"].T)
            part.set_weights([matrix, kept[f"{at}.{name}.bias"]])
        norms = {"attention.output": block.first_norm, "output": block.second_norm}
        for name, part in norms.items():
            both = [kept[f"{at}.{name}.LayerNorm.{each}"] for each in ("weight", "bias")]
            part.set_weights(both)
