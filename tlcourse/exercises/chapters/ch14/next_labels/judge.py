"""A point for images on which the model is unsure, one for no two of a series."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong
from tlcourse.probabilities import softmax

from .probe import SERIES, SHOTS, chosen, outputs


class Chosen:
    """The rows that were named, beside every way to get there."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.rows = read_array(observed["rows"], "`label_next`")
        self.ways, self.series, self.n = chosen(inputs), np.asarray(inputs["series"]), inputs["n"]
        self.shape, self.top = self.rows.shape, softmax(outputs(inputs)).max(axis=1)

    @cached_property
    def whole(self) -> bool:
        """Whether these are rows, each named once."""
        rows = self.rows.astype("float64")
        inside = np.isfinite(rows).all() and rows.min() >= 0 and rows.max() < SERIES * SHOTS
        return bool(inside and (rows == rows.round()).all() and len(np.unique(rows)) == self.n)

    @cached_property
    def named(self) -> set[int]:
        return {int(row) for row in self.rows}

    @cached_property
    def different(self) -> int:
        return len(np.unique(self.series[self.rows.astype(int)]))

    @cached_property
    def surest(self) -> bool:
        """Whether these have the highest probabilities; near 1 they tie."""
        least = self.top[list(self.ways["the surest"])].min()
        return bool(self.top[self.rows.astype(int)].min() > least - 1e-3)

    def is_way(self, name: str) -> bool:
        return self.named == self.ways[name]


UNUSABLE = (
    wrong(
        lambda case: case.shape != (case.n,),
        "You give an array of shape {shape}. The numbers of {n} rows are asked for.",
        "not so many rows",
    ),
    wrong(
        lambda case: not case.whole,
        "These are not the numbers of {n} different rows, from 0 to 47.",
        "no rows",
    ),
)
UNSURE = (
    right(
        lambda case: case.is_way("right") or case.is_way("several of a series"),
        "Your images are those on which the model is least sure.",
    ),
    wrong(
        lambda case: case.surest,
        "You name the images on which the model is surest. It would learn little from their labels.",
        "the surest",
    ),
    wrong(
        lambda case: case.is_way("logits"),
        "You compare the highest logits. How sure the model is, the highest probability says: after a"
        " softmax.",
        "logits",
    ),
    wrong(
        lambda case: case.is_way("the first of each series"),
        "You took the first image of each series, and chose among these. The one on which the model is least"
        " sure may be another shot.",
        "the first of each series",
    ),
    wrong(
        always,
        "Your images are not those on which the model is least sure. Is it in evaluation mode? Take the"
        " lowest of the highest probabilities.",
        "not the least sure",
    ),
)
SERIES_TABLE = (
    right(lambda case: case.different == case.n, "No two of them show the same thing."),
    wrong(
        always,
        "Your {n} images are from {different} series: some show the same thing, and its second label says"
        " nothing new. Take one of each.",
        "several of a series",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The second point only with the first."""
    case = Chosen(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    unsure = read(UNSURE, case)
    return total(unsure, read(SERIES_TABLE, case)) if unsure[0] else total(unsure)
