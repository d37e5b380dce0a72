"""Three points for what the averaged network says."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, total, wrong

from .probe import arrays, asked

STATISTICS = (4, 5)
"""Of the arrays, those that no gradient trains."""


class Case:
    """What the shared network says, and what others would."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.got = read_array(observed["shared"], "the shared network").astype("float64")
        self.x, self.counts = inputs["x"].astype("float64"), np.array(inputs["counts"], float)
        self.start = arrays(inputs, -1)
        self.sent = [arrays(inputs, place) for place in range(len(self.counts))]
        models = [read_array(one, "a market's network") for one in observed["models"]]
        self.changed = not all(
            np.allclose(one, asked(weights, self.x), rtol=1e-3, atol=1e-3)
            for one, weights in zip(models, self.sent, strict=True)
        )

    def averaged(self, shares: np.ndarray) -> list[np.ndarray]:
        return [
            np.asarray(sum(s * array for s, array in zip(shares, many, strict=True)))
            for many in zip(*self.sent, strict=True)
        ]

    @property
    def shares(self) -> np.ndarray:
        return np.asarray(self.counts / self.counts.sum())

    @property
    def alike(self) -> np.ndarray:
        return np.full(len(self.counts), 1 / len(self.counts))

    def says(self, weights: list[np.ndarray], huge: bool = False) -> bool:
        """Whether the shared network answers so; of ``huge`` answers float32 keeps the largest ones only."""
        wanted = asked(weights, self.x)
        near = 1e-3 * float(np.abs(wanted).max()) if huge else 1e-3
        return bool(np.allclose(self.got, wanted, rtol=1e-3, atol=near))

    def without_statistics(self, shares: np.ndarray) -> list[np.ndarray]:
        made = self.averaged(shares)
        return [self.start[i] if i in STATISTICS else array for i, array in enumerate(made)]


AVERAGE = (
    wrong(
        lambda case: not np.isfinite(case.got).all(),
        "The shared network gives NaN or infinity. Is a variance below zero, or a sum not divided?",
        "not finite",
    ),
    wrong(
        lambda case: case.changed,
        "Networks of the markets were changed. What `state_dict()` gives are the weights themselves,"
        " not copies.",
        "markets changed",
    ),
    right(
        lambda case: case.says(case.averaged(case.shares)), "Every payment counts as much as any other.", 3
    ),
    wrong(
        lambda case: case.says(case.start),
        "The shared network says what it said before. Put the mean into it, in place.",
        "nothing done",
    ),
    wrong(
        lambda case: case.says(case.averaged(case.alike)) or case.says(case.without_statistics(case.alike)),
        "All markets count alike. A market with more payments knows more: weigh by the counts.",
        "unweighted",
    ),
    wrong(
        lambda case: case.says(case.without_statistics(case.shares)),
        "The statistics of BatchNorm are those of the shared network as it was. They are no trained"
        " weights, and still"
        " belong to the network: average them too.",
        "statistics left out",
    ),
    wrong(
        lambda case: any(case.says(weights) for weights in case.sent),
        "The shared network is a copy of one market's. Take the mean of all.",
        "one market alone",
    ),
    wrong(
        lambda case: case.says(case.averaged(case.counts), huge=True),
        "The weights are a sum, multiplied by the counts. Divide by the number of all payments.",
        "a sum",
    ),
    wrong(always, "The shared network does not say what the weighted mean would. Check one array by hand."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing."""
    return total(read(AVERAGE, Case(observed, inputs)))
