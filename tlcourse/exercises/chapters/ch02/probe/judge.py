"""Two points for the order, and one for networks that are as they were."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, listed, read, right, show, stopped, total, wrong

from .ways import orders


class Ranked:
    """What came back, as places of the candidates."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.value, self.inputs = observed["order"], inputs
        self.statistics = observed["statistics"]
        self.names = [spec["name"] for spec in inputs["candidates"]]
        self.returned = show(self.value)

    @cached_property
    def given(self) -> list[Any]:
        """The names that came back, whatever they came in."""
        value = self.value
        if isinstance(value, np.ndarray):
            value = value.ravel().tolist()
        return list(value) if isinstance(value, list | tuple) else [value]

    @cached_property
    def ways(self) -> dict[str, list[int]]:
        return orders(self.inputs)

    def says(self, way: str) -> bool:
        return self.given == [self.names[place] for place in self.ways[way]]

    @cached_property
    def widest(self) -> str:
        """The candidate with the most features, which tell nothing: the best on the training images."""
        widths = [np.shape(spec["weight"])[1] for spec in self.inputs["candidates"]]
        return self.names[int(np.argmax(widths))]

    @cached_property
    def best(self) -> str:
        return self.names[self.ways["right"][0]]

    @cached_property
    def shown(self) -> str:
        return listed(self.given)

    @property
    def moved(self) -> bool:
        """Whether BatchNorm's statistics are others than the mean 0 and variance 1 that they were."""
        return any(np.abs(m).max() > 1e-6 or np.abs(v - 1).max() > 1e-6 for m, v in self.statistics)


NO_ORDER = (
    wrong(
        lambda one: isinstance(one.value, str),
        "`rank` gives one name, {returned}. A shortlist was asked for: all names, the best first.",
        "one name only",
    ),
    wrong(
        lambda one: sorted(map(str, one.given)) != sorted(one.names),
        "`rank` should give a list with the name of every candidate once. Yours gave {returned}.",
        "not a list of all names",
    ),
)
ORDER = (
    right(lambda one: one.says("right"), "The order is that of a linear probe on validation images.", 2),
    wrong(
        lambda one: one.says("worst first"),
        "Your order is {shown}: the worst comes first. `reverse=True` turns it round.",
        "worst first",
    ),
    wrong(
        lambda one: one.given[-1] != one.widest,
        "Your order is {shown}. `{widest}` has the most features: on the images that it was fitted to, its"
        " probe is right about everything. Judge on the validation images.",
        "judged on the training images",
    ),
    wrong(
        lambda one: one.given[0] == one.best,
        "Your order is {shown}. The first is right; further down, features that tell the classes less well"
        " come before ones that tell them better.",
        "another order",
    ),
    wrong(
        always,
        "Your order is {shown}. A probe on the features of the first gets fewer validation images right than"
        " one on another's.",
        "another order",
    ),
)
LEFT = (
    wrong(
        lambda one: one.moved,
        "BatchNorm's statistics are not what they were: a network was called in training mode. Then its"
        " features depend on the rest of the batch, and dropout takes some away.",
        "training mode",
    ),
    right(always, "The networks are as they were."),
)
UNPAID = (
    wrong(always, "That the networks are as they were counts when the order is right.", "another order"),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Leaving the networks alone earns nothing by itself."""
    one = Ranked(observed, inputs)
    if (verdict := stopped(NO_ORDER, one)) is not None:
        return verdict
    order = read(ORDER, one)
    if not order[1].passed and not one.moved:
        return total(order, read(UNPAID, one))
    return total(order, read(LEFT, one))
