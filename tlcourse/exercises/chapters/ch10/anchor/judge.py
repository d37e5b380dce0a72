"""A point for the value, two for the gradient: for where one step down the penalty leads."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, number, read, right, show, tiny, total, wrong

from .probe import CLASSES

HEAD = "classifier."


class Case:
    """One network: the penalty's value, and what a step moved."""

    def __init__(self, seen: dict[str, Any], case: dict[str, int], inputs: dict[str, Any]) -> None:
        self.value, self.lr = number(seen["value"], "the penalty"), inputs["lr"]
        self.now, self.start = (
            tiny.initial(inputs["blocks"], inputs["width"], CLASSES, case[when]) for when in ("now", "start")
        )
        self.after = seen["after"]
        self.yours = f"Your penalty is {show(self.value)}"

    @cached_property
    def weights(self) -> list[str]:
        return [name for name in self.now if not name.endswith(tiny.STATISTICS)]

    @cached_property
    def held(self) -> list[str]:
        return [name for name in self.weights if not name.startswith(HEAD)]

    def apart(self, name: str) -> np.ndarray:
        return np.asarray(self.now[name], "float64") - self.start[name]

    def squares(self, names: list[str]) -> float:
        return float(sum((self.apart(name) ** 2).sum() for name in names))

    def is_value(self, expected: float) -> bool:
        return abs(self.value - expected) <= 1e-4 * max(abs(expected), 1e-9)

    @cached_property
    def size(self) -> int:
        return sum(self.now[name].size for name in self.held)

    @cached_property
    def from_zero(self) -> float:
        return float(sum((np.asarray(self.now[name], "float64") ** 2).sum() for name in self.held))

    @cached_property
    def means(self) -> float:
        return float(sum((self.apart(name) ** 2).mean() for name in self.held))

    # --- the step

    def went(self, name: str) -> np.ndarray:
        return np.asarray(self.after[name], "float64") - self.now[name]

    def follows(self, name: str, factor: float) -> bool:
        expected = -factor * self.lr * self.apart(name)
        return bool(np.allclose(self.went(name), expected, rtol=1e-3, atol=2e-6))

    @cached_property
    def still(self) -> bool:
        return not tiny.moved(self.now, self.after)

    @cached_property
    def head_moved(self) -> bool:
        return any(name.startswith(HEAD) for name in tiny.moved(self.now, self.after))

    @cached_property
    def is_right(self) -> bool:
        others = [name for name in tiny.moved(self.now, self.after) if name not in self.held]
        return not others and all(self.follows(name, 2) for name in self.held)


VALUE = (
    right(lambda case: case.is_value(case.squares(case.held)), "The value is right."),
    wrong(
        lambda case: case.is_value(case.squares(case.weights)),
        "{yours}, the distance of all weights. The head is new and has nothing to keep: leave it out.",
        "the head is held as well",
    ),
    wrong(
        lambda case: case.is_value(case.from_zero),
        "{yours}: these are the squares of the weights themselves. That is weight decay, which pulls to"
        " zero and not to the old weights.",
        "pulls to zero",
    ),
    wrong(
        lambda case: case.is_value(case.squares(case.held) / case.size) or case.is_value(case.means),
        "{yours}: a mean of the squares. The sum is asked for: with means a layer of few weights holds as"
        " strongly as one of thousands.",
        "mean instead of sum",
    ),
    wrong(
        lambda case: case.is_value(np.sqrt(case.squares(case.held))),
        "{yours}: the distance itself. The sum of its squares is asked for.",
        "not squared",
    ),
    wrong(always, "{yours}, and that is not the sum of the squared distances."),
)
GRADIENT = (
    right(lambda case: case.is_right, "A step down the penalty leads back to the old weights.", 2),
    wrong(
        lambda case: case.still,
        "No gradient flows through your penalty: after a step down it every weight is where it was. Compute"
        " it from the weights themselves, and not from copies or NumPy arrays.",
        "no gradient",
    ),
    wrong(
        lambda case: case.head_moved,
        "A step down your penalty moves the head as well. It is new and has nothing to keep.",
        "the head is held as well",
    ),
    wrong(always, "A step down your penalty does not lead straight back to the old weights."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The value a point; the gradient two."""
    cases = [Case(seen, case, inputs) for seen, case in zip(observed["cases"], inputs["cases"], strict=True)]
    return total(read(VALUE, cases), read(GRADIENT, cases))
