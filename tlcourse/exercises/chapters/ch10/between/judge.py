"""The weights, the statistics, and the two networks that are to stay: a point each."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, right, show, stopped, tiny, total, wrong

from .probe import CLASSES

Arrays = dict[str, np.ndarray]


class Case:
    """One call: the share, what came, and what became of the two networks."""

    def __init__(self, seen: dict[str, Any], share: float, old: Arrays, new: Arrays) -> None:
        self.given, self.share, self.old, self.new = seen["given"], share, old, new
        self.seen = seen
        self.when = f"With the share {show(share)},"

    @cached_property
    def weights(self) -> list[str]:
        return [name for name in self.old if not name.endswith(tiny.STATISTICS)]

    @cached_property
    def statistics(self) -> list[str]:
        return [name for name in self.old if name.endswith(tiny.STATISTICS)]

    def are(self, names: list[str], expected: Callable[[np.ndarray, np.ndarray], np.ndarray]) -> bool:
        def near(name: str) -> bool:
            wanted = expected(self.old[name].astype("float64"), self.new[name].astype("float64"))
            got = np.asarray(self.given[name], "float64")
            return got.shape == wanted.shape and bool(np.allclose(got, wanted, rtol=1e-4, atol=1e-5))

        return self.usable and all(near(name) for name in names)

    @cached_property
    def usable(self) -> bool:
        return isinstance(self.given, dict) and self.given.keys() == self.old.keys()

    def between(self, old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return old + self.share * (new - old)

    def other_way(self, old: np.ndarray, new: np.ndarray) -> np.ndarray:
        return new + self.share * (old - new)

    @cached_property
    def weights_right(self) -> bool:
        return self.are(self.weights, self.between)

    @cached_property
    def changed(self) -> str:
        first = {"old": self.old, "new": self.new}
        return " and ".join(f"`{name}`" for name in first if tiny.moved(first[name], self.seen[name]))


UNUSABLE = (
    wrong(
        lambda case: not case.usable,
        "`between(old, new, share)` should give a network like the two that it gets; yours gave {given}.",
        "no network",
    ),
)
WEIGHTS = (
    right(lambda case: case.weights_right, "The weights are so much of the way from old to new."),
    wrong(
        lambda case: case.are(case.weights, case.other_way),
        "{when} your weights are as far from `new` as they should be from `old`. A share of 0 is the old"
        " network.",
        "share the wrong way round",
    ),
    wrong(
        lambda case: case.are(case.weights, lambda old, new: (old + new) / 2),
        "{when} your weights are half way. Use the share.",
        "half and half",
    ),
    wrong(
        lambda case: (
            case.are(case.weights, lambda old, new: old) or case.are(case.weights, lambda old, new: new)
        ),
        "{when} your weights are those of one of the two networks.",
        "one of the two",
    ),
    wrong(always, "{when} your weights are not that share of the way from `old` to `new`."),
)
STATISTICS = (
    right(lambda case: case.are(case.statistics, case.between), "BatchNorm's statistics are as well."),
    wrong(
        lambda case: (
            case.are(case.statistics, lambda old, new: old) or case.are(case.statistics, lambda old, new: new)
        ),
        "{when} BatchNorm's means and variances are those of one network. The weights between two networks"
        " need the statistics between them.",
        "statistics left out",
    ),
    wrong(always, "{when} BatchNorm's statistics are not that share of the way from `old` to `new`."),
)
KEPT = (
    right(lambda case: not case.changed, "Both networks stayed as they were."),
    wrong(
        always,
        "{when} {changed} changed. Write into a copy: who compares shares needs both ends again.",
        "an input changed",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; none for leaving both alone where nothing else is right."""
    old, new = (
        tiny.initial(inputs["blocks"], inputs["width"], CLASSES, inputs[name]) for name in ("old", "new")
    )
    cases = [
        Case(seen, share, old, new) for seen, share in zip(observed["cases"], inputs["shares"], strict=True)
    ]
    if (verdict := stopped(UNUSABLE, cases)) is not None:
        return verdict
    weights, statistics = read(WEIGHTS, cases), read(STATISTICS, cases)
    if not weights[0] and not statistics[0]:
        return total(weights)
    return total(weights, statistics, read(KEPT, cases))
