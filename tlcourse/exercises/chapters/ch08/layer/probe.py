"""A small table; the layer is asked before and after one step of training."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """A table, tokens with padding, gradients that a loss sends back, and a rate."""
    words, width = int(rng.integers(6, 10)), int(rng.integers(3, 6))
    table = rng.normal(0, 1, (words, width))
    table[0] = 0
    count, length = int(rng.integers(3, 5)), int(rng.integers(5, 8))
    tokens = rng.integers(1, words, (count, length))
    tokens[:, 0] = tokens[0, 0]  # a word that comes several times
    lengths = rng.integers(2, length, count)
    tokens[np.arange(length) >= lengths[:, None]] = 0
    return {
        "table": table.astype("float32"),
        "tokens": tokens,
        "pull": rng.normal(0, 1, (count, length, width)).astype("float32"),
        "rate": round(float(rng.uniform(0.1, 0.4)), 3),
    }


def moved(inputs: dict[str, Any]) -> np.ndarray:
    """The table after the step, padding apart."""
    table, pull = np.asarray(inputs["table"], "float64"), np.asarray(inputs["pull"], "float64")
    gradient = np.zeros_like(table)
    np.add.at(gradient, np.asarray(inputs["tokens"]), pull)
    return table - inputs["rate"] * gradient


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What the layer gives before and after a step, frozen and not; ``instead``, what came in its place."""
    table = np.asarray(inputs["table"], "float32")
    tokens = np.asarray(inputs["tokens"], "int64")
    pull = np.asarray(inputs["pull"], "float32")
    found: dict[str, Any] = {}
    for name, trainable in (("frozen", False), ("open", True)):
        layer = answer(table.copy(), trainable)
        if framework == "torch":
            import torch

            if not isinstance(layer, torch.nn.Module):
                return {"instead": describe(layer)}
            said = layer(torch.from_numpy(tokens))
            parameters = [p for p in layer.parameters() if p.requires_grad]
            if parameters:
                (said * torch.from_numpy(pull)).sum().backward()
                torch.optim.SGD(parameters, lr=inputs["rate"]).step()
            with torch.no_grad():
                after = layer(torch.arange(len(table)))
            found[name] = {"said": plain_array(said.detach()), "after": plain_array(after)}
            continue
        import keras
        import tensorflow as tf

        if not isinstance(layer, keras.layers.Layer):
            return {"instead": describe(layer)}
        with tf.GradientTape() as tape:
            said = layer(tokens)
            loss = tf.reduce_sum(said * pull)
        for variable, gradient in zip(
            layer.trainable_variables, tape.gradient(loss, layer.trainable_variables), strict=True
        ):
            variable.assign_sub(inputs["rate"] * tf.convert_to_tensor(gradient))
        mask = layer.compute_mask(tokens)
        found[name] = {
            "said": plain_array(np.array(said)),
            "after": plain_array(np.array(layer(np.arange(len(table))))),
            "mask": None if mask is None else plain_array(np.array(mask)),
        }
    return found
