"""A tiny BERT with weights of the seed's, texts with padding, and one step of training."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array, random_state_kept

WORDS, WIDTH, INNER, HEADS, POSITIONS = 40, 8, 16, 2, 24
TEXTS, LENGTH, LONGER, CLASSES, REPEATS = 16, 9, 3, 3, 400
CONFIG: dict[str, Any] = {
    "vocab_size": WORDS,
    "hidden_size": WIDTH,
    "num_hidden_layers": 1,
    "num_attention_heads": HEADS,
    "intermediate_size": INNER,
    "max_position_embeddings": POSITIONS,
    "type_vocab_size": 2,
    "layer_norm_eps": 1e-12,
}


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``tensors`` by the Hub's names; ``ids`` (N, L), 0 for padding; ``pull`` (N, C), ``rate``,"
    " ``dropout``."""
    from tlcourse.language.encoder import bert_shapes

    tensors = {}
    for name, shape in bert_shapes(CONFIG).items():
        values = rng.normal(0, 0.6, shape)
        tensors[name] = (values + (1 if name.endswith("LayerNorm.weight") else 0)).astype("float32")
    ids = rng.integers(1, WORDS, (TEXTS, LENGTH))
    lengths = rng.integers(2, LENGTH - 1, TEXTS)
    lengths[0] = LENGTH
    ids[np.arange(LENGTH) >= lengths[:, None]] = 0
    return {
        "tensors": tensors,
        "ids": ids,
        "pull": rng.normal(0, 1, (TEXTS, CLASSES)).astype("float32"),
        "rate": round(float(rng.uniform(0.02, 0.05)), 3),
        "dropout": round(float(rng.uniform(0.15, 0.3)), 2),
        "seed": int(rng.integers(1, 10_000)),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """Logits before and after a step, with more padding, and of one text many times in training mode.

    ``weights``: the model's matrices between pooled vectors and classes. ``hidden``: what the encoder gives
    after the step. ``instead``: what came in place of a model, or of logits.
    """
    with random_state_kept(int(inputs["seed"])):
        return (_in_torch if framework == "torch" else _in_keras)(answer, inputs)


def _batches(inputs: dict[str, Any]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The texts, the same with more padding, and the first one many times."""
    ids = np.asarray(inputs["ids"], "int64")
    return ids, np.pad(ids, ((0, 0), (0, LONGER))), np.repeat(ids[:1], REPEATS, axis=0)


def _heads(arrays: list[Any]) -> list[Any]:
    """Of a model's arrays those between pooled vectors and classes, float64 (D, C)."""
    fit = [np.asarray(a) for a in arrays if sorted(a.shape) == sorted((WIDTH, CLASSES))]
    return [plain_array(a if a.shape == (WIDTH, CLASSES) else a.T.copy()) for a in fit[:4]]


def _in_torch(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    import torch
    from transformers import BertConfig, BertModel

    settings = BertConfig(**CONFIG, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0, pad_token_id=0)
    encoder = BertModel(settings, add_pooling_layer=False)
    tensors = {name: torch.tensor(np.asarray(value)) for name, value in inputs["tensors"].items()}
    encoder.load_state_dict(tensors)
    model = answer(encoder, CLASSES, float(inputs["dropout"]))
    if not isinstance(model, torch.nn.Module):
        return {"instead": describe(model)}
    ids, longer, many = (torch.from_numpy(batch) for batch in _batches(inputs))

    def logits(batch: Any) -> Any:
        given = model(input_ids=batch, attention_mask=(batch != 0).long())
        return getattr(given, "logits", given)

    model.eval()
    before = logits(ids)
    if not isinstance(before, torch.Tensor):
        return {"instead": describe(before)}
    found: dict[str, Any] = {"before": plain_array(before.detach())}
    found["weights"] = _heads([p.detach().numpy().copy() for p in model.parameters()])
    parameters = [p for p in model.parameters() if p.requires_grad]
    with torch.no_grad():
        found["longer"] = plain_array(logits(longer))
        model.train()
        found["noisy"] = plain_array(logits(many))
        model.eval()
    if parameters and before.requires_grad and tuple(before.shape) == (TEXTS, CLASSES):
        (before * torch.tensor(np.asarray(inputs["pull"], "float32"))).sum().backward()
        torch.optim.SGD(parameters, lr=inputs["rate"]).step()
    with torch.no_grad():
        found["after"] = plain_array(logits(ids))
        encoder.eval()
        hidden = encoder(input_ids=ids, attention_mask=(ids != 0).long()).last_hidden_state
    return found | {"hidden": plain_array(hidden)}


def _in_keras(answer: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    import keras
    import tensorflow as tf

    from tlcourse.language.encoder import _keras

    tensors = {name: np.asarray(value, "float32") for name, value in inputs["tensors"].items()}
    encoder = _keras.build(CONFIG, tensors, None, "none", 0.0, 0)
    model = answer(encoder, CLASSES, float(inputs["dropout"]))
    if not isinstance(model, keras.layers.Layer):
        return {"instead": describe(model)}
    ids, longer, many = (tf.constant(batch, "int32") for batch in _batches(inputs))
    with tf.GradientTape() as tape:
        before = model(ids, training=False)
        if not tf.is_tensor(before):
            return {"instead": describe(before)}
        fits = tuple(before.shape) == (TEXTS, CLASSES)
        loss = tf.reduce_sum(before * np.asarray(inputs["pull"], "float32")) if fits else None
    found = {
        "before": plain_array(np.array(before)),
        "weights": _heads([np.array(weight) for weight in model.weights]),
        "longer": plain_array(np.array(model(longer, training=False))),
        "noisy": plain_array(np.array(model(many, training=True))),
    }
    variables = model.trainable_variables if fits else []
    for variable, gradient in zip(variables, tape.gradient(loss, variables) if fits else [], strict=True):
        if gradient is not None:
            variable.assign_sub(inputs["rate"] * tf.convert_to_tensor(gradient))
    return found | {
        "after": plain_array(np.array(model(ids, training=False))),
        "hidden": plain_array(np.array(encoder(ids, training=False))),
    }
