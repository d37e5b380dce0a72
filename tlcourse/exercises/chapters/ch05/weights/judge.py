"""Both points for weights that balance the classes, whichever is rare and however large both weights are."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Finding, Verdict, always, close, read, right, show, total, wrong

from .probe import BATCH, DEFECTIVE, targets


class Case:
    """The two weights that were used for one set of labels."""

    def __init__(self, seen: Any, case: dict[str, Any]) -> None:
        self.seen = np.asarray(seen, "float64")
        self.outputs = np.asarray(case["outputs"], "float64")
        self.ones = int(np.sum(case["labels"]))
        self.zeros = len(case["labels"]) - self.ones
        self.n = len(case["labels"])
        self.when = f"For {self.n} labels, {self.ones} of them 1,"

    @cached_property
    def fit(self) -> tuple[np.ndarray, float]:
        """Weights of 0 and 1, and how far the losses of the batches are from what these give."""
        if len(self.seen) == 2:
            return self.seen, 0.0
        z, t = self.outputs, targets()
        each = np.maximum(z, 0) - z * t + np.log1p(np.exp(-np.abs(z)))
        sums = np.stack([each[:, DEFECTIVE:].sum((1, 2)), each[:, :DEFECTIVE].sum((1, 2))], axis=1) / BATCH
        weights = np.linalg.lstsq(sums, self.seen, rcond=None)[0]
        return weights, float(np.abs(sums @ weights - self.seen).max() / max(1e-12, np.abs(self.seen).max()))

    @cached_property
    def is_weighted(self) -> bool:
        weights, rest = self.fit
        return bool(np.isfinite(weights).all() and (weights > 0).all() and rest < 1e-3)

    @cached_property
    def ratio(self) -> float:
        """How much more a 1 counts than a 0."""
        return float(self.fit[0][1] / self.fit[0][0])

    @cached_property
    def yours(self) -> str:
        return f"{self.when} a 1 counts {show(self.ratio, 5)} times as much as a 0"

    @cached_property
    def size(self) -> float:
        return float(self.fit[0].mean())

    def counts(self, ratio: float) -> bool:
        return close(self.ratio / ratio, 1.0, 5e-3)


WEIGHTS = (
    wrong(
        lambda case: not case.is_weighted,
        "{when} what you give is not the usual loss with a weight for each class. It should read raw"
        " outputs, and weigh their binary cross-entropy.",
        "another loss",
    ),
    right(
        lambda case: case.counts(case.zeros / case.ones),
        "With your weights both classes count as much in all, whichever is the rare one.",
        2,
    ),
    wrong(
        lambda case: case.counts(1) and not close(case.size, 1, 1e-3),
        "{when} every row counts more, zeros and ones alike. `weight` multiplies all rows; look for the"
        " argument that weighs the ones only.",
        "every row weighs more",
    ),
    wrong(
        lambda case: case.counts(1),
        "{when} a 1 counts as much as a 0. So the frequent class has most of the say.",
        "no weights",
    ),
    wrong(
        lambda case: case.counts(case.ones / case.zeros),
        "{yours}: upside down. The rarer a class is, the more each of its rows has to count.",
        "upside down",
    ),
    wrong(
        lambda case: case.counts(case.n / case.ones),
        "{yours}. That is how many rows there are for each 1. Count how many zeros there are for each: with"
        " that weight both classes add up to the same.",
        "all rows for each 1",
    ),
    wrong(
        lambda case: case.counts(case.ones / case.n) or case.counts(np.sqrt(case.zeros / case.ones)),
        "{yours}. Add up what the zeros weigh and what the ones weigh: the two sums should be the same.",
        "another weight",
    ),
    wrong(
        always,
        "{yours}. Add up what all zeros weigh, and what all ones weigh: the two sums should be the same,"
        " whatever the labels are.",
        "another weight",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing, over labels of three kinds."""
    for seen in observed["cases"]:
        if isinstance(seen, str):
            why = f"`weighted` should give a loss (PyTorch) or a dictionary (Keras); yours gave {seen}."
            return Verdict(0.0, (Finding(False, why),))
    return total(
        read(WEIGHTS, [Case(*pair) for pair in zip(observed["cases"], inputs["cases"], strict=True)])
    )
