"""Texts with padding between an embedding layer and a loss; one text has no words."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``table`` (V, D), whose row of padding is no zeros; three ``cases`` of tokens and of a pull (N, D)."""
    width = int(rng.integers(3, 6))

    def case(empty: bool) -> dict[str, Any]:
        count, length = int(rng.integers(3, 6)), int(rng.integers(5, 8))
        tokens = rng.integers(2, 40, (count, length))
        tokens[:, 1] = 1
        lengths = rng.integers(3, length, count)
        lengths[0] = 0 if empty else length - 2
        tokens[np.arange(length) >= lengths[:, None]] = 0
        return {"tokens": tokens, "pull": rng.normal(0, 1, (count, width)).astype("float32")}

    return {
        "table": (rng.normal(0, 1, (40, width)) + rng.normal(0, 1, width)).astype("float32"),
        "cases": [case(False), case(False), case(True)],
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``means`` and ``slopes`` (of the sum of means times pull, by the vectors) of each case; ``instead``."""
    part = answer()
    if framework == "torch":
        return _in_torch(part, inputs)
    import keras
    import tensorflow as tf

    if not isinstance(part, keras.layers.Layer):
        return {"instead": describe(part)}
    table, means, slopes = np.asarray(inputs["table"], "float32"), [], []
    words = keras.layers.Embedding(*table.shape, mask_zero=True, weights=[table])
    for case in inputs["cases"]:
        with tf.GradientTape() as tape:
            vectors = words(np.asarray(case["tokens"]))
            tape.watch(vectors)
            mean = tf.convert_to_tensor(part(vectors))  # Keras hands the mask on, where a layer takes one
            fits = tuple(mean.shape) == np.asarray(case["pull"]).shape
            loss = tf.reduce_sum(mean * np.asarray(case["pull"], "float32")) if fits else None
        slope = tape.gradient(loss, vectors) if fits else None
        means.append(plain_array(np.array(mean)))
        slopes.append(None if slope is None else plain_array(np.array(tf.convert_to_tensor(slope))))
    return {"means": means, "slopes": slopes}


def _in_torch(part: Any, inputs: dict[str, Any]) -> dict[str, Any]:
    import torch

    if not isinstance(part, torch.nn.Module):
        return {"instead": describe(part)}
    table, means, slopes = torch.tensor(np.asarray(inputs["table"], "float32")), [], []
    for case in inputs["cases"]:
        tokens = torch.tensor(np.asarray(case["tokens"]))
        vectors = table[tokens].requires_grad_()
        mean = part(vectors, tokens != 0)
        if not isinstance(mean, torch.Tensor):
            return {"instead": describe(mean)}
        if mean.shape == case["pull"].shape and mean.requires_grad:
            (mean * torch.tensor(np.asarray(case["pull"], "float32"))).sum().backward()
        means.append(plain_array(mean.detach()))
        slopes.append(None if vectors.grad is None else plain_array(vectors.grad))
    return {"means": means, "slopes": slopes}
