"""Three quarters of a point for each of four causes, if all its cases are named."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, right, stopped, total, wrong

CAUSES = ("underfitting", "overfitting", "good", "broken")
FOUND = {
    "underfitting": "What has not learned is found.",
    "overfitting": "What learned by heart is found.",
    "good": "What is well is left alone.",
    "broken": "What broke is found.",
}
WORTH = 3 / len(CAUSES)


class Curve:
    """One case: its curves, what is wrong with them, and what the answer says."""

    def __init__(self, case: dict[str, Any], seen: dict[str, Any]) -> None:
        self.cause, self.word, self.said = case["cause"], seen.get("word", ""), seen["said"]
        self.train, self.val = np.asarray(case["train"]), np.asarray(case["val"])
        self.found = FOUND[self.cause]

    @cached_property
    def shown(self) -> str:
        t, v = self.train, self.val
        return (
            f"Training from {t[0]:.2f} to {t[-1]:.2f}, validation from {v[0]:.2f} to {v[-1]:.2f} with"
            f" {v.min():.2f} as its lowest: you say {self.said}."
        )

    def is_called(self, word: str, cause: str) -> bool:
        return bool(self.word == word and self.cause == cause)


class All:
    """All cases together."""

    def __init__(self, curves: list[Curve]) -> None:
        self.words = {curve.word: curve.said for curve in curves}
        self.only = next(iter(self.words.values()))


ALL = (
    wrong(
        lambda all: list(all.words) == [""],
        "`diagnose` should give one of the four words; yours gave {only}.",
    ),
    wrong(lambda all: len(all.words) == 1, "You call all of them {only}.", "one answer for all"),
)
EACH = (
    right(lambda curve: curve.word == curve.cause, "{found}", WORTH),
    wrong(lambda curve: curve.word not in CAUSES, "{shown} That is none of the four."),
    wrong(
        lambda curve: curve.is_called("overfitting", "good"),
        "{shown} A gap alone is not overfitting, while the validation loss is still falling.",
        "the gap alone",
    ),
    wrong(
        lambda curve: curve.is_called("overfitting", "broken"),
        "{shown} Training is high as well: nothing was learned by heart.",
        "the rise alone",
    ),
    wrong(
        lambda curve: curve.is_called("underfitting", "broken"),
        "{shown} Training ends above guessing: that is worse than having learned nothing.",
    ),
    wrong(
        lambda curve: curve.is_called("good", "overfitting"),
        "{shown} Training fell to nothing while validation turned up.",
        "the training loss alone",
    ),
    wrong(
        lambda curve: curve.is_called("good", "underfitting"),
        "{shown} The two are close together, and both are near guessing.",
        "the gap alone",
    ),
    wrong(always, "{shown} Look at both ends of both curves."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Words at random are right here and there: with less than three in five there is nothing."""
    curves = [Curve(case, seen) for case, seen in zip(inputs["cases"], observed["found"], strict=True)]
    if (verdict := stopped(ALL, All(curves))) is not None:
        return verdict
    parts = [read(EACH, [curve for curve in curves if curve.cause == cause]) for cause in CAUSES]
    if sum(curve.word == curve.cause for curve in curves) < 0.6 * len(curves):
        return total(*((0.0, finding) for _, finding in parts if not finding.passed))
    return total(*parts)
