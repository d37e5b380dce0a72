"""Logits, labels and a weight; the gradient that a loss sends to the logits."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_number


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: logits float32 (N,), labels float32 (N,), a weight. Two logits are large and wrong."""
    cases = []
    for _ in range(int(rng.integers(3, 5))):
        n, frauds = int(rng.integers(8, 13)), int(rng.integers(2, 4))
        labels = np.zeros(n)
        labels[:frauds] = 1
        logits = rng.uniform(-2.5, 2.5, n)
        logits[0], logits[-1] = -rng.uniform(40, 60), rng.uniform(40, 60)
        order = rng.permutation(n)
        cases.append(
            {
                "logits": logits[order].astype("float32"),
                "labels": labels[order].astype("float32"),
                "weight": round(float(rng.uniform(3, 20)), 2),
            }
        )
    return {"cases": cases}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``values``, and ``gradients`` by the logits: an array, or None where nothing flows."""
    side = _in_torch if framework == "torch" else _in_keras
    found = [side(answer, case) for case in inputs["cases"]]
    return {"values": [value for value, _ in found], "gradients": [gradient for _, gradient in found]}


def _in_torch(answer: Any, case: dict[str, Any]) -> tuple[Any, Any]:
    import torch

    logits = torch.tensor(case["logits"], requires_grad=True)
    value = answer(logits, torch.tensor(case["labels"]), case["weight"])
    if torch.is_tensor(value) and value.requires_grad and value.numel() == 1:
        value.backward()
    gradient = None if logits.grad is None else logits.grad.numpy().copy()
    return plain_number(value), gradient


def _in_keras(answer: Any, case: dict[str, Any]) -> tuple[Any, Any]:
    import tensorflow as tf

    logits = tf.constant(case["logits"])
    with tf.GradientTape() as tape:
        tape.watch(logits)
        value = answer(logits, tf.constant(case["labels"]), case["weight"])
    gradient = tape.gradient(value, logits) if tf.is_tensor(value) else None
    return plain_number(value), None if gradient is None else np.array(gradient)
