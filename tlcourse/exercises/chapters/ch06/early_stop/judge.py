"""A point for where the runs end, and one more for the weights that they leave."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, WrongAnswerError, always, read, right, show, total, wrong

from .probe import STATISTICS, WEIGHTS


def _patient(losses: list[float], patience: int) -> int:
    """How many epochs a run has."""
    best = 0
    for epoch, loss in enumerate(losses):
        if loss < losses[best]:
            best = epoch
        elif epoch - best >= patience:
            return epoch + 1
    return len(losses)


def _neighbours(losses: list[float], patience: int) -> int:
    """The same where each epoch is compared with the one before."""
    worse = 0
    for epoch in range(1, len(losses)):
        worse = worse + 1 if losses[epoch] > losses[epoch - 1] else 0
        if worse >= patience:
            return epoch + 1
    return len(losses)


def _upside_down(losses: list[float], patience: int) -> int:
    return _patient([-loss for loss in losses], patience)


class Runs:
    """All runs: how many epochs each had, and which epoch's numbers its model holds in the end."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        if "wrong" in observed:
            raise WrongAnswerError(f"`stopper` should give what stops a run; yours gave {observed['wrong']}.")
        self.runs = inputs["runs"]
        self.seen = observed["found"]
        self.losses = [[float(v) for v in run["losses"]] for run in self.runs]
        self.patiences = [int(run["patience"]) for run in self.runs]
        self.epochs = [int(seen["epochs"]) for seen in self.seen]
        self.weights = [self._epoch_of(n, WEIGHTS) for n in range(len(self.runs))]
        self.statistics = [self._epoch_of(n, STATISTICS) for n in range(len(self.runs))]

    def _epoch_of(self, number: int, what: str) -> int | None:
        """The epoch whose mark these arrays hold, counted from 1; None if they hold no single one."""
        low, high = (float(v) for v in self.seen[number][what])
        marks = [float(mark) for mark in self.runs[number]["marks"]]
        return marks.index(low) + 1 if low == high and low in marks else None

    def ends_by(self, rule: Callable[[list[float], int], int], more: int = 0) -> bool:
        """Whether all runs end as a rule would have it, with so much more patience."""
        both = zip(self.losses, self.patiences, strict=True)
        return self.epochs == [rule(losses, patience + more) for losses, patience in both]

    @cached_property
    def never_ends(self) -> bool:
        return self.epochs == [len(losses) for losses in self.losses]

    @cached_property
    def odd_end(self) -> int:
        """The first run that ends where it should not."""
        both = enumerate(zip(self.losses, self.patiences, strict=True))
        return next((n for n, (losses, p) in both if self.epochs[n] != _patient(losses, p)), 0)

    @property
    def ended(self) -> str:
        n = self.odd_end
        losses, epoch = self.losses[n], self.epochs[n]
        return (
            f"With patience {self.patiences[n]} a run of {len(losses)} epochs had the validation losses"
            f" {show(losses[max(0, epoch - 5) : epoch])} when you let it end, after epoch {epoch}."
        )

    # --- what is restored: of the epochs that the run had, whatever ended it

    @cached_property
    def best(self) -> list[int]:
        return [int(np.argmin(losses[:e])) + 1 for losses, e in zip(self.losses, self.epochs, strict=True)]

    @cached_property
    def trivial(self) -> bool:
        """Whether each run ended with its best epoch, so that nothing had to be restored."""
        return self.best == self.epochs

    @cached_property
    def odd_weights(self) -> int:
        return next((n for n, (w, b) in enumerate(zip(self.weights, self.best, strict=True)) if w != b), 0)

    @property
    def left(self) -> str:
        n = self.odd_weights
        held = f"those of epoch {self.weights[n]}" if self.weights[n] else "of no single epoch"
        losses = show(self.losses[n][: self.epochs[n]][-5:])
        return f"A run ended after epoch {self.epochs[n]}, with the losses {losses}; its weights are {held}."

    @cached_property
    def highest(self) -> list[int]:
        return [int(np.argmax(losses[:e])) + 1 for losses, e in zip(self.losses, self.epochs, strict=True)]


ENDS = (
    right(lambda runs: runs.ends_by(_patient), "The runs end when patience has run out, or the epochs have."),
    wrong(lambda runs: runs.never_ends, "No run ends before its last epoch.", "never stops"),
    wrong(
        lambda runs: runs.ends_by(_patient, -1),
        "{ended} That is one epoch early: patience is how many epochs without a new best are allowed to"
        " pass.",
        "one early",
    ),
    wrong(
        lambda runs: runs.ends_by(_patient, 1),
        "{ended} That is one epoch late: a run ends as soon as so many epochs have passed without a new"
        " best.",
        "one late",
    ),
    wrong(
        lambda runs: runs.ends_by(_neighbours),
        "{ended} You compare each epoch with the one before it. Compare it with the best so far.",
        "compared with the one before",
    ),
    wrong(
        lambda runs: runs.ends_by(_upside_down),
        "{ended} It is a loss: lower is better. You wait for a higher one.",
        "upside down",
    ),
    wrong(always, "{ended} Count the epochs since the best one."),
)
RESTORES = (
    wrong(
        lambda runs: runs.trivial,
        "What is restored can be judged once a run goes on beyond its best epoch.",
    ),
    right(
        lambda runs: runs.weights == runs.best and runs.statistics == runs.best,
        "The model gets back all that it had in its best epoch.",
    ),
    wrong(
        lambda runs: runs.weights == runs.best,
        "The weights are those of the best epoch, but BatchNorm's statistics are not: they belong to it as"
        " well.",
        "statistics forgotten",
    ),
    wrong(
        lambda runs: runs.weights == runs.epochs,
        "{left} That is the last epoch, and an earlier one was better. Were the best weights restored? In"
        " PyTorch a `state_dict()` shares its memory with the model: keep a copy of it.",
        "keeps the last",
    ),
    wrong(
        lambda runs: runs.weights == runs.highest,
        "{left} It had the highest loss. Lower is better.",
        "upside down",
    ),
    wrong(always, "{left} Restore the epoch with the lowest loss so far."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point for the ends, and one for the weights if the ends are right.

    What restores the best weights may be an object that knows nothing of these runs: on its own it earns
    nothing.
    """
    runs = Runs(observed, inputs)
    points, ends = read(ENDS, runs)
    restored = read(RESTORES, runs)
    if ends.passed:
        return total((points, ends), restored)
    return total((0.0, ends), *[(0.0, finding) for _, finding in [restored] if not finding.passed])
