"""A point for the rise and one for the fall, each if it is right in all three runs."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    read,
    right,
    show,
    stopped,
    total,
    wrong,
)

NEAR = 2e-4  # of the full rate: Keras computes in 32 bits


class Run:
    """The rates of one run, as shares of the rate that the optimizer was given."""

    def __init__(self, run: dict[str, Any], seen: Any) -> None:
        if not isinstance(seen, np.ndarray):
            raise WrongAnswerError(
                f"`schedule` should give what sets the rate in each step; yours gave {seen}."
            )
        self.steps, self.warmup = run["steps"], run["warmup"]
        self.rates = np.asarray(seen, "float64").reshape(self.steps, -1)
        self.given = np.asarray(run["rates"], "float64")[: self.rates.shape[1]]
        self.all = self.rates / self.given
        self.got = self.all[:, 0]
        self.left = self.steps - self.warmup
        self.progress = np.arange(self.left) / self.left
        self.rise, self.fall = self.got[: self.warmup], self.got[self.warmup :]

    @cached_property
    def begins(self) -> str:
        return show((self.rates[: self.warmup + 1, 0]).tolist())

    @cached_property
    def goes_on(self) -> str:
        return show(self.rates[self.warmup : self.warmup + 3, 0].tolist())

    @cached_property
    def ends(self) -> str:
        return show(self.rates[-2:, 0].tolist())

    @property
    def rate(self) -> str:
        return show(float(self.given[0]))

    def rises_as(self, shares: Any) -> bool:
        return bool(np.abs(self.rise - shares).max() < NEAR)

    def falls_as(self, shares: Any) -> bool:
        return bool(np.abs(self.fall - shares).max() < NEAR)

    @cached_property
    def lines(self) -> list[np.ndarray]:
        """Lines from one part in ``warmup`` to the full rate, in the warm-up's last step or right after."""
        k = np.arange(self.warmup)
        return [1 / self.warmup + (1 - 1 / self.warmup) * k / self.warmup, (k + 1) / self.warmup]

    def cosine(self, progress: Any) -> np.ndarray:
        return 0.5 * (1 + np.cos(np.pi * progress))


ALL = (
    wrong(lambda run: not np.isfinite(run.rates).all(), "Some rates are NaN or infinite."),
    wrong(
        lambda run: np.ptp(run.got) < NEAR,
        "The rate is {rate} in every step: nothing changes it.",
        "nothing changes",
    ),
    wrong(
        lambda run: run.all.shape[1] > 1 and np.abs(run.all[:, 0] - run.all[:, 1]).max() > 0.01,
        "The optimizer has two groups with a rate each, and your schedule does not keep their proportion."
        " Multiply each group's own rate.",
        "the groups' own rates lost",
    ),
)
RISE = (
    right(
        lambda run: any(run.rises_as(line) for line in run.lines),
        "It rises in a line, and no step is wasted.",
    ),
    wrong(
        lambda run: abs(run.got[0]) < NEAR,
        "With {warmup} steps of warm-up the first rates are {begins}. The first step has the rate 0: it"
        " computes a gradient and does nothing with it.",
        "begins at 0",
    ),
    wrong(
        lambda run: run.got[0] > 0.9,
        "With {warmup} steps of warm-up the first rates are {begins}. They do not rise.",
        "no warm-up",
    ),
    wrong(
        always,
        "With {warmup} steps of warm-up the first rates are {begins}. They should rise by equal steps, from"
        " one part in {warmup} of the rate to all of it.",
    ),
)
FALL = (
    right(lambda run: run.falls_as(run.cosine(run.progress)), "Then it falls along half a cosine, to 0."),
    wrong(
        lambda run: np.ptp(run.fall) < NEAR,
        "After the warm-up the rate stays at {goes_on}. It should fall.",
        "never falls",
    ),
    wrong(
        lambda run: run.falls_as(run.cosine(np.arange(run.left) / run.steps)),
        "After the warm-up the rates begin with {goes_on} and end with {ends}. The cosine is too long: it was"
        " given all {steps} steps, and only those after the warm-up are left.",
        "too long",
    ),
    wrong(
        lambda run: run.falls_as(run.cosine((np.arange(run.left) + run.warmup) / run.steps)),
        "After the warm-up the rates begin with {goes_on}. The cosine was counted from step 0, so the rate"
        " drops where the warm-up ends.",
        "counted from the start",
    ),
    wrong(
        lambda run: run.falls_as(1 - run.progress),
        "After the warm-up the rates begin with {goes_on} and end with {ends}. That is a straight line.",
        "a line",
    ),
    wrong(
        lambda run: run.got.min() < -NEAR,
        "Some rates are below zero: steps uphill. The cosine goes from 1 to -1; half of it, raised, from 1"
        " to 0.",
        "below zero",
    ),
    wrong(
        always,
        "After the warm-up the rates begin with {goes_on} and end with {ends}. They should follow"
        " 0.5 (1 + cos(pi p)), with p from 0 at the end of the warm-up to nearly 1 in the last step.",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each."""
    runs = [Run(run, seen) for run, seen in zip(inputs["runs"], observed["rates"], strict=True)]
    return stopped(ALL, runs) or total(read(RISE, runs), read(FALL, runs))
