"""Two points for the threshold, one for its sensitivity."""

from __future__ import annotations

from functools import cached_property
from typing import Any, Literal

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    close,
    number,
    read,
    right,
    show,
    total,
    wrong,
)

from .probe import limits, logits, probabilities

INTERPOLATED: tuple[Literal["linear", "lower", "higher", "midpoint", "nearest"], ...] = (
    "linear",
    "lower",
    "higher",
    "midpoint",
    "nearest",
)
NEAR = 1e-4
"""float32 and the order of sums."""


class Chosen:
    """The threshold and the sensitivity that came in one case."""

    def __init__(self, given: Any, inputs: dict[str, Any]) -> None:
        if isinstance(given, np.ndarray):
            given = given.tolist()
        if not isinstance(given, (list, tuple)) or len(given) != 2:
            raise WrongAnswerError(
                f"`threshold_for` should give a pair, the threshold and its sensitivity; yours gave"
                f" {show(given)}.",
                "no pair",
            )
        self.limit, self.found = number(given[0], "the threshold"), number(given[1], "the sensitivity")
        self.inputs, self.y, self.share = inputs, np.asarray(inputs["labels"]), inputs["specificity"]
        self.p, self.z = probabilities(inputs), logits(inputs)
        self.yours = f"Your threshold is {show(self.limit, 3)}"
        self.spared = f"{(self.p[self.y == 0] < self.limit).mean():.0%}"
        self.asked = f"{self.share:.0%}"

    @cached_property
    def is_right(self) -> bool:
        low, high = limits(self.p, self.y, self.share)
        return low < self.limit <= high + NEAR

    def near_quantile(self, values: np.ndarray, share: float) -> bool:
        """Whether the threshold is this quantile, by one of the usual ways to interpolate."""
        found = [np.quantile(values, share, method=how) for how in INTERPOLATED]
        return any(abs(self.limit - float(one)) < NEAR for one in found)

    @cached_property
    def in_training(self) -> bool:
        return self.near_quantile(probabilities(self.inputs, by_batch=True)[self.y == 0], self.share)

    @cached_property
    def raised(self) -> np.ndarray:
        """The alarms at the right threshold: only beside that one the sensitivity is looked at."""
        return np.asarray(self.p > limits(self.p, self.y, self.share)[0])

    @cached_property
    def found_right(self) -> bool:
        return close(self.found, self.raised[self.y == 1].mean(), 1e-6)

    @cached_property
    def shown(self) -> str:
        return show(self.found, 3)


THRESHOLD = (
    right(
        lambda case: case.is_right,
        "At your threshold the share of the healthy that is left alone is the one asked for, and no lower"
        " threshold does it.",
        2,
    ),
    wrong(
        lambda case: (
            case.near_quantile(case.z[case.y == 0, 1], case.share)
            or case.near_quantile(case.z[case.y == 0, 1] - case.z[case.y == 0, 0], case.share)
        ),
        "{yours}: it is a logit. Compare probabilities.",
        "a logit",
    ),
    wrong(
        lambda case: (
            case.near_quantile(case.p[case.y == 1], 1 - case.share)
            or case.near_quantile(case.p[case.y == 1], case.share)
        ),
        "{yours}. It was taken from the scans with a tumour: that fixes the sensitivity. The specificity is"
        " about the others.",
        "from those with a tumour",
    ),
    wrong(
        lambda case: case.near_quantile(case.p, case.share),
        "{yours}: a quantile of all scans. How many of them are ill changes from place to place. The"
        " specificity is about class 0 alone.",
        "from all scans",
    ),
    wrong(
        lambda case: (
            case.near_quantile(case.p[case.y == 0], 1 - case.share)
            or case.near_quantile(1 - case.p[case.y == 0], case.share)
        ),
        "{yours}: it leaves {spared} of the healthy alone, and {asked} were asked for. Which end did you"
        " count from?",
        "counted from the wrong end",
    ),
    wrong(
        lambda case: close(case.limit, 0.5, 1e-9),
        "{yours}, as without looking at any validation scan. It leaves {spared} of the healthy alone, and"
        " {asked} were asked for.",
        "one half",
    ),
    wrong(
        lambda case: case.in_training,
        "{yours}. The network was in training mode, so each probability depends on the other scans of the"
        " batch.",
        "training mode",
    ),
    wrong(
        always,
        "{yours}: it leaves {spared} of the healthy alone, and {asked} at least were asked for, by the lowest"
        " threshold that does.",
        "another threshold",
    ),
)
SENSITIVITY = (
    right(
        lambda case: case.found_right,
        "The sensitivity is that of your threshold.",
        1,
    ),
    wrong(
        lambda case: close(case.found, case.raised.mean(), 1e-6),
        "Your sensitivity of {shown} is the share of all scans that raise an alarm. Count those with a tumour"
        " only.",
        "share of all alarms",
    ),
    wrong(
        always,
        "Your sensitivity is {shown}. It is the share of the scans with a tumour whose probability is at your"
        " threshold or above.",
        "another sensitivity",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Of the first case that is wrong; the sensitivity counts only beside the right thresholds."""
    cases = [Chosen(*pair) for pair in zip(observed["given"], inputs["cases"], strict=True)]
    chosen = read(THRESHOLD, next((case for case in cases if not case.is_right), cases[0]))
    if not chosen[0]:
        return total(chosen)
    return total(chosen, read(SENSITIVITY, next((case for case in cases if not case.found_right), cases[0])))
