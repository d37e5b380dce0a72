"""What two steps of training say about who learned, and at which rate: worked out from the numbers."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from tlcourse.exercises.engine import tiny


class Steps:
    """Two steps of training, and what they say about the rate: none of it is taken on trust."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        blocks, batch = inputs["blocks"], (inputs["images"], inputs["labels"])
        self.first = tiny.initial(blocks, inputs["width"], 3, inputs["seed"])
        self.before = observed["before"]
        self.after, last = observed["after"]
        changed = tiny.moved(self.before, self.after)
        statistics = [name for name in changed if name.endswith(tiny.STATISTICS)]
        self.moved = [name for name in changed if name not in statistics]
        self.by_batch = {name.split(".")[0] for name in statistics}
        self.block = [name for name in self.moved if name.startswith(f"{inputs['opens']}.")]
        self.head = [name for name in self.moved if name.startswith("classifier.")]
        self.begun = tiny.gradients(self.first, blocks, *batch)
        self.now = tiny.gradients(self.before, blocks, *batch, self.by_batch)
        then = tiny.gradients(self.after, blocks, *batch, self.by_batch)
        self.loss = tiny.loss(self.before, blocks, *batch, self.by_batch)
        self.of_block = self._joined(self.block, last, then)

    def _joined(self, names: list[str], last: Any, then: Any) -> dict[str, np.ndarray]:
        def flat(values: Any) -> np.ndarray:
            return np.concatenate([np.asarray(values[n], "float64").ravel() for n in names] or [np.zeros(0)])

        at = [flat(values) for values in (self.before, self.after, last)]
        return {
            "weights": at[0],
            "one": at[0] - at[1],
            "two": at[1] - at[2],
            "now": flat(self.now),
            "then": flat(then),
            "begun": flat(self.begun),
        }

    def is_training(self, inputs: dict[str, Any]) -> bool:
        """Whether the first step is one of SGD, of the head alone, and the second goes downhill."""
        blocks, batch = inputs["blocks"], (inputs["images"], inputs["labels"])
        used = tiny.batch_blocks(self.first, self.before, blocks, *batch, inputs["head_lr"])
        if used != frozenset():
            return False
        if set(tiny.moved(self.first, self.before)) - {"classifier.weight", "classifier.bias"}:
            return False
        return tiny.is_descent(self.before, self.after, self.now, self.block) and tiny.is_descent(
            self.before, self.after, self.now, self.head, self.first
        )

    def block_rate(self, lr: float) -> float:
        """The rate at which the block went: ``lr`` itself, if some optimizer goes like this at it.

        SGD's step is the rate times the gradient, with Nesterov's momentum so much more as its next step
        shows. Adam and its kin go by the rate for each weight, whatever the gradient; RMSprop by its square
        root of 10 (Keras) or by 10 (PyTorch) times as much in the first step.
        """
        of = self.of_block
        if _like(of["one"], lr * of["now"], of["weights"], lr):
            return lr
        steepest = np.abs(of["now"]) > 0.05 * np.abs(of["now"]).max()
        per_weight = float(np.median(np.abs(of["one"][steepest])))
        even = np.mean(np.abs(np.abs(of["one"][steepest]) / max(per_weight, 1e-12) - 1) < 0.08) > 0.9
        if even:
            times = (1.0, math.sqrt(10), 10.0)
            return lr if any(abs(per_weight / (lr * t) - 1) < 0.08 for t in times) else per_weight
        both = np.stack([of["now"], of["weights"]], 1)  # weight decay adds a part of the weights
        measured = float(np.linalg.lstsq(both, of["one"], rcond=None)[0][0])
        m = measured / lr - 1
        if 0 < m < 1 and _like(of["two"], lr * ((1 + m) * of["then"] + m**2 * of["now"]), of["weights"], lr):
            return lr
        return measured

    def head_goes_on(self, rate: float) -> bool:
        """Whether the head's step fits its old rate: by SGD, with or without momentum, or by Adam."""

        def flat(values: Any) -> np.ndarray:
            return np.concatenate([np.asarray(values[n], "float64").ravel() for n in self.head])

        step = flat(self.before) - flat(self.after)
        for momentum in (0.0, 0.9):
            if _like(step, rate * (flat(self.now) + momentum * flat(self.begun)), flat(self.before), rate):
                return True
        if _like(step, 1.9 * rate * flat(self.now), flat(self.before), rate):  # Nesterov's, begun anew
            return True
        return any(abs(float(np.median(np.abs(step))) / (rate * t) - 1) < 0.08 for t in (1.0, 10.0))


def _like(step: np.ndarray, expected: np.ndarray, weights: np.ndarray, lr: float) -> bool:
    """Whether a step is the expected one, but for rounding and a little weight decay."""
    rest = step - expected
    decay = float(rest @ weights / max(weights @ weights, 1e-30))
    if 0 < decay < 0.11 * lr:
        rest = rest - decay * weights
    rounding = 1e-7 * float(np.linalg.norm(weights))
    return bool(np.linalg.norm(rest) < 0.02 * np.linalg.norm(expected) + rounding)
