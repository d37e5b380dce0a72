"""A point for each layer that loses channels; none where the wide network was spoilt."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, right, stopped, tiny, total, wrong

from .probe import initial


class Case:
    """The arrays of the narrow network beside those of the wide one."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.given, self.kept, self.width = observed["given"], inputs["kept"], inputs["width"]
        self.wide = initial(self.width, inputs["seed"])
        self.spoilt = bool(tiny.moved(self.wide, observed["after"]))

    @cached_property
    def usable(self) -> bool:
        return isinstance(self.given, dict) and self.given.keys() == self.wide.keys()

    @cached_property
    def channels(self) -> int:
        return int(np.shape(self.given["first.bias"])[0])

    def narrow(self, name: str, rows: list[int]) -> np.ndarray:
        value = self.wide[name]
        if name == "second.weight":
            return value[:, :, rows]
        return value[..., rows] if name.startswith(("first", "norm")) else value

    def same(self, names: list[str], rows: list[int] | None = None) -> bool:
        rows = self.kept if rows is None else rows
        return all(
            np.shape(self.given[name]) == self.narrow(name, rows).shape
            and np.allclose(self.given[name], self.narrow(name, rows), atol=1e-6)
            for name in names
        )

    @cached_property
    def firsts(self) -> list[int]:
        return list(range(len(self.kept)))

    @cached_property
    def others(self) -> list[int]:
        return [row for row in range(self.width) if row not in self.kept]

    @cached_property
    def zeros(self) -> bool:
        weight = np.asarray(self.given["first.weight"])
        return weight.shape[-1] == self.width and bool((np.abs(weight[..., self.others]) < 1e-9).all())


USABLE = (
    wrong(
        lambda case: not case.usable,
        "`narrowed(model, build, kept)` should give a network that `build` made; yours gave {given}.",
        "no network",
    ),
    wrong(
        lambda case: case.spoilt,
        "The wide network changed. Write into the new one only.",
        "wide network changed",
    ),
    wrong(
        lambda case: case.zeros,
        "The channels that go are zeros now, and still there: the file is as large and the work as"
        " long. Build a"
        " narrower network.",
        "zeros",
    ),
    wrong(
        lambda case: case.channels != len(case.kept),
        "Your network has {channels} channels between the convolutions, which is not how many are to stay.",
        "another width",
    ),
)
FIRST = ["first.weight", "first.bias"]
WEIGHTS = ["norm.scale", "norm.shift"]
STATISTICS = ["norm.mean", "norm.variance"]
SECOND = ["second.weight", "second.bias", "classifier.weight", "classifier.bias"]
BEFORE = (
    right(lambda case: case.same(FIRST), "The first convolution gives the channels that stay."),
    wrong(
        lambda case: case.same(FIRST, case.firsts),
        "The first convolution gives the first channels, and `kept` names others.",
        "the first channels",
    ),
    wrong(
        lambda case: len(case.others) == len(case.kept) and case.same(FIRST, case.others),
        "The first convolution gives the channels that should go.",
        "those that should go",
    ),
    wrong(always, "The first convolution does not give the channels that stay: look at its kernel and bias."),
)
NORM = (
    right(lambda case: case.same(WEIGHTS + STATISTICS), "BatchNorm has the numbers of these channels."),
    wrong(
        lambda case: case.same(WEIGHTS) and not case.same(STATISTICS),
        "BatchNorm's weights are right, and its means and variances are not those of the channels that stay.",
        "statistics left out",
    ),
    wrong(
        always, "BatchNorm has four numbers for each channel: yours are not those of the channels that stay."
    ),
)
AFTER = (
    right(lambda case: case.same(SECOND), "The second convolution reads them, and the rest is as it was."),
    wrong(
        lambda case: case.same(SECOND, case.firsts),
        "The second convolution reads the channels as if the first ones had stayed. Its input"
        " channels are those"
        " of `kept`.",
        "second reads the first ones",
    ),
    wrong(
        always,
        "What comes after is not right: the second convolution keeps all its outputs and loses"
        " inputs, and the"
        " classifier stays as it is.",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each."""
    case = Case(observed, inputs)
    if (verdict := stopped(USABLE, case)) is not None:
        return verdict
    return total(read(BEFORE, case), read(NORM, case), read(AFTER, case))
