"""A point for going on where the run was stopped, one for the same end, one for a run that is over."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong


class Runs:
    """The four runs."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.steps = {name: int(run["steps"]) for name, run in observed.items()}
        self.of = {name: read_array(run["weights"], "the weights") for name, run in observed.items()}
        self.first = np.concatenate([np.asarray(w, "float64").T.ravel() for w in inputs["weights"]])
        self.epochs, self.before = int(inputs["epochs"]), int(inputs["before"])
        self.stopped_in = self.before + 1

    @cached_property
    def per_epoch(self) -> float:
        return self.steps["whole"] / self.epochs

    @cached_property
    def went_on(self) -> float:
        """How many epochs the second start trained."""
        return self.steps["again"] / max(self.per_epoch, 1e-9)

    @cached_property
    def shown(self) -> str:
        return f"{self.went_on:.0f} epochs" if abs(self.went_on - 1) > 0.5 else "1 epoch"

    @cached_property
    def left(self) -> int:
        return self.epochs - self.before

    @cached_property
    def finite(self) -> bool:
        return all(bool(np.isfinite(weights).all()) for weights in self.of.values())

    def same(self, one: str, two: str) -> bool:
        return bool(np.allclose(self.of[one], self.of[two], rtol=1e-4, atol=1e-5))

    @cached_property
    def untrained(self) -> bool:
        """Whether the numbers are the first ones, in whatever order the framework has them."""
        return np.allclose(np.sort(self.of["whole"]), np.sort(self.first), atol=1e-6)


UNUSABLE = (
    wrong(
        lambda runs: runs.steps["whole"] == 0 and not runs.untrained,
        "The weights moved, and no step was counted. Call the model for each batch, or use `model.fit`.",
    ),
    wrong(
        lambda runs: runs.steps["whole"] == 0 or runs.untrained,
        "In one go, nothing was trained.",
        "nothing trained",
    ),
    wrong(lambda runs: not runs.finite, "The weights became NaN or infinity.", "not finite"),
)
GOES_ON = (
    wrong(
        lambda runs: runs.went_on > runs.epochs - 0.5,
        "Stopped in epoch {stopped_in} of {epochs} and started again, it trains all {epochs} epochs: it"
        " begins anew. What is needed to go on must be on the disk after each epoch.",
        "begins anew",
    ),
    wrong(
        lambda runs: runs.went_on > runs.left + 0.5,
        "{before} epochs were complete when it was stopped; started again it trains {shown} of {epochs}. It"
        " repeats what was done: is the state saved after each epoch, with the number of the *next* one?",
        "repeats an epoch",
    ),
    wrong(
        lambda runs: runs.went_on < runs.left - 0.5,
        "{before} epochs were complete when it was stopped; started again it trains {shown} of {epochs}. An"
        " epoch that was not finished counts as done.",
        "skips an epoch",
    ),
    right(always, "Started again, it goes on after the last complete epoch."),
)
SAME_END = (
    right(
        lambda runs: runs.same("again", "whole"), "It ends with the weights of a run that was not stopped."
    ),
    wrong(
        always,
        "It ends with different weights than a run that was not stopped. Something was not carried over: the"
        " weights, the optimizer's state, or the order of the batches, which hangs on random numbers.",
        "a different end",
    ),
)
OVER = (
    wrong(
        lambda runs: runs.steps["after"] > 0,
        "All epochs were done, and a further start trains again. It should find that nothing is left.",
        "trains on after the end",
    ),
    wrong(
        lambda runs: not runs.same("after", "again"),
        "After the end a further start trains nothing, and leaves the model with other weights than"
        " before. Load the saved ones all the same.",
        "the end is not loaded",
    ),
    right(always, "Started once more, it loads what is done and trains nothing."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The other two points only for a run that goes on: one that begins anew may end the same as well."""
    runs = Runs(observed, inputs)
    if (verdict := stopped(UNUSABLE, runs)) is not None:
        return verdict
    goes_on = read(GOES_ON, runs)
    return total(goes_on, read(SAME_END, runs), read(OVER, runs)) if goes_on[0] else total(goes_on)
