"""How many tumours are found, and how many of the healthy are left alone: both bars give the points."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Predicted, Verdict, always, read, right, stopped, total, wrong

SPARED, FOUND = 0.64, 0.62
"""Shares of the new scans without a tumour that raise no alarm, and of those with one that do.

On 75 draws in PyTorch right answers of three kinds spared 0.69 to 0.96 and found 0.66 to 0.98, and on 6 draws
in Keras 0.71 to 0.90 and 0.76 to 0.97. A threshold from the training scans spared 0.59 at most (16 draws);
one from the new scans found 0.40 at most, one half 0.22 (75). A logistic regression on the pixels, its
threshold from held-out patients, found 0.42 at most on 6 draws. Alarms by chance reach both bars with a
probability of about one in a hundred thousand: 0.64 and 0.62 add up to four standard deviations more than 1.
"""


class Alarms(Predicted):
    """What was said of the new scans."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        super().__init__(observed["predicted"], inputs["new_labels"], "the new scans")

    def raised(self, label: int) -> int:
        return int((self.classes[self.labels == label] == 1).sum())

    @cached_property
    def ill(self) -> int:
        return int((self.labels == 1).sum())

    @cached_property
    def healthy(self) -> int:
        return int((self.labels == 0).sum())

    @cached_property
    def found(self) -> int:
        return self.raised(1)

    @cached_property
    def false(self) -> int:
        return self.raised(0)

    @cached_property
    def finds(self) -> bool:
        return self.found >= FOUND * self.ill

    @cached_property
    def spares(self) -> bool:
        return self.healthy - self.false >= SPARED * self.healthy

    @cached_property
    def both(self) -> str:
        return f"{self.found} of {self.ill} tumours found, {self.false} of {self.healthy} healthy alarmed"


UNUSABLE = (
    wrong(
        lambda case: not np.isin(case.classes, (0, 1)).all(),
        "Give 1 for an alarm and 0 for none; there are other numbers among yours.",
        "no alarms",
    ),
)
ALARMS = (
    right(lambda case: case.finds and case.spares, "{both}: on patients that the head has never seen.", 3),
    wrong(
        lambda case: case.constant == 0,
        "You raise no alarm at all, so no tumour is found.",
        "no alarm at all",
    ),
    wrong(lambda case: case.constant == 1, "Every scan raises an alarm.", "always an alarm"),
    wrong(
        lambda case: (
            case.false > 0.1 * case.healthy
            and case.found / case.ill < min(case.false / case.healthy + 0.22, 0.85)
        ),
        "{both}: about the same share of both. Do features and labels still belong to each other, row by row?"
        " Is what was done to `x` (a mean, a scale) also done to `new_x`, with the numbers of `x`?",
        "nothing learned",
    ),
    wrong(
        lambda case: case.spares,
        "{both}. One patient in seven was ill where you learned, so a probability of one half is rare. Choose"
        " the threshold on held-out patients: there one healthy scan in five may raise an alarm.",
        "too few alarms",
    ),
    wrong(
        always,
        "{both}. Was the threshold chosen on scans that the head had learned from, or on their near"
        " copies? Of those it is too sure. Hold out whole patients.",
        "too many alarms",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Three points at both bars, and none below."""
    case = Alarms(observed, inputs)
    return stopped(UNUSABLE, case) or total(read(ALARMS, case))
