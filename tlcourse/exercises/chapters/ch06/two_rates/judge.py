"""A point for the head's step and one for that of the rest, worked out from where the weights went."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    always,
    close,
    earned,
    missed,
    read,
    right,
    show,
    stopped,
    tiny,
    total,
    wrong,
)

from .probe import BLOCKS


class Part:
    """How far the head, or the rest, moved against its gradient: the rate by least squares, in NumPy."""

    def __init__(self, before: Any, after: Any, gradients: Any, names: list[str]) -> None:
        moved = np.concatenate([(before[n] - np.asarray(after[n], "float64")).ravel() for n in names])
        gradient = np.concatenate([gradients[n].ravel() for n in names])
        self.rate = float((moved * gradient).sum() / (gradient * gradient).sum())
        off = np.abs(moved - self.rate * gradient).max()
        self.is_step = bool(off / (np.abs(moved).max() + 1e-12) < 0.05)
        self.still = [
            n for n in names if np.array_equal(before[n], after[n]) and np.abs(gradients[n]).max() > 1e-4
        ]

    def is_at(self, rate: float) -> bool:
        """Whether it went as one plain step of SGD goes at this rate."""
        return self.is_step and close(self.rate, rate, 0.03 * abs(rate))

    @property
    def stood(self) -> bool:
        return abs(self.rate) < 1e-9


class Step:
    """What one step did to the head and to the rest, and what else it may have been."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.after, self.inputs = observed["after"], inputs
        self.training = bool(observed["training"])
        self.body_lr, self.head_lr = inputs["body_lr"], inputs["head_lr"]
        self.count = len(inputs["labels"])
        self.head, self.body = self._parts()

    def _parts(self, by_batch: Collection[str] = ()) -> tuple[Part, Part]:
        before = tiny.initial(BLOCKS, self.inputs["width"], 3, self.inputs["seed"])
        batch = self.inputs["images"], self.inputs["labels"]
        gradients = tiny.gradients(before, BLOCKS, *batch, by_batch)
        names = [name for name in before if not name.endswith(tiny.STATISTICS)]
        head = [name for name in names if "classifier" in name]
        body = [name for name in names if "classifier" not in name]
        return Part(before, self.after, gradients, head), Part(before, self.after, gradients, body)

    def fits(self, times: float = 1.0, by_batch: Collection[str] = ()) -> bool:
        """Whether both went at their rates, so many times as far."""
        head, body = self._parts(by_batch) if by_batch else (self.head, self.body)
        return head.is_at(times * self.head_lr) and body.is_at(times * self.body_lr)

    @cached_property
    def in_training_mode(self) -> bool:
        return self.fits(by_batch=BLOCKS)

    @cached_property
    def said(self) -> str:
        return (
            f"The head moved at the rate {show(self.head.rate, 2)}, the rest at {show(self.body.rate, 2)};"
            f" you were given {show(self.head_lr)} and {show(self.body_lr)}."
        )

    @property
    def still_head(self) -> str:
        return self.head.still[0]

    @property
    def still_body(self) -> str:
        return self.body.still[0]


WHOLE = (
    wrong(
        lambda step: step.head.is_at(step.body_lr) and step.body.is_at(step.head_lr),
        "{said} The two have changed places: the new head takes the large steps, the old layers small ones.",
        "swapped",
    ),
    wrong(
        lambda step: not step.fits() and step.in_training_mode,
        "{said} That is a step with BatchNorm in training mode: it took this batch's numbers. The model came"
        " in evaluation mode.",
        "training mode",
    ),
    wrong(
        lambda step: step.fits(step.count),
        "{said} That is {count} times as far: the sum of the losses instead of their mean.",
        "a sum",
    ),
    wrong(
        lambda step: step.fits(-1.0),
        "{said} The step goes uphill: the gradient is added, and has to be taken off.",
        "uphill",
    ),
)
HEAD = (
    right(lambda step: step.head.is_at(step.head_lr), "The head moved at its rate."),
    wrong(
        lambda step: step.head.is_at(step.body_lr) and step.body.is_at(step.body_lr),
        "{said} Both have the same rate.",
        "one rate for all",
    ),
    wrong(lambda step: step.head.stood, "{said} The head did not move."),
    wrong(lambda step: step.head.still, "{said} Part of the head did not move: `{still_head}`."),
    wrong(always, "{said} That is not a plain step of SGD at the head's rate."),
)
BODY = (
    right(lambda step: step.body.is_at(step.body_lr), "The rest moved at its own, lower one."),
    wrong(
        lambda step: step.body.stood,
        "{said} The rest did not move at all: it has a small rate, not none.",
        "body left out",
    ),
    wrong(
        lambda step: step.body.still,
        "{said} Part of it did not move: `{still_body}`.",
        "part left out",
    ),
    wrong(lambda step: step.body.is_at(step.head_lr), "{said} Both have the same rate.", "one rate for all"),
    wrong(always, "{said} That is not a plain step of SGD at its rate."),
)
ANOTHER_MODE = "The rates are right. But the model is in training mode now; it came in evaluation mode."


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; a step that is right but for one thing is told by it."""
    step = Step(observed, inputs)
    if step.fits() and step.training:
        return total(earned(1, "Both moved at their rates."), missed(ANOTHER_MODE, "another mode"))
    return stopped(WHOLE, step) or total(read(HEAD, step), read(BODY, step))
