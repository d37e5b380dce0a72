"""Logits of a student and of its teacher, labels, and settings of the loss; its value and its gradient."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_number


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: logits float32 (N, C), labels (N,), a temperature above 1, and the teacher's share."""
    cases = []
    for _ in range(int(rng.integers(3, 5))):
        n, classes = int(rng.integers(4, 9)), int(rng.integers(3, 6))
        cases.append(
            {
                "student": rng.normal(0, 2, (n, classes)).astype("float32"),
                "teacher": rng.normal(0, 4, (n, classes)).astype("float32"),
                "labels": rng.integers(0, classes, n).astype("int64"),
                "temperature": round(float(rng.uniform(2, 6)), 2),
                "share": round(float(rng.choice([rng.uniform(0.15, 0.35), rng.uniform(0.65, 0.9)])), 2),
            }
        )
    return {"cases": cases}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``values``, and ``gradients`` by the student's logits: an array, or None where nothing flows."""
    side = _in_torch if framework == "torch" else _in_keras
    found = [side(answer, case) for case in inputs["cases"]]
    return {"values": [value for value, _ in found], "gradients": [gradient for _, gradient in found]}


def _in_torch(answer: Any, case: dict[str, Any]) -> tuple[Any, Any]:
    import torch

    student = torch.tensor(case["student"], requires_grad=True)
    teacher, labels = torch.tensor(case["teacher"]), torch.tensor(case["labels"])
    value = answer(student, teacher, labels, case["temperature"], case["share"])
    if torch.is_tensor(value) and value.requires_grad and value.numel() == 1:
        value.backward()
    gradient = None if student.grad is None else student.grad.numpy().copy()
    return plain_number(value), gradient


def _in_keras(answer: Any, case: dict[str, Any]) -> tuple[Any, Any]:
    import tensorflow as tf

    student = tf.constant(case["student"])
    teacher, labels = tf.constant(case["teacher"]), tf.constant(case["labels"])
    with tf.GradientTape() as tape:
        tape.watch(student)
        value = answer(student, teacher, labels, case["temperature"], case["share"])
    gradient = tape.gradient(value, student) if tf.is_tensor(value) else None
    return plain_number(value), None if gradient is None else np.array(gradient)
