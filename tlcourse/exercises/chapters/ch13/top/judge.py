"""Three points for the right share in every table."""

from __future__ import annotations

from typing import Any

from tlcourse.exercises.engine import Verdict, always, close, number, read, right, show, total, wrong

from .probe import OTHERS, precision


class Case:
    """The number for one table."""

    def __init__(self, found: Any, case: dict[str, Any]) -> None:
        self.got, self.case = number(found, "the precision"), case
        self.yours = f"For {case['k']} cards a day you give {show(self.got)}"

    def near(self, expected: float) -> bool:
        return close(self.got, expected, 1e-6)

    def is_other(self, *names: str) -> bool:
        return any(self.near(OTHERS[name](self.case)) for name in names)

    def is_summed(self) -> bool:
        """The days or the places are added up, and no mean is taken."""
        days, k, wanted = len(set(self.case["day"])), self.case["k"], precision(self.case)
        return any(self.near(wanted * factor) for factor in (days, k, days * k))


TOP = (
    right(lambda case: case.near(precision(case.case)), "That is what a day's list is worth.", 3),
    wrong(
        lambda case: case.is_other("payments"),
        "{yours}. You count payments. One card may have several of them on the list: count it once.",
        "payments",
    ),
    wrong(
        lambda case: case.is_other("all days", "all days, payments"),
        "{yours}. You take the best of all days together. Each day has its own list.",
        "all days",
    ),
    wrong(
        lambda case: case.is_other("recall"),
        "{yours}. You divide by the stolen cards of the day: that is recall. Divide by the length of"
        " the list.",
        "recall",
    ),
    wrong(
        lambda case: case.is_other("the best payment alone"),
        "{yours}. You look only at the payment with the card's highest score. Any fraud of the day"
        " counts: whoever"
        " investigates a card sees them all.",
        "the best payment alone",
    ),
    wrong(
        lambda case: case.is_other("mean score"),
        "{yours}. A card's score is its highest of the day. A mean hides one bad payment among many"
        " good ones.",
        "mean score",
    ),
    wrong(
        lambda case: case.is_other("lowest"),
        "{yours}. You take the lowest scores.",
        "lowest",
    ),
    wrong(
        lambda case: case.is_summed(),
        "{yours}. That is a sum. Take the share of each day's list, and then the mean over the days.",
        "a sum",
    ),
    wrong(always, "{yours}. Work out one day by hand: its cards, their highest scores, the first of them."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All tables, or nothing."""
    pairs = zip(observed["found"], inputs["cases"], strict=True)
    return total(read(TOP, [Case(*pair) for pair in pairs]))
