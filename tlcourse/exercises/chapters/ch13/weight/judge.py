"""Three points for the gradient: it is what a network learns from."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, number, read, right, show, total, wrong


class Case:
    """One call: the gradient, and those that other losses would have."""

    def __init__(self, case: dict[str, Any], value: Any, gradient: Any) -> None:
        if not (isinstance(value, float) and not np.isfinite(value)):  # of that the gradient tells more
            number(value, "the loss")
        self.gradient = None if gradient is None else np.asarray(gradient, "float64")
        self.z, self.y = case["logits"].astype("float64"), case["labels"].astype("float64")
        self.weight = case["weight"]
        self.when = f"With the weight {show(self.weight)},"

    @cached_property
    def p(self) -> np.ndarray:
        return np.asarray(1 / (1 + np.exp(-self.z)))

    def weights(self, fraud: float, other: float = 1.0) -> np.ndarray:
        return np.where(self.y == 1, fraud, other)

    def wanted(self, weights: np.ndarray | None = None, divided: float | None = None) -> np.ndarray:
        weights = self.weights(self.weight) if weights is None else weights
        return np.asarray(weights * (self.p - self.y) / (weights.sum() if divided is None else divided))

    @cached_property
    def twice(self) -> np.ndarray:
        """The gradient where probabilities are taken for logits."""
        weights = self.weights(self.weight)
        again = 1 / (1 + np.exp(-self.p))
        return np.asarray(weights * (again - self.y) * self.p * (1 - self.p) / weights.sum())

    def near(self, expected: np.ndarray, rows: Any = slice(None)) -> bool:
        return (
            self.gradient is not None
            and self.gradient.shape == expected.shape
            and bool(np.allclose(self.gradient[rows], expected[rows], rtol=1e-3, atol=1e-5))
        )

    def in_proportion(self, expected: np.ndarray, rows: Any = slice(None)) -> bool:
        """Whether the gradient is a multiple of another, above 0."""
        if self.gradient is None or self.gradient.shape != expected.shape:
            return False
        factor = (self.gradient[rows] * expected[rows]).sum() / (expected[rows] ** 2).sum()
        return bool(factor > 0 and self.near(factor * expected, rows))

    @cached_property
    def usual(self) -> np.ndarray:
        """The rows whose logits are not large."""
        return np.abs(self.z) < 10

    def clipped(self) -> bool:
        """Right, or right up to a factor, where logits are small; wrong where they are large."""
        return self.in_proportion(self.wanted(), self.usual) and not self.in_proportion(self.wanted())


LOSS = (
    right(lambda case: case.near(case.wanted()), "Frauds count as often as they should.", 3),
    wrong(
        lambda case: case.gradient is None or not case.gradient.any(),
        "{when} no gradient reaches the logits. Use the framework's functions, and detach nothing.",
        "no gradient",
    ),
    wrong(
        lambda case: not np.isfinite(case.gradient).all() or case.clipped(),
        "{when} the gradient of a large logit is lost: the logarithm of a rounded probability, or a"
        " clipped one. Give"
        " logits to a loss that takes logits.",
        "probabilities, not logits",
    ),
    wrong(
        lambda case: case.near(case.wanted(divided=len(case.y))),
        "{when} the sum is divided by the number of payments. A weighted mean is divided by the sum"
        " of the weights, so"
        " that another weight does not change the learning rate.",
        "divided by the number",
    ),
    wrong(
        lambda case: case.near(case.wanted(divided=1.0)),
        "{when} the loss is a sum. It grows with the batch: divide by the sum of the weights.",
        "a sum",
    ),
    wrong(
        lambda case: case.in_proportion(case.wanted(case.weights(1.0, case.weight))),
        "{when} the other payments have the weight, and the frauds have 1.",
        "weights exchanged",
    ),
    wrong(
        lambda case: case.in_proportion(case.wanted(case.weights(1.0))),
        "{when} a fraud counts as much as any other payment. The weight changes nothing.",
        "no weight",
    ),
    wrong(
        lambda case: case.in_proportion(case.twice),
        "{when} the sigmoid is taken twice: probabilities go into a loss that takes logits.",
        "sigmoid twice",
    ),
    wrong(
        always, "{when} the gradient is not that of the weighted mean. Check one fraud and one other payment."
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All cases, or nothing."""
    rows = zip(inputs["cases"], observed["values"], observed["gradients"], strict=True)
    return total(read(LOSS, [Case(*one) for one in rows]))
