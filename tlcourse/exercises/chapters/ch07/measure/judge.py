"""Two points for the numbers of the decisions, and one for the area under the curve."""

from __future__ import annotations

from functools import cached_property
from typing import Any

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
    tiny,
    total,
    wrong,
)

from .probe import CLASSES, NAMES, margin, measures

CLOSE = 6e-4  # learners may round to three decimals
DECISIONS = NAMES[:4]


class Measured:
    """What came back for one network, and what it should be."""

    def __init__(self, seen: dict[str, Any], case: dict[str, Any]) -> None:
        found = seen["found"]
        if not isinstance(found, dict):
            raise WrongAnswerError(f"`measure` should give a dictionary; yours gave {found}.")
        if missing := [name for name in NAMES if name not in found]:
            raise WrongAnswerError(f"Your dictionary has no {' and no '.join(map(repr, missing))}.")
        self.got = {name: number(found[name], f'the value of "{name}"') for name in NAMES}
        self.times, self.labels = int(seen["passes"]), case["labels"]
        first = tiny.initial(case["blocks"], case["width"], CLASSES, case["seed"])
        after = {name: np.asarray(value) for name, value in seen["after"].items()}
        self.statistics = [name for name in tiny.moved(first, after) if name.endswith((".mean", ".variance"))]
        self.gap = margin(tiny.logits(first, case["blocks"], case["images"]))
        self.yes, self.no = measures(self.labels, self.gap), measures(1 - self.labels, -self.gap)

    @cached_property
    def yours(self) -> str:
        return "You give " + ", ".join(f"{name} {show(self.got[name])}" for name in DECISIONS)

    @cached_property
    def area(self) -> str:
        return f"You give an AUC of {show(self.got['auc'])}"

    def gives(self, of: dict[str, float], factor: float = 1.0) -> bool:
        """Whether all four numbers of the decisions are these."""
        return all(close(self.got[name], factor * of[name], factor * CLOSE) for name in DECISIONS)

    @cached_property
    def swapped(self) -> bool:
        turned = {**self.yes, "precision": self.yes["recall"], "recall": self.yes["precision"]}
        return self.gives(turned)

    @cached_property
    def macro(self) -> bool:
        both = {name: (self.yes[name] + self.no[name]) / 2 for name in DECISIONS}
        return self.gives({**both, "accuracy": self.yes["accuracy"]})

    def area_is(self, value: float) -> bool:
        # A pair of nearly equal scores may change places by rounding.
        return close(self.got["auc"], value, 4e-3)


MODE = (
    "and BatchNorm's running statistics have moved: the network was in training mode, where BatchNorm uses"
    " the numbers of each batch and dropout strikes out features. Measure in evaluation mode."
)
ANOTHER_PASS = (
    "after {times} passes over the batches. They come in a new order on each pass, so outputs of one and"
    " labels of another do not belong together. Take both from the same batch."
)
FOUR = (
    wrong(lambda case: case.statistics, "{yours}, " + MODE, "measured in training mode"),
    right(lambda case: case.gives(case.yes), "Accuracy, precision, recall and F1 are right.", 2),
    wrong(lambda case: case.times > 1, "{yours}, " + ANOTHER_PASS, "labels of another pass"),
    wrong(
        lambda case: case.swapped,
        "{yours}. Precision and recall have changed places: precision is a share of those that were called"
        " defective, recall a share of those that are.",
        "precision and recall swapped",
    ),
    wrong(
        lambda case: case.gives(case.no),
        "{yours}. Those are the numbers of class 0. The class to find is 1, defective.",
        "the other class",
    ),
    wrong(
        lambda case: case.macro,
        "{yours}. Those are means over both classes. The question is about class 1.",
        "means over the classes",
    ),
    wrong(
        lambda case: case.gives(case.yes, 100),
        "{yours}: percentages. Give shares, from 0 to 1.",
        "percentages",
    ),
    wrong(
        always,
        "{yours}, and not all of them are right. Collect all outputs and all labels first, then compute each"
        " number once: means over batches give the short last batch too much weight.",
        "other numbers",
    ),
)
AREA = (
    wrong(lambda case: case.statistics, "{area}, " + MODE, "measured in training mode"),
    right(lambda case: case.area_is(case.yes["auc"]), "The area under the curve is right.", 1),
    wrong(lambda case: case.times > 1, "{area}, " + ANOTHER_PASS, "labels of another pass"),
    wrong(
        lambda case: case.area_is(case.yes["auc of classes"]),
        "{area}. That is the area for decisions, 0 or 1. The curve is drawn through all thresholds, so it"
        " needs the probability of class 1, or its logit above the other's.",
        "AUC of decisions",
    ),
    wrong(
        lambda case: case.area_is(1 - case.yes["auc"]),
        "{area}. Scores of class 0 were used: the class to find is 1.",
        "the other class",
    ),
    wrong(
        always,
        "{area}. It is the share of pairs, one of each class, in which the defective cell has the higher"
        " probability.",
        "another area",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Right for every network, or no points for that part."""
    pairs = zip(observed["cases"], inputs["cases"], strict=True)
    cases = [Measured(seen, case) for seen, case in pairs]
    return total(read(FOUR, cases), read(AREA, cases))
