"""A class, yes or no, a number: a point each, for answers that are right in every row."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    always,
    close,
    read,
    read_array,
    right,
    show,
    stopped,
    total,
    wrong,
)

from .probe import KINDS, raw


class Answers:
    """What came back for one kind of answer."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any], kind: str) -> None:
        self.kind, self.observed = kind, observed
        self.z = raw(inputs[kind], inputs[kind]["x"])
        self.n, self.outputs = self.z.shape
        self.when = f'For {self.n} rows and "{kind}"'
        self.whole = read_array(observed[kind], f'`answers(head, x, "{kind}")`')

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return self.whole.shape

    @cached_property
    def is_a_column(self) -> bool:
        return self.shape in ((self.n,), (self.n, 1))

    @cached_property
    def got(self) -> np.ndarray:
        return self.whole.reshape(-1)

    @cached_property
    def first(self) -> str:
        return show([float(v) for v in self.got[:3]], 3)

    @cached_property
    def differs_each_time(self) -> bool:
        """Whether two heads with the same numbers gave other answers: something is drawn."""
        again = self.observed["again"]
        return not (isinstance(again, np.ndarray) and close(again, self.observed["a number"], 1e-4))

    def says(self, answers: np.ndarray, tol: float = 1e-6) -> bool:
        return close(self.got, np.asarray(answers, "float64"), tol)

    @cached_property
    def scale(self) -> float:
        return max(1.0, float(np.abs(self.z).max()))

    @cached_property
    def are_shares(self) -> bool:
        """Whether some are neither 0 nor 1."""
        return not np.isin(self.got, (0, 1)).all()


DROPS = (
    "{when} you give other answers each time that you are asked: dropout is at work, since the head is still"
    " in training mode. Tell it that it is predicting now."
)
SHAPES = (
    wrong(
        lambda case: not case.is_a_column and case.shape == (case.n, case.outputs),
        "{when} you give a table of {n} x {outputs}: a number for each class. The answer is the number of one"
        " class for each row.",
        "scores in place of a class",
    ),
    wrong(
        lambda case: not case.is_a_column,
        "{when} you give an array of shape {shape}: one answer each, please.",
    ),
)
CLASSES = (
    right(lambda case: case.says(case.z.argmax(1)), "Where one class is asked for, the likeliest is named."),
    wrong(lambda case: case.differs_each_time, DROPS, "still in training mode"),
    wrong(
        lambda case: close(case.got, np.rint(case.got), 0) and case.got.min() >= 0,
        "{when} some of your classes are not those with the largest output in evaluation mode.",
        "another class",
    ),
    wrong(
        always,
        "{when} your first answers are {first}: not numbers of classes.",
        "scores in place of a class",
    ),
)
YES_OR_NO = (
    right(lambda case: case.says(case.z[:, 0] > 0), "Yes means that its probability is above one half."),
    wrong(lambda case: case.differs_each_time, DROPS, "still in training mode"),
    wrong(
        lambda case: case.says(case.z[:, 0] > 0.5),
        "{when} you compare the logit with one half. It is the probability that should be above one half,"
        " and a logit of one half is a probability of 0.62.",
        "threshold on the logit",
    ),
    wrong(
        lambda case: np.ptp(case.got) == 0,
        "{when} you say the same to all of them. A softmax over one output is always 1, and the largest of"
        " one number is always the first.",
        "softmax over one output",
    ),
    wrong(
        lambda case: case.are_shares,
        "{when} your first answers are {first}. Those are no answers yet: say yes or no, true or false, 1 or"
        " 0.",
        "a probability in place of an answer",
    ),
    wrong(always, "{when} some of your answers are wrong. Is the head in evaluation mode?", "other answers"),
)
NUMBERS = (
    right(lambda case: case.says(case.z[:, 0], 1e-4 * case.scale), "A number is given as it comes."),
    wrong(lambda case: case.differs_each_time, DROPS, "still in training mode"),
    wrong(
        lambda case: case.got.min() >= 0 and case.got.max() <= 1,
        "{when} all your answers lie between 0 and 1, and these numbers lie elsewhere. A head for a number"
        " has no activation.",
        "an activation on a number",
    ),
    wrong(
        always,
        "{when} your first answers are {first}, and in evaluation mode the head gives others.",
        "other numbers",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point for each kind."""
    classes, yes, numbers = (Answers(observed, inputs, kind) for kind in KINDS)
    if (verdict := stopped(SHAPES, [classes, yes, numbers])) is not None:
        return verdict
    return total(read(CLASSES, classes), read(YES_OR_NO, yes), read(NUMBERS, numbers))
