"""Three points for the groups, whatever their numbers; known wrong ways choose the words."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, total, wrong

from .probe import correlations


def linked(likeness: np.ndarray) -> np.ndarray:
    """Who belongs to whom, bool (N, N), through others too."""
    together = likeness.copy()
    np.fill_diagonal(together, True)
    while True:
        further = together @ together
        if np.array_equal(further, together):
            return together
        together = further


class Grouped:
    """The groups that came, as a table of who is with whom."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.got = read_array(observed["groups"], "`groups_of`")
        self.scans, self.alike = np.asarray(inputs["scans"]), float(inputs["alike"])
        member = np.asarray(inputs["member"])
        self.truth = member[:, None] == member
        self.shape, self.n = self.got.shape, len(member)

    @cached_property
    def together(self) -> np.ndarray:
        return self.got[:, None] == self.got

    @cached_property
    def count(self) -> int:
        return len(np.unique(self.got))

    def pairs(self, *turns: Any) -> np.ndarray:
        """The pairs that one of these ways to compare finds."""
        return np.any([correlations(self.scans, turn) >= self.alike for turn in turns], axis=0)

    def is_way(self, together: np.ndarray) -> bool:
        return np.array_equal(self.together, together)

    @cached_property
    def mirrored(self) -> np.ndarray:
        return self.pairs(None, lambda x: x[:, :, ::-1])

    @cached_property
    def not_followed(self) -> bool:
        """The right pairs, and a group torn where a third scan would link it."""
        extra = self.together & ~self.truth
        lost = self.truth & ~self.together
        return not extra.any() and bool(lost.any()) and not (lost & self.copies).any()

    @cached_property
    def copies(self) -> np.ndarray:
        """Pairs outside of the chain."""
        direct = self.mirrored.sum(axis=1)
        whole = self.truth.sum(axis=1)
        in_chain = direct < whole
        chain = (self.truth & in_chain[:, None]).any(axis=0)
        return self.truth & ~(chain[:, None] & chain)


UNUSABLE = (
    wrong(
        lambda case: case.shape != (case.n,),
        "For {n} scans you give an array of shape {shape}. Give the number of a group for each scan.",
        "not a group for each scan",
    ),
)
GROUPS = (
    right(
        lambda case: case.is_way(case.truth),
        "Copies, mirrored copies and what they link: each scan is in its group.",
        3,
    ),
    wrong(
        lambda case: case.is_way(linked(case.pairs(None))),
        "You find {count} groups. Copies that were mirrored are missing: the same head is still in two"
        " groups.",
        "mirrored copies missed",
    ),
    wrong(
        lambda case: case.is_way(linked(case.pairs(None, lambda x: x[:, ::-1]))),
        "You find {count} groups. You compare with scans that stand on their head; mirrored means left and"
        " right exchanged.",
        "upside down",
    ),
    wrong(
        lambda case: case.is_way(
            linked(np.any([abs(correlations(case.scans, t)) >= case.alike for t in (None, _mirror)], axis=0))
        ),
        "You find {count} groups. A correlation near -1 means that bright and dark are exchanged. Such a scan"
        " is no copy.",
        "negatives joined",
    ),
    wrong(
        lambda case: case.not_followed,
        "You find {count} groups. Two scans that a third one resembles are in two of them. A group has to be"
        " closed: otherwise the third one has a near copy in another split.",
        "links not followed",
    ),
    wrong(
        lambda case: not (case.truth & ~case.together).any(),
        "You find {count} groups. Some hold scans that do not belong together.",
        "too much joined",
    ),
    wrong(
        always,
        "You find {count} groups, and near copies are in different ones. Compare the correlation of the"
        " pixels, without their mean, with `alike`: brightness and contrast differ between copies.",
        "other groups",
    ),
)


def _mirror(x: np.ndarray) -> np.ndarray:
    return x[:, :, ::-1]


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing: one copy on the other side of a split is a leak."""
    case = Grouped(observed, inputs)
    return stopped(UNUSABLE, case) or total(read(GROUPS, case))
