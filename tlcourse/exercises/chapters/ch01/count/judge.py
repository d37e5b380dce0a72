"""A point for what trains and one for all there is, whatever is frozen."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from tlcourse.exercises.engine import (
    Verdict,
    always,
    close,
    listed,
    read,
    right,
    show_number,
    stopped,
    tiny,
    total,
    wrong,
)

CLOSE = 0.5


class Count:
    """The two numbers of one network."""

    def __init__(self, seen: Any, case: dict[str, Any]) -> None:
        self.seen, self.case = seen, case
        first = tiny.initial(case["blocks"], case["width"], case["classes"], 1)
        self.sizes = {name: value.size for name, value in first.items() if not _is_statistic(name)}
        self.statistics = sum(value.size for name, value in first.items() if _is_statistic(name))

    def frozen(self, name: str) -> bool:
        """Whether an array is frozen."""
        block, part = name.split(".")
        return block in self.case["frozen"] or (block in self.case["norms"] and part in ("scale", "shift"))

    @property
    def given(self) -> str:
        """The network, in words."""
        names = listed(self.case["frozen"])
        norms = self.case["norms"]
        return f"On a small network with {names} frozen" + (
            f", and the BatchNorm layer of {listed(norms)}," if norms else ""
        )

    @property
    def not_a_pair(self) -> bool:
        return isinstance(self.seen, str) or any(isinstance(part, str) for part in self.seen)

    @property
    def wanted_pair(self) -> str:
        found = self.seen if isinstance(self.seen, str) else f"{self.seen[0]} and {self.seen[1]}"
        return f"{self.given}, `count(model)` should give two numbers; yours gave {found}."

    # --- what they should be

    @cached_property
    def every(self) -> int:
        return sum(self.sizes.values())

    @cached_property
    def free(self) -> int:
        return sum(size for name, size in self.sizes.items() if not self.frozen(name))

    @cached_property
    def without_shifts(self) -> int:
        shifts = (".shift", ".bias")
        return sum(s for n, s in self.sizes.items() if not self.frozen(n) and not n.endswith(shifts))

    # --- what they are

    @property
    def trainable(self) -> float:
        return float(self.seen[0])

    @property
    def in_all(self) -> float:
        return float(self.seen[1])

    @property
    def arrays(self) -> int:
        return len(self.sizes) + 3 * len(self.case["blocks"])

    @property
    def you_train(self) -> str:
        return f"{self.given} you count {show_number(self.trainable)} trainable parameters."

    @property
    def you_have(self) -> str:
        return f"{self.given} you count {show_number(self.in_all)} parameters in all."

    def all_are(self, *numbers: int) -> bool:
        return any(close(self.in_all, number, CLOSE) for number in numbers)


def _is_statistic(name: str) -> bool:
    return name.endswith(tuple(f".{part}" for part in tiny.STATISTICS))


NO_PAIR = (wrong(lambda count: count.not_a_pair, "{wanted_pair}", "not two numbers"),)
TRAINABLE = (
    right(
        lambda count: close(count.trainable, count.free, CLOSE),
        "The trainable count is right, whatever is frozen.",
    ),
    wrong(
        lambda count: count.trainable <= count.arrays,
        "{you_train} That is the number of arrays. Each array holds many parameters: add up their sizes.",
        "counts arrays",
    ),
    wrong(
        lambda count: count.trainable >= count.every,
        "{you_train} The frozen layers are among them: a frozen parameter exists, but does not train.",
        "frozen parameters counted as trainable",
    ),
    wrong(
        lambda count: close(count.trainable, count.every - count.free, CLOSE),
        "{you_train} Those are the frozen ones.",
        "trainable and frozen swapped",
    ),
    wrong(
        lambda count: close(count.trainable, count.without_shifts, CLOSE),
        "{you_train} Biases and BatchNorm's shift are parameters too.",
        "biases left out",
    ),
    wrong(always, "{you_train} Add up the sizes of the arrays that will receive a gradient."),
)
IN_ALL = (
    right(
        # BatchNorm's statistics, and PyTorch's counters of batches, may be counted or not.
        lambda count: count.all_are(
            count.every,
            count.every + count.statistics,
            count.every + count.statistics + len(count.case["blocks"]),
        ),
        "The count of all parameters is right.",
    ),
    wrong(
        lambda count: count.in_all <= count.arrays,
        "{you_have} That is the number of arrays, not of the numbers in them.",
        "counts arrays",
    ),
    wrong(
        lambda count: count.all_are(count.every - count.free),
        "{you_have} That is only the frozen part.",
        "frozen instead of all",
    ),
    wrong(
        lambda count: count.all_are(count.free),
        "{you_have} Frozen parameters belong to the network too.",
        "frozen ones left out",
    ),
    wrong(always, "{you_have} Every array of the network counts, frozen or not."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each, for all networks together."""
    counts = [Count(seen, case) for seen, case in zip(observed["cases"], inputs["cases"], strict=True)]
    return stopped(NO_PAIR, counts) or total(read(TRAINABLE, counts), read(IN_ALL, counts))
