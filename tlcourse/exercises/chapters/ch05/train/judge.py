"""How much of the new cells' spread the predictions explain: the score alone gives points."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, show, stopped, total, wrong

#: Of the new cells' variance. On 14 draws in each framework right answers of three kinds explained 0.18 to
#: 0.47; on 40 draws in PyTorch wrong ones -0.02 at most. Unrelated numbers explain less than 0.05 by luck,
#: four standard deviations out. A single dense layer that starts at random is no right answer: with Adam at
#: 1e-3 it explained -0.25 to 0.17 in PyTorch and less than -0.5 in Keras, whose random start is larger.
FULL = 0.05


class Numbers:
    """What was predicted for the new cells."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.whole = read_array(observed["predicted"], "`train_head`")
        self.truth = np.asarray(inputs["new_probabilities"], "float64")
        self.n, self.shape = len(self.truth), self.whole.shape

    @cached_property
    def got(self) -> np.ndarray:
        return self.whole.reshape(-1)

    @cached_property
    def explained(self) -> float:
        """The share of the variance: 1 for the right numbers, 0 for the best constant, negative if worse."""
        return float(1 - ((self.got - self.truth) ** 2).sum() / ((self.truth - self.truth.mean()) ** 2).sum())

    @cached_property
    def shown(self) -> str:
        return f"{max(self.explained, -9.99):.2f}"

    @cached_property
    def lowest(self) -> str:
        return show(float(self.got.min()), 2)

    @cached_property
    def highest(self) -> str:
        return show(float(self.got.max()), 2)

    @cached_property
    def spread(self) -> float:
        return float(self.got.std() / self.truth.std())

    @cached_property
    def outside(self) -> float:
        return float(((self.got < -0.5) | (self.got > 1.5)).mean())

    @cached_property
    def together(self) -> float:
        """The correlation with the truth."""
        return float(np.corrcoef(self.got, self.truth)[0, 1]) if self.got.std() > 0 else 0.0


UNUSABLE = (
    wrong(
        lambda numbers: numbers.shape not in ((numbers.n,), (numbers.n, 1)),
        "For {n} new cells you give an array of shape {shape}. One number for each is needed.",
    ),
    wrong(
        lambda numbers: not np.isfinite(numbers.got).all(),
        "There is NaN or infinity among your numbers. Did the loss become NaN? Then the learning rate is too"
        " high.",
        "not finite",
    ),
)
SCORE = (
    right(
        lambda numbers: numbers.explained >= FULL,
        "Your head explains {shown} of the spread among cells that it has never seen.",
        3,
    ),
    wrong(
        lambda numbers: numbers.spread < 0.15,
        "Your numbers are nearly the same for all cells, from {lowest} to {highest}. A softmax over one"
        " output is always 1, and a head that was hardly trained says much the same of everything.",
        "the same for every cell",
    ),
    wrong(
        lambda numbers: np.isin(numbers.got, (0, 1)).all(),
        "You give 0 or 1 for each cell. A probability was asked for, so that a doubtful cell is in between.",
        "yes or no in place of a number",
    ),
    wrong(
        lambda numbers: numbers.outside > 0.2 and numbers.together > 0.25,
        "Your numbers go from {lowest} to {highest}, and probabilities from 0 to 1. They do follow the truth:"
        " are they logits, of which the sigmoid has not been taken?",
        "logits in place of probabilities",
    ),
    wrong(
        lambda numbers: numbers.together < 0.2,
        "Your numbers have hardly anything to do with the cells: they explain {shown} of the spread. Look at"
        " the shapes: a loss of outputs (N, 1) and targets (N,) may compare each output with every target."
        " Do features and targets still belong to each other, row by row?",
        "nothing learned",
    ),
    wrong(
        always,
        "Your numbers explain {shown} of the spread, and a plain head explains more. Does the head predict in"
        " evaluation mode? Is the loss still falling when you stop? (Keras's batch normalisation needs some"
        " hundreds of steps until its stored numbers are of use, or a lower momentum. A single layer on 1,280"
        " features wants to start at zero, with a low rate.)",
        "too little learned",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Points for the score, and for nothing else."""
    numbers = Numbers(observed, inputs)
    return stopped(UNUSABLE, numbers) or total(read(SCORE, numbers))
