"""Two points for the intervals, and one for keeping what they support."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    close,
    read,
    right,
    show,
    stopped,
    total,
    wrong,
)

from .probe import by_cells, by_modules, difference, unpaired

WIDTH, PLACE = 0.09, 0.07
"""So far an interval's width may be from that of the judge's own resamples, and its middle, as shares of the
width. With 4,000 resamples the width scatters by 0.015; an interval of 90 % is narrower by 0.16."""


class Change:
    """What came back for one change."""

    def __init__(self, found: Any, case: dict[str, Any], kind: str) -> None:
        if not isinstance(found, list):
            raise WrongAnswerError(
                f"`decide` should give two numbers and true or false, (low, high, kept); yours gave {found}."
            )
        self.low, self.high, kept, drawn = (float(value) for value in found)
        self.kept, self.drawn, self.kind, self.case = bool(kept), bool(drawn), kind, case

    @cached_property
    def ends(self) -> tuple[float, float]:
        return by_modules(self.case, np.random.default_rng(1))

    @cached_property
    def cells(self) -> tuple[float, float]:
        return by_cells(self.case, np.random.default_rng(2))

    @cached_property
    def loose(self) -> tuple[float, float]:
        return unpaired(self.case, np.random.default_rng(3))

    @cached_property
    def yours(self) -> str:
        return f"Your interval goes from {show(self.low, 2)} to {show(self.high, 2)}"

    @property
    def finite(self) -> bool:
        return bool(np.isfinite([self.low, self.high]).all())

    def has(self, ends: tuple[float, float]) -> bool:
        """Whether the interval is this one, as far as resamples can tell."""
        width = ends[1] - ends[0]
        off = abs(self.middle - (ends[0] + ends[1]) / 2)
        return abs((self.high - self.low) / width - 1) < WIDTH and off < PLACE * width

    @cached_property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    @cached_property
    def ratio(self) -> float:
        return (self.high - self.low) / (self.ends[1] - self.ends[0])

    @property
    def turned(self) -> tuple[float, float]:
        return -self.ends[1], -self.ends[0]

    @property
    def first_verdict(self) -> str:
        return "kept" if self.kept else "dropped"


class Answer:
    """All calls together."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        calls = zip(inputs["calls"], observed["found"], strict=True)
        of = [(kind, place, Change(found, inputs["cases"][place], kind)) for (kind, place), found in calls]
        self.changes = [change for kind, _, change in of if kind == "case"]
        self.same = next(change for kind, _, change in of if kind == "same")
        self.all = [change for _, _, change in of]
        (again, place), *_ = [(change, place) for kind, place, change in of if kind == "again"]
        first = next(change for kind, at, change in of if kind == "case" and at == place)
        self.repeats = close([again.low, again.high], [first.low, first.high], 1e-9)

    @property
    def own(self) -> str:
        return f"from {show(self.same.low, 2)} to {show(self.same.high, 2)}"

    @property
    def keeps(self) -> list[bool]:
        return [change.kept for change in self.changes]

    def keeps_by(self, rule: Any) -> bool:
        return self.keeps == [bool(rule(change)) for change in self.changes]

    @property
    def verdict(self) -> str:
        return "keep" if self.keeps[0] else "drop"


UNUSABLE = (
    wrong(lambda change: not change.finite, "{yours}. Both ends should be numbers.", "not finite"),
    wrong(lambda change: change.low > change.high, "{yours}. Its lower end comes first.", "ends swapped"),
)
UNREPEATABLE = (
    "Two calls with generators of the same seed gave different intervals, or nothing was drawn from the `rng`"
    " that is given. Draw with it, or nobody can repeat your numbers."
)
PAIRED = (
    wrong(
        lambda answer: abs(answer.same.low) > 1e-6 or abs(answer.same.high) > 1e-6,
        "For a model and itself your interval goes {own}. Each model got modules of its own. Draw the same"
        " ones for both, so that a hard module is hard for both.",
        "not paired",
    ),
    wrong(
        lambda answer: not answer.repeats or not all(change.drawn for change in answer.all),
        UNREPEATABLE,
        "another generator",
    ),
)
INTERVAL = (
    right(lambda change: change.has(change.ends), "The interval is that of resampled modules.", 2),
    wrong(
        lambda change: change.high - change.low < 1e-9,
        "{yours}: all resamples gave the same. Draw modules with replacement, some twice, some not at all.",
        "without replacement",
    ),
    wrong(
        lambda change: change.has(change.cells) and change.ratio < 0.8,
        "{yours}. That is the interval of cells drawn one by one. Cells of one module are alike, so they"
        " count too often: draw whole modules.",
        "cells drawn one by one",
    ),
    wrong(
        lambda change: change.has(change.turned),
        "{yours}. It is that of before minus after: the question is the other way round.",
        "the other way round",
    ),
    wrong(
        lambda change: abs(change.middle - difference(change.case)) < 0.02 and 0.75 < change.ratio < 0.92,
        "{yours}. It holds 90 % of the resamples; cut off 2.5 % at each end.",
        "five at each end",
    ),
    wrong(
        lambda change: abs(change.middle - difference(change.case)) > 0.1,
        "{yours}. That is far from the difference in accuracy, after minus before, over all cells.",
        "something else",
    ),
    wrong(
        always,
        "{yours}, and resampled modules give another. Each resample has as many modules as there are, with"
        " all their cells, and 2.5 % of the resamples lie beyond each end.",
        "another interval",
    ),
)
DECISION = (
    right(
        lambda answer: answer.keeps_by(lambda change: change.ends[0] > 0),
        "Kept is what the interval supports, and nothing else.",
    ),
    wrong(lambda answer: len(set(answer.keeps)) == 1, "You {verdict} every change.", "one verdict for all"),
    wrong(
        lambda answer: answer.keeps_by(lambda change: difference(change.case) > 0),
        "You keep all that is better on average. Where the interval reaches below zero, new modules may say"
        " the opposite.",
        "keeps what is better on average",
    ),
    wrong(
        lambda answer: answer.keeps_by(lambda change: change.ends[0] > 0 or change.ends[1] < 0),
        "You keep every change whose interval leaves out zero. One lies below zero: it is surely worse.",
        "beyond zero either way",
    ),
    wrong(
        lambda answer: answer.keeps_by(lambda change: change.cells[0] > 0),
        "You keep what an interval of single cells supports. Ask whether the interval of modules lies above"
        " zero.",
        "cells drawn one by one",
    ),
    wrong(
        always,
        "Some of your verdicts do not follow from the interval. Keep a change if all of its interval lies"
        " above zero.",
        "another rule",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The verdicts can be guessed: they count beside intervals that were worked out."""
    answer = Answer(observed, inputs)
    if (verdict := stopped(UNUSABLE, answer.all) or stopped(PAIRED, answer)) is not None:
        return verdict
    interval, decision = read(INTERVAL, answer.changes), read(DECISION, answer)
    return total(interval, decision) if interval[1].passed else total(interval)
