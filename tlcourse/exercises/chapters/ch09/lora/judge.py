"""A point each for the frozen layer, the scale, the start, and an addition that learns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    close,
    read,
    right,
    show,
    total,
    wrong,
)

BETWEEN: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "a ReLU": lambda z: np.maximum(z, 0),
    "a tanh": np.tanh,
    "a sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}
"""What stands between the two matrices at times, and makes the addition nonlinear."""


def named(held: list[Any], wanted: list[tuple[int, int]]) -> list[np.ndarray]:
    """The matrices, the one at the inputs first and each turned as wanted, where their shapes allow it.

    x @ A and A @ x are both usual, and which of the two a class makes first means nothing.
    """
    arrays = [np.asarray(a, "float64") for a in held]
    arrays = [a.T if a.shape not in wanted and a.shape[::-1] in wanted else a for a in arrays]
    return sorted(arrays, key=lambda a: wanted.index(a.shape) if a.shape in wanted else -1)


class Case:
    """One layer with its addition, before a step of training and after it."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        if "instead" in observed:
            raise WrongAnswerError(
                f"A pair was asked for, the addition (a layer) and its scale. You give"
                f" {observed['instead']}.",
                "not a pair",
            )
        if "no scale" in observed:
            raise WrongAnswerError(f"The scale is a number. Yours is {observed['no scale']}.", "not a pair")
        weight, bias, self.x, self.pull = (
            np.asarray(inputs[name], "float64") for name in ("weight", "bias", "x", "pull")
        )
        held = observed["layer"]
        self.still = len(held) == 2 and close(held[0], weight, 1e-6) and close(held[1], bias, 1e-6)
        self.rate = inputs["rate"]
        self._scale(float(observed["scale"]), inputs["alpha"], inputs["rank"])
        self._matrices(observed, weight.shape, inputs["rank"])

    def _scale(self, scale: float, alpha: float, rank: int) -> None:
        self.scale, self.scale_shown = scale, show(scale, 2)
        self.scale_right = close(scale, alpha / rank)
        self.alpha_alone, self.one = close(scale, alpha), close(scale, 1.0)
        self.turned_over, self.by_root = close(scale, rank / alpha), close(scale, alpha / rank**0.5)

    def _matrices(self, observed: dict[str, Any], shape: tuple[int, ...], rank: int) -> None:
        wanted = [(shape[0], rank), (rank, shape[1])]
        before, after = (named(observed[when], wanted) for when in ("before", "after"))
        shapes = [a.shape for a in before]
        self.sizes = ", ".join("x".join(map(str, s)) for s in shapes) or "nothing"
        self.two = shapes == wanted == [a.shape for a in after]
        self.full = shapes == [shape]
        self.biases = any(len(s) == 1 for s in shapes)
        self.linear = self.not_zero = self.both_zero = self.still_there = self.learns = False
        self.between: str | None = None
        self.scaled_twice = False
        if not self.two:
            return
        a, b = before
        says, later = observed["says"], observed["later"]
        self.linear = close(says, self.x @ a @ b, 1e-4) and close(later, self.x @ after[0] @ after[1], 1e-4)
        self._not_linear(says, a, b)
        self._not_linear(later, *after)
        self.not_zero = np.abs(a).max() > 0 and np.abs(b).max() > 0
        self.both_zero = np.abs(a).max() == 0 and np.abs(b).max() == 0
        step_a = a - self.rate * self.scale * self.x.T @ (self.pull @ b.T)
        step_b = b - self.rate * self.scale * (self.x @ a).T @ self.pull
        self.learns = close(after[0], step_a, 1e-3) and close(after[1], step_b, 1e-3)
        self.still_there = close(after[0], a, 1e-7) and close(after[1], b, 1e-7)

    def _not_linear(self, says: Any, a: np.ndarray, b: np.ndarray) -> None:
        """What an addition does that is not x times its two matrices."""
        if isinstance(says, str) or close(says, self.x @ a @ b, 1e-4):
            return
        ways = (name for name, act in BETWEEN.items() if close(says, act(self.x @ a) @ b, 1e-4))
        self.between = self.between or next(ways, None)
        self.scaled_twice = self.scaled_twice or close(says, self.scale * (self.x @ a @ b), 1e-4)


LAYER = (
    right(lambda case: case.still, "The layer stays as it was."),
    wrong(
        always,
        "A step of training has changed the layer itself. Freeze it: only the addition learns.",
        "the layer learns too",
    ),
)
SCALE = (
    right(lambda case: case.scale_right, "The scale is alpha / rank."),
    wrong(
        lambda case: case.alpha_alone,
        "The scale is {scale_shown}, which is alpha. Divide it by the rank: then a different rank does not"
        " need a different learning rate.",
        "not divided by the rank",
    ),
    wrong(lambda case: case.one, "The scale is 1. It should be alpha / rank.", "no scale"),
    wrong(
        lambda case: case.turned_over,
        "The scale is {scale_shown}: you divide the rank by alpha. It is the other way round.",
        "turned over",
    ),
    wrong(
        lambda case: case.by_root,
        "The scale is {scale_shown}: you divide alpha by the root of the rank. Divide by the rank.",
        "divided by the root of the rank",
    ),
    wrong(always, "The scale is {scale_shown}. Divide alpha by the rank.", "another scale"),
)
TWO = (
    wrong(
        lambda case: not case.two and case.full,
        "The addition holds {sizes}: one full matrix, as large as the layer's own. Two thin ones make it"
        " small.",
        "a full matrix",
    ),
    wrong(
        lambda case: not case.two and case.biases,
        "The addition holds {sizes}, and there are biases among them. LoRA adds two matrices and nothing"
        " else: the layer has its bias already.",
        "biases",
    ),
    wrong(
        lambda case: not case.two,
        "The addition holds {sizes}. The first matrix goes from the layer's inputs to the rank, the second"
        " from the rank to its outputs.",
        "other matrices",
    ),
    wrong(
        lambda case: case.between is not None,
        "There is {between} between the two matrices. LoRA adds a plain product of two matrices, so that"
        " it can be added to the layer's own matrix afterwards.",
        "not linear",
    ),
    wrong(
        lambda case: not case.linear and case.scaled_twice,
        "The addition multiplies by the scale itself. You return the scale as well, so it would count twice.",
        "scaled twice",
    ),
    wrong(
        lambda case: not case.linear,
        "The addition does not give x times its two matrices. Is there an activation or dropout in it?",
        "not linear",
    ),
)
START = (
    *TWO,
    wrong(
        lambda case: case.not_zero,
        "At the start the addition is not 0, so the network no longer computes what it was trained to"
        " compute. The second matrix starts at zeros.",
        "starts elsewhere",
    ),
    right(always, "The network starts as it was."),
)
LEARNS = (
    *TWO,
    wrong(
        lambda case: case.both_zero,
        "Both matrices start at zeros. Then the gradient of each is 0 too, and neither ever learns. Start"
        " the first one at random.",
        "both at zero",
    ),
    right(lambda case: case.learns, "The addition learns."),
    wrong(
        lambda case: case.still_there,
        "A step of training moves neither matrix. Freeze the layer, and not the addition.",
        "the addition is frozen",
    ),
    wrong(
        always,
        "A step of training does not move the addition as its gradient says.",
        "another step",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Each part counts alike, and has to be right for both layers."""
    cases = [Case(seen, case) for seen, case in zip(observed["cases"], inputs["cases"], strict=True)]
    parts = [read(LAYER, cases), read(SCALE, cases), read(START, cases), read(LEARNS, cases)]
    if parts[2][1] == parts[3][1]:  # one thing is wrong with both: it is said once
        parts = [*parts[:2], (parts[2][0] + parts[3][0], parts[2][1])]
    return total(*parts)
