"""Two points for thresholds than which none is cheaper."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, WrongAnswerError, always, read, right, show, tiny, total, wrong

from .probe import CLASSES, cost, shares, tried


class Chosen:
    """A threshold for one network, and what it costs on the images that it was chosen on."""

    def __init__(self, seen: dict[str, Any], case: dict[str, Any]) -> None:
        found = seen["found"]
        if not isinstance(found, int | float):
            raise WrongAnswerError(f"`threshold` should give one number; yours gave {found}.")
        if np.isnan(found):
            raise WrongAnswerError("Your threshold is nan: no probability is at least that.", "not finite")
        self.y, self.missed, self.needless = case["labels"], case["missed"], case["needless"]
        first = tiny.initial(case["blocks"], case["width"], CLASSES, case["seed"])
        after = {name: np.asarray(value) for name, value in seen["after"].items()}
        self.moved = tiny.moved(first, after)
        self.p = shares(tiny.logits(first, case["blocks"], case["images"]))
        # A threshold that is one of the probabilities may miss it by rounding; they are 2e-4 apart.
        near = (float(found), found - 4e-5, found + 4e-5)
        self.t = min(near, key=lambda t: self.cost(t, self.missed, self.needless))
        self.found = float(found)

    def cost(self, t: float, missed: float, needless: float) -> float:
        return cost(self.y, self.p, t, missed, needless)

    def is_cheapest(self, missed: float, needless: float) -> bool:
        """Whether no threshold would be cheaper if the mistakes cost this."""
        best = min(self.cost(t, missed, needless) for t in tried(self.p))
        return self.cost(self.t, missed, needless) <= best + 1e-9

    def is_value(self, value: float) -> bool:
        return abs(self.found - value) < 1e-4

    @cached_property
    def as_logit(self) -> bool:
        """Whether it is the cheapest where logits, and not probabilities, are compared with it."""
        if 0 <= self.found <= 1:
            return False
        share = 1 / (1 + np.exp(-self.found))
        best = min(self.cost(t, self.missed, self.needless) for t in tried(self.p))
        return any(self.cost(t, self.missed, self.needless) == best for t in (share - 4e-5, share + 4e-5))

    @cached_property
    def yours(self) -> str:
        spent = show(self.cost(self.t, self.missed, self.needless))
        return (
            f"Your threshold {show(self.found)} costs {spent} on these images, where a missed cell costs"
            f" {show(self.missed)} and a needless replacement {show(self.needless)}"
        )


CHEAPEST = (
    wrong(
        lambda case: case.moved,
        "{yours}, and arrays of the network have moved: it was in training mode, where each pass gives other"
        " probabilities. Choose in evaluation mode.",
        "in training mode",
    ),
    right(
        lambda case: case.is_cheapest(case.missed, case.needless),
        "No threshold is cheaper on these images.",
        2,
    ),
    wrong(
        lambda case: case.as_logit,
        "{yours}. It would be a good one for the difference of the logits. The threshold is for the"
        " probability, from 0 to 1.",
        "a threshold for logits",
    ),
    wrong(
        lambda case: case.is_value(0.5),
        "{yours}. One half is right where both mistakes cost the same and the probabilities are honest.",
        "one half",
    ),
    wrong(
        lambda case: any(
            case.is_value(one / (case.needless + case.missed)) for one in (case.needless, case.missed)
        ),
        "{yours}. The share of the costs is right for honest probabilities. These are not: try them.",
        "probabilities taken for honest",
    ),
    wrong(
        lambda case: case.is_cheapest(case.needless, case.missed),
        "{yours}. It would be the cheapest if the two costs changed places.",
        "costs swapped",
    ),
    wrong(
        lambda case: case.is_cheapest(1.0, 1.0),
        "{yours}. It makes the fewest mistakes, and treats them all alike.",
        "fewest mistakes",
    ),
    wrong(
        lambda case: case.t > case.p.max(),
        "{yours}. It is above all probabilities, so that every defective cell is missed.",
        "above them all",
    ),
    wrong(
        lambda case: case.cost(case.t, 1.0, 0.0) == 0,
        "{yours}. Nothing is missed, whatever the needless replacements cost.",
        "nothing missed",
    ),
    wrong(
        always,
        "{yours}. There is a cheaper one: try every probability as a threshold, and one above them all.",
        "another threshold",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Right for every network."""
    pairs = zip(observed["cases"], inputs["cases"], strict=True)
    cases = [Chosen(seen, case) for seen, case in pairs]
    return total(read(CHEAPEST, cases))
