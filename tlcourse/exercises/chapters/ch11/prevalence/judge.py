"""Three points for probabilities that fit the share of the ill; known wrong ways choose the words."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    always,
    read,
    read_array,
    right,
    show,
    stopped,
    total,
    wrong,
)

from .ways import answers


class Corrected:
    """The probabilities that came, and what each way gives."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.whole = read_array(observed["given"], "`probabilities_here`").astype("float64")
        self.inputs, self.n, self.shape = inputs, len(inputs["images"]), self.whole.shape

    @cached_property
    def got(self) -> np.ndarray:
        return self.whole.reshape(-1)

    @cached_property
    def mean(self) -> str:
        return show(float(self.got.mean()), 3)

    def is_way(self, way: str = "") -> bool:
        return bool(np.allclose(self.got, answers(self.inputs, way), rtol=2e-3, atol=1e-5))


UNUSABLE = (
    wrong(
        lambda case: case.shape not in ((case.n,), (case.n, 1)),
        "For {n} scans you give an array of shape {shape}. One probability for each is needed, that of"
        " class 1.",
        "not a probability for each scan",
    ),
)
CORRECTED = (
    right(
        lambda case: case.is_way(),
        "These are the probabilities where so few are ill.",
        3,
    ),
    wrong(
        lambda case: case.is_way("as it is"),
        "Your probabilities are the network's own, {mean} in the mean. It still believes that as many are ill"
        " as where it learned.",
        "not corrected",
    ),
    wrong(
        lambda case: case.is_way("exchanged"),
        "Your probabilities went up, to {mean} in the mean, and here fewer are ill. The two shares are"
        " exchanged.",
        "shares exchanged",
    ),
    wrong(
        lambda case: case.is_way("multiplied") or case.is_way("times the share"),
        "You multiply the probability, and forget that the other class becomes more frequent as well."
        " Multiply the odds, p / (1 - p), and go back from there.",
        "the probability multiplied",
    ),
    wrong(
        lambda case: case.is_way("from one half"),
        "You take it that half were ill where the network learned. The share there was a different one.",
        "one half taken for granted",
    ),
    wrong(
        lambda case: case.is_way("shares"),
        "You multiply the odds by a quotient of shares. Odds go with odds: share / (1 - share).",
        "shares in place of odds",
    ),
    wrong(
        lambda case: case.is_way("other class"),
        "These are the probabilities of class 0.",
        "the other class",
    ),
    wrong(
        lambda case: case.is_way("training"),
        "The network was in training mode: each probability depends on the other scans of the batch.",
        "training mode",
    ),
    wrong(
        always,
        "Your probabilities, {mean} in the mean, are not those that follow from the network's odds and"
        " the two shares.",
        "other probabilities",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing."""
    case = Corrected(observed, inputs)
    return stopped(UNUSABLE, case) or total(read(CORRECTED, case))
