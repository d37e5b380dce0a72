"""Two points for whole speakers and all clips, one for a draw that follows the seed."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, array, read, right, stopped, total, wrong


def _rows(value: Any, what: str) -> np.ndarray:
    return array(value, what, (None,)).astype("float64")


class Case:
    """Three splits of the same clips."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.speakers = np.array(inputs["speakers"])
        self.share = inputs["share"]
        self.splits = [
            [
                _rows(part, what)
                for part, what in zip(observed[name], ("the training rows", "the test rows"), strict=True)
            ]
            for name in ("first", "again", "other")
        ]
        n = len(self.speakers)
        rows = [np.concatenate(split) for split in self.splits]
        self.rows_known = all(((one >= 0) & (one < n) & (one == one.round())).all() for one in rows)
        self.all_once = self.rows_known and all(len(one) == n == len(np.unique(one)) for one in rows)
        if self.all_once:
            sides = [[set(self.speakers[part.astype(int)]) for part in split] for split in self.splits]
            self.shared = sum(len(train & test) for train, test in sides)
            self.tested = [len(test) / len(set(self.speakers)) for _, test in sides]
            self.yours = f"{self.tested[0]:.0%}"
            self.draws = [frozenset(test) for _, test in sides]


UNUSABLE = (
    wrong(
        lambda case: not case.rows_known,
        "The parts should hold numbers of rows, counted from 0.",
        "no rows",
    ),
    wrong(
        lambda case: not case.all_once,
        "Some clips are in both parts, twice in one, or in neither. Each clip belongs in exactly one.",
        "clips lost or doubled",
    ),
)
SPLIT = (
    wrong(
        lambda case: case.shared > 0,
        "Some speakers are on both sides. A network could then recognise their voices.",
        "speakers on both sides",
    ),
    wrong(
        lambda case: any(abs(one - case.share) > 0.051 for one in case.tested),
        "In testing are {yours} of the speakers. Give the share of the *speakers* that was asked for.",
        "another share",
    ),
    right(always, "Every speaker is on one side only.", 2),
)
SEED = (
    wrong(
        lambda case: case.draws[0] != case.draws[1],
        "The same seed gives two different splits. Draw from a generator of your own, made from the seed.",
        "not repeatable",
    ),
    wrong(
        lambda case: case.draws[0] == case.draws[2],
        "Two seeds give the same split. Draw the speakers.",
        "seed ignored",
    ),
    wrong(lambda case: case.shared > 0, "The seed works. It counts when speakers are on one side only."),
    right(always, "The seed decides, and decides the same again.", 1),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The draw is worth its point where speakers are whole."""
    case = Case(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    return total(read(SPLIT, case), read(SEED, case))
