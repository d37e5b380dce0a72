"""Two points for the threshold, judged by what it lets through, and one for the misses at it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, close, number, read, right, show, total, wrong


class Case:
    """One set of validation clips and the answer for it."""

    def __init__(self, case: dict[str, Any], found: Any) -> None:
        self.threshold = number(found[0], "the threshold")
        self.missed = number(found[1], "the share of misses")
        self.scores, self.keyword = np.array(case["scores"]), np.array(case["keyword"])
        self.best = self.scores.max(axis=1)
        self.others = self.best[~self.keyword]
        self.hours = len(self.others) * case["seconds"] / 3600
        self.all_hours = len(self.best) * case["seconds"] / 3600
        self.seconds, self.per_hour = case["seconds"], case["per_hour"]
        rate = show(self.alarms / self.hours, 3)
        self.yours = f"Your threshold {show(self.threshold)} gives {rate} false alarms an hour"
        self.asked = f"{show(self.per_hour)} were allowed"

    @property
    def alarms(self) -> int:
        return int((self.others >= self.threshold).sum())

    def lowest(self, others: np.ndarray, allowed: int) -> tuple[float, float]:
        """Between which scores a threshold must lie, so that just `allowed` of others reach it."""
        ordered = np.sort(others.ravel())[::-1]
        allowed = min(allowed, len(ordered) - 1)
        return float(ordered[allowed]), float(ordered[allowed - 1]) if allowed else 1.0

    def between(self, others: np.ndarray, allowed: float) -> bool:
        low, high = self.lowest(others, int(allowed + 1e-9))
        return low < self.threshold <= max(high, low + 1e-3)

    @cached_property
    def allowed(self) -> float:
        return self.per_hour * self.hours

    @property
    def right_misses(self) -> float:
        return float((self.best[self.keyword] < self.threshold).mean())


class Cases:
    """All sets of clips: a slip is named where it explains every one of them."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        pairs = zip(inputs["cases"], observed["found"], strict=True)
        self.cases = [Case(case, found) for case, found in pairs]
        first = next((one for one in self.cases if not one.between(one.others, one.allowed)), self.cases[0])
        self.yours, self.asked = first.yours, first.asked

    def all(self, holds: Callable[[Case], bool]) -> bool:
        return all(holds(case) for case in self.cases)

    @property
    def right(self) -> bool:
        return self.all(lambda one: one.between(one.others, one.allowed))


THRESHOLD = (
    right(
        lambda cases: cases.right,
        "The threshold lets through as many false alarms as allowed, and no more.",
        2,
    ),
    wrong(
        lambda cases: cases.all(lambda one: one.between(one.scores[~one.keyword], one.allowed)),
        "{yours}; {asked}. You count windows. A clip that is above the threshold in several windows raises"
        " one alarm: take its highest score.",
        "windows counted",
    ),
    wrong(
        lambda cases: cases.all(lambda one: one.between(one.best, one.per_hour * one.all_hours)),
        "{yours}; {asked}. Clips with the keyword are among those that you count. An alarm for them is no"
        " false one.",
        "keywords counted",
    ),
    wrong(
        lambda cases: cases.all(lambda one: one.between(one.others, one.per_hour)),
        "{yours}; {asked}. So many alarms are allowed in an *hour*. How long are the clips without the"
        " keyword, all together?",
        "not an hour",
    ),
    wrong(
        lambda cases: cases.all(lambda one: one.alarms <= one.allowed),
        "{yours}; {asked}. A lower threshold would miss fewer keywords.",
        "too strict",
    ),
    wrong(always, "{yours}; {asked}. That is too many.", "too many alarms"),
)
MISSES = (
    wrong(lambda cases: not cases.right, "The misses are looked at when the threshold is right."),
    right(
        lambda cases: cases.all(lambda one: close(one.missed, one.right_misses, 1e-6)),
        "The misses are right, too.",
        1,
    ),
    wrong(
        lambda cases: cases.all(lambda one: close(one.missed, 1 - one.right_misses, 1e-6)),
        "That is the share of keywords that were found. The misses are the others.",
        "found for missed",
    ),
    wrong(
        always,
        "The misses are the clips with the keyword whose highest score is below the threshold, as a share.",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Three sets of clips, all of them."""
    cases = Cases(observed, inputs)
    return total(read(THRESHOLD, cases), read(MISSES, cases))
