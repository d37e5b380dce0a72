"""How many of the rows named have a wrong label: only that gives points."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong

from .probe import IMAGES, NAMED, WRONG

ENOUGH, SOME, LEARNED = 47, 44, 20
"""So many of 56 give all points, and one; below the last, little was learned.

On 34 seeds in PyTorch the published solution finds 51 to 56, folds of logistic regression and neighbours
49 to 55; a head that has learned all labels for 60 epochs finds 32 to 45. In Keras, on 7 seeds: 50 to 54 and
38 to 43.
"""


class Named:
    """The rows that were named, and which of them have a wrong label."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.rows = read_array(observed["rows"], "`suspects`")
        self.wrong = np.asarray(inputs["wrong"])
        self.shape, self.asked = self.rows.shape, NAMED

    @cached_property
    def whole(self) -> bool:
        """Whether these are numbers of rows."""
        rows = self.rows.astype("float64")
        return bool(
            np.isfinite(rows).all()
            and (rows == rows.round()).all()
            and rows.min() >= 0
            and rows.max() < IMAGES
        )

    @cached_property
    def different(self) -> int:
        return len(np.unique(self.rows))

    @cached_property
    def hits(self) -> int:
        return int(np.isin(self.rows, self.wrong).sum())

    @cached_property
    def yours(self) -> str:
        return f"{self.hits} of the {WRONG} wrong labels are among the {NAMED} that you name"


UNUSABLE = (
    wrong(
        lambda named: named.shape != (NAMED,),
        "You give an array of shape {shape}. Give the numbers of {asked} rows.",
        "not so many rows",
    ),
    wrong(lambda named: not named.whole, "These are no numbers of rows: they go from 0 to 559.", "no rows"),
    wrong(
        lambda named: named.different < NAMED,
        "Only {different} of your rows are different.",
        "rows named twice",
    ),
)
BY_HEART = (
    "{yours}. A head that has learned the wrong labels by heart finds little odd about them. Divide the"
    " images into folds, and judge each by a head that learned from the others."
)
FOUND = (
    right(lambda named: named.hits >= ENOUGH, "{yours}: nearly all that there are.", 3),
    wrong(lambda named: named.hits >= SOME, BY_HEART, "judged by what it learned", 1),
    wrong(lambda named: named.hits >= LEARNED, BY_HEART, "judged by what it learned"),
    wrong(
        always,
        "{yours}; by chance it would be 8. Suspicious is an image whose *given* label gets a low probability,"
        " not one about which the model is unsure.",
        "not by the given label",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Points for the wrong labels that were found."""
    named = Named(observed, inputs)
    return stopped(UNUSABLE, named) or total(read(FOUND, named))
