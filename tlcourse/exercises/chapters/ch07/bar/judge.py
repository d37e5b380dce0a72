"""The area under the curve for cells that the head has not seen: the score alone gives points."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, show, stopped, total, wrong

from .probe import area

# Measured on 35 draws, heads on features of the cells as they are, in PyTorch: logistic regression, ridge
# regression and a support vector machine have an area of 0.88 to 0.97, and 0.03 to 0.15 more than the pixels
# (which have 0.80 to 0.89); logistic regression without much regularisation 0.87 to 0.97, and 0.01 to 0.14
# more. Decisions in place of probabilities reach up to 0.07 above the pixels, and are told by their values.
# Shuffled labels: 0.25 to 0.70. On 61 more draws five right answers of different kinds (a linear head stopped
# early, two outputs, a hidden layer, logistic regression, a support vector machine) have 0.85 to 0.97. One of
# them, in one draw, is below the pixels: 0.88 against 0.89. So pixels count up to ENOUGH only.
LOW = 0.8
"""This area earns a point, though it is not above the pixels'."""
ENOUGH = 0.85
"""This area earns all points, above the pixels' or not: in a few draws those come near good features."""


class Scores:
    """What was predicted for the new cells."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.whole = read_array(observed["predicted"], "`beat_the_bar`")
        self.labels, self.pixels = np.asarray(inputs["new_labels"]), float(inputs["pixels"])
        self.n, self.shape = len(self.labels), self.whole.shape

    @cached_property
    def got(self) -> np.ndarray:
        return self.whole.reshape(-1).astype("float64")

    @cached_property
    def area(self) -> float:
        return area(self.labels, self.got)

    @cached_property
    def yours(self) -> str:
        return (
            f"Your area under the curve is {self.area:.2f} on {self.n} cells that you have not seen, and that"
            f" of a logistic regression on pixels {self.pixels:.2f} ({ENOUGH} is enough)"
        )

    @property
    def beats(self) -> bool:
        return self.area > max(LOW, min(ENOUGH, self.pixels))

    @property
    def values(self) -> int:
        """How many different numbers there are; a softmax over one output may miss 1 by rounding."""
        return len(np.unique(np.round(self.got, 6)))

    @cached_property
    def first(self) -> str:
        return show(float(self.got[0]), 2)


UNUSABLE = (
    wrong(
        lambda scores: scores.shape == (scores.n, 2),
        "For {n} new cells you give two numbers each. Give one: how probable it is that the cell is"
        " defective, class 1.",
        "both classes",
    ),
    wrong(
        lambda scores: scores.shape not in ((scores.n,), (scores.n, 1)),
        "For {n} new cells you give an array of shape {shape}. One number for each is needed.",
    ),
    wrong(
        lambda scores: not np.isfinite(scores.got).all(),
        "There is NaN or infinity among your numbers. Did the loss become NaN? Then the learning rate is too"
        " high.",
        "not finite",
    ),
)
SCORE = (
    wrong(
        lambda scores: scores.values == 1,
        "You give {first} for every cell. A softmax over one output is always 1; two classes need two"
        " outputs, or one with a sigmoid.",
        "the same for every cell",
    ),
    wrong(
        lambda scores: scores.values == 2 and scores.area >= LOW,
        "{yours}. You give decisions, two different numbers in all. Give probabilities: the curve goes"
        " through all thresholds, and whoever uses the model chooses one by what mistakes cost.",
        "decisions in place of probabilities",
        1,
    ),
    wrong(
        lambda scores: scores.values == 2,
        "{yours}. You give decisions, two different numbers in all. Give probabilities.",
        "decisions in place of probabilities",
    ),
    right(lambda scores: scores.beats, "{yours}: the bar is beaten.", 3),
    wrong(
        lambda scores: scores.area >= LOW,
        "{yours}: too near. Hold out some of the cells, and see there how the loss goes: too few steps, or"
        " too many? A plain linear head gets there.",
        "too little learned",
        1,
    ),
    wrong(
        lambda scores: scores.area <= 1 - LOW,
        "{yours}: below one half, so your numbers are those of the other class. Class 1 is defective.",
        "the other class",
    ),
    wrong(
        always,
        "{yours}. Your numbers have little to do with the cells. Do features and labels still belong to each"
        " other, row by row? Does the head predict in evaluation mode?",
        "nothing learned",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Points for the score, and for nothing else."""
    scores = Scores(observed, inputs)
    return stopped(UNUSABLE, scores) or total(read(SCORE, scores))
