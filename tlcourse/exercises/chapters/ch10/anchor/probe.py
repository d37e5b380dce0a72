"""A network, its weights somewhere else before; the penalty's value, and where one step down it leads."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_number, tiny

CLASSES, SIZE = 3, 8


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The blocks, and cases: the seed of the weights now, and that of the weights at the start."""
    return {
        "width": int(rng.integers(4, 7)),
        "blocks": tiny.block_names(rng, int(rng.integers(2, 4))),
        "cases": [
            {"now": int(rng.integers(1, 10_000)), "start": int(rng.integers(10_000, 20_000))}
            for _ in range(int(rng.integers(2, 5)))
        ],
        "lr": float(rng.uniform(0.02, 0.08)),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: the ``value``, and all arrays ``after`` a step of gradient descent on it."""
    blocks = inputs["blocks"]

    def network(seed: int) -> Any:
        return tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, seed)

    step = _torch_step if framework == "torch" else _keras_step
    cases = []
    for case in inputs["cases"]:
        model = network(case["now"])
        value = step(answer, model, network(case["start"]), inputs["lr"])
        cases.append({"value": plain_number(value), "after": tiny.arrays(model, framework, blocks)})
    return {"cases": cases}


def _torch_step(answer: Any, model: Any, was: Any, lr: float) -> Any:
    import torch

    start = {name: weight.detach().clone() for name, weight in was.named_parameters()}
    value = answer(model, start)
    if torch.is_tensor(value) and value.requires_grad and value.numel() == 1:
        model.zero_grad()
        value.backward()
        torch.optim.SGD(model.parameters(), lr=lr).step()
    return value


def _keras_step(answer: Any, model: Any, was: Any, lr: float) -> Any:
    import tensorflow as tf

    start = [np.array(weight.numpy()) for weight in was.trainable_variables]
    weights = model.trainable_variables
    with tf.GradientTape() as tape:
        value = answer(model, start)
    if tf.is_tensor(value):
        gradients = tape.gradient(value, [weight.value for weight in weights])
        for weight, gradient in zip(weights, gradients, strict=True):
            if gradient is not None:
                weight.assign_sub(lr * gradient)
    return value
