"""Three points for the gradient: what a student learns from a loss is where it goes down."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, number, read, right, show, total, wrong
from tlcourse.probabilities import softmax


class Case:
    """One call: the gradient, and those that other losses would have."""

    def __init__(self, case: dict[str, Any], value: Any, gradient: Any) -> None:
        self.value = number(value, "the loss")
        self.gradient = None if gradient is None else np.asarray(gradient, "float64")
        self.s, self.t = case["student"].astype("float64"), case["teacher"].astype("float64")
        self.temperature, self.share = case["temperature"], case["share"]
        self.onehot = np.eye(self.s.shape[1])[case["labels"]]
        self.when = f"With the temperature {show(self.temperature)} and the share {show(self.share)},"

    @cached_property
    def hard(self) -> np.ndarray:
        return (softmax(self.s) - self.onehot) / len(self.s)

    def apart(self, student: float | None = None, teacher: float | None = None) -> np.ndarray:
        """Difference of the softened probabilities; a temperature of its own for each, if given."""
        a, b = student or self.temperature, teacher or self.temperature
        return (softmax(self.s / a) - softmax(self.t / b)) / len(self.s)

    def soft(self, factor: float = 1) -> np.ndarray:
        return factor * self.temperature * self.apart()

    @cached_property
    def turned(self) -> np.ndarray:
        """The gradient of the divergence the other way round, times the squared temperature."""
        p, q = softmax(self.s / self.temperature), softmax(self.t / self.temperature)
        log = np.log(p) - np.log(q)
        return self.temperature * p * (log - (p * log).sum(1, keepdims=True)) / len(self.s)

    def mixed(self, soft: np.ndarray, share: float | None = None) -> np.ndarray:
        share = self.share if share is None else share
        return np.asarray(share * soft + (1 - share) * self.hard)

    def near(self, expected: np.ndarray) -> bool:
        return (
            self.gradient is not None
            and self.gradient.shape == expected.shape
            and bool(np.allclose(self.gradient, expected, rtol=1e-3, atol=2e-5))
        )


LOSS = (
    right(lambda case: case.near(case.mixed(case.soft())), "The student goes where both teach it to go.", 3),
    wrong(
        lambda case: case.gradient is None or not np.abs(case.gradient).max() > 0,
        "{when} no gradient reaches the student's logits. Use the framework's functions, and detach nothing.",
        "no gradient",
    ),
    wrong(
        lambda case: not np.isfinite(case.gradient).all(),
        "{when} there is NaN or infinity in the gradient. Take a log-softmax, not the log of a softmax.",
        "not finite",
    ),
    wrong(
        lambda case: case.near(case.mixed(case.soft(1 / case.temperature**2))),
        "{when} the teacher's part is too weak: softening divides its gradient by the squared"
        " temperature. Multiply"
        " by it.",
        "without the squared temperature",
    ),
    wrong(
        lambda case: case.near(case.mixed(case.soft(), 1 - case.share)),
        "{when} the shares are exchanged: `share` is the teacher's.",
        "shares exchanged",
    ),
    wrong(
        lambda case: case.near(case.mixed(case.soft(1 / case.s.shape[1]))),
        "{when} the teacher's part is a mean over images and classes. Add up over the classes, and"
        " take the mean"
        " over the images.",
        "mean over the classes",
    ),
    wrong(
        lambda case: case.near(case.mixed(case.turned)),
        "{when} the divergence is the other way round: the teacher's probabilities are the target.",
        "divergence turned round",
    ),
    wrong(
        lambda case: (
            case.near(case.mixed(case.temperature * case.apart(teacher=1.0)))
            or case.near(case.mixed(case.temperature**2 * case.apart(student=1.0)))
            or case.near(case.mixed(case.temperature**2 * case.apart(1.0, 1.0)))
            or case.near(case.mixed(case.apart(1.0, 1.0)))
        ),
        "{when} the student's logits or the teacher's are not divided by the temperature. Soften both.",
        "not softened",
    ),
    wrong(
        lambda case: case.near(case.soft()) or case.near(case.hard),
        "{when} only the teacher or only the labels count. The loss has both parts.",
        "one part",
    ),
    wrong(
        always, "{when} the student does not go down the loss of the task. Check both parts by themselves."
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All cases, or nothing. The value may lack what does not depend on the student."""
    rows = zip(inputs["cases"], observed["values"], observed["gradients"], strict=True)
    return total(read(LOSS, [Case(*one) for one in rows]))
