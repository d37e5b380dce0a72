"""A point for telling a shift from none, one for counting both sides the same."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, number, read, right, show, stopped, total, wrong

NEAR = 0.12
"""So far may the mean of five pairs without a shift be from 0.5; the solution's stays within 0.09."""
FAR = 0.85


class Case:
    """What came for each kind of pair."""

    def __init__(self, values: list[Any], kinds: list[str]) -> None:
        numbers = [number(value, "what tells them apart") for value in values]
        self.all = numbers
        self.of = {kind: [v for v, k in zip(numbers, kinds, strict=True) if k == kind] for kind in set(kinds)}

    def mean(self, kind: str) -> float:
        return float(np.mean(self.of[kind]))

    @cached_property
    def same(self) -> str:
        return show(self.mean("same"), 2)

    @cached_property
    def unequal(self) -> str:
        return show(self.mean("unequal"), 2)

    @cached_property
    def least(self) -> str:
        return show(min(self.of["far"]), 2)

    @cached_property
    def odd(self) -> str:
        return show(next(value for value in self.all if not -0.001 <= value <= 1.001))


UNUSABLE = (
    wrong(
        lambda case: not all(-0.001 <= value <= 1.001 for value in case.all),
        "One pair gave {odd}. The share of right answers is from 0 to 1.",
        "no share",
    ),
)
SHIFT = (
    wrong(
        lambda case: case.mean("same") > 0.9,
        "For two sets from one distribution you give {same}. The classifier is asked about rows that it"
        " learned: with so many features it knows them by heart. Ask it about rows that were kept from it.",
        "scored on what it learned",
    ),
    wrong(
        lambda case: min(case.of["far"]) < FAR,
        "For two sets that lie far apart you give {least}. A classifier can tell them.",
        "sees no shift",
    ),
    wrong(
        lambda case: abs(case.mean("same") - 0.5) > NEAR,
        "For two sets from one distribution you give {same} on average. A coin would be right in one half.",
        "no coin where there is none",
    ),
    right(always, "A shift is told from none."),
)
BALANCE = (
    wrong(
        lambda case: case.mean("unequal") > 0.5 + 1.5 * NEAR,
        "For 150 rows and 30 from one distribution you give {unequal}: always answering with the larger"
        " side would be right as often. Let both sides count the same.",
        "the larger side counts more",
    ),
    wrong(
        lambda case: abs(case.mean("unequal") - 0.5) > 1.5 * NEAR,
        "For 150 rows and 30 from one distribution you give {unequal} on average, and a coin is right in"
        " one half.",
        "no coin where there is none",
    ),
    right(always, "Both sides count the same."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; the second only with the first: who always says 0.5 has looked at nothing."""
    case = Case(observed["values"], inputs["kinds"])
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    shift = read(SHIFT, case)
    return total(shift, read(BALANCE, case)) if shift[0] else total(shift)
