"""Labels of which one kind is rarer; what the answer makes of them is a loss, or Keras's class weights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_number, shuffled

BATCH, DEFECTIVE, BATCHES = 8, 3, 4


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: ``labels`` 0 and 1, of which the ones are rare or frequent, and ``outputs`` of batches."""
    shares = shuffled(rng, [rng.uniform(0.08, 0.18), rng.uniform(0.22, 0.36), rng.uniform(0.66, 0.88)])
    return {"cases": [_case(rng, float(share)) for share in shares]}


def _case(rng: np.random.Generator, share: float) -> dict[str, Any]:
    n = int(rng.integers(150, 600))
    labels = np.zeros(n, np.int64)
    labels[: round(share * n)] = 1
    # Batches of one make-up, so that a loss which divides by the batch's weights shows them as well.
    return {
        "labels": rng.permutation(labels),
        "outputs": rng.normal(0, 2, (BATCHES, BATCH, 1)).astype("float32"),
    }


def targets() -> np.ndarray:
    """Of each batch: float32 (BATCH, 1)."""
    return (np.arange(BATCH) < DEFECTIVE).astype("float32")[:, None]


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: in PyTorch the losses of the batches, in Keras the two weights; or what it was, in words."""
    ask = _in_torch if framework == "torch" else _in_keras
    return {"cases": [ask(answer(case["labels"].copy()), case["outputs"]) for case in inputs["cases"]]}


def _in_torch(loss: Any, outputs: np.ndarray) -> list[float] | str:
    import torch

    if isinstance(loss, type):
        return f"the class {loss.__name__} itself; a pair of brackets makes a loss of it"
    if not callable(loss):
        return describe(loss)
    found = []
    for batch in outputs:
        try:
            value = plain_number(loss(torch.from_numpy(np.array(batch)), torch.from_numpy(targets())))
        except Exception as error:
            return (
                f"a loss that cannot read outputs and targets of shape ({BATCH}, 1) ({type(error).__name__})"
            )
        if isinstance(value, str):
            return f"a loss that gives {value}, and training needs one number: the mean"
        found.append(value)
    return found


def _in_keras(weights: Any, outputs: np.ndarray) -> list[float] | str:
    if not isinstance(weights, Mapping):
        return describe(weights)
    if not set(weights) & {0, 1}:
        return f"{describe(weights)}, whose keys are not the classes 0 and 1"
    found: list[float] = []
    for label in (0, 1):
        weight = plain_number(weights.get(label, 1.0))  # `fit` takes 1 where one is missing
        if isinstance(weight, str):
            return f"a weight that is {weight}"
        found.append(weight)
    return found
