"""Points for the score on the new images; what moved, and how far, only chooses the words."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Predicted,
    Verdict,
    always,
    read,
    read_array,
    right,
    stopped,
    total,
    wrong,
)

# 100 seeds in PyTorch: three kinds of right answers get 255 to 343, a frozen head 135 to 194, however long it
# trains.
FULL, LOW = 230, 205
"""So many of 400 new images earn three points, and one."""


class Trained:
    """What the trained model says of the new images, and how far its weights went."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.outputs = read_array(observed["predicted"], "the trained model")
        self.finite = bool(np.isfinite(self.outputs).all())
        classes = np.nan_to_num(self.outputs).argmax(axis=1)
        self.predicted = Predicted(classes, np.asarray(inputs["new_labels"]))
        self.late, self.head = float(observed["late"]), float(observed["head"])
        self.full = FULL

    @cached_property
    def score(self) -> str:
        return f"Your model is right for {self.predicted.shown} new images"

    @property
    def only(self) -> int | None:
        return self.predicted.constant

    @property
    def far(self) -> str:
        return f"{self.late:.0%}"


USELESS = (
    wrong(
        lambda model: not model.finite,
        "The model gives NaN or infinity for new images. The learning rate was too high.",
        "not finite",
    ),
)
SCORE = (
    right(lambda model: model.predicted.hits >= FULL, "{score}. A frozen network stays far below that.", 3),
    wrong(
        lambda model: model.head < 1e-3,
        "{score}, and guessing gets about a tenth. The head hardly moved. Does the optimizer hold its"
        " parameters, is each step taken, and is the rate high enough?",
        "hardly trained",
    ),
    wrong(
        lambda model: model.late < 1e-6,
        "{score}, and the old layers did not move: this is a head on a frozen network. Are they open in the"
        " second stage, and does its optimizer know? In Keras that takes another `compile`.",
        "frozen head",
    ),
    wrong(
        lambda model: model.late > 0.4,
        "{score}. The old layers went far: by {far} of the length of their weights, so what they had learned"
        " is gone. Give the second stage a much lower rate.",
        "old layers too fast",
    ),
    wrong(
        lambda model: model.only is not None,
        "{score}: it gives class {only} every time. Is the learning rate too high?",
        "one class for all",
    ),
    wrong(
        lambda model: model.predicted.hits < LOW / 2,
        "{score}, and guessing gets about a tenth. Does each label still belong to its image? Is the loss"
        " small when training ends?",
        "no better than guessing",
    ),
    wrong(
        always,
        "{score}. {full} are enough, and such a model can do better: is its loss small when training ends?",
        "falls short",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The score alone earns points: three for the bar, one for a part of the way."""
    model = Trained(observed, inputs)
    if (verdict := stopped(USELESS, model)) is not None:
        return verdict
    points, finding = read(SCORE, model)
    return total((points or float(model.predicted.hits >= LOW), finding))
