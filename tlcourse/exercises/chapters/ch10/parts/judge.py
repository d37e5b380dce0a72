"""Three points for where a step leads: worked out for the whole batch, and for the ways to get it wrong."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, right, tiny, total, wrong

from .probe import CLASSES

Arrays = dict[str, np.ndarray]


class Case:
    """One batch in its parts, and where the step led."""

    def __init__(self, after: Arrays, case: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.after, self.case, self.blocks = after, case, inputs["blocks"]
        self.before = tiny.initial(self.blocks, inputs["width"], CLASSES, case["seed"])
        self.sizes = case["sizes"]

    def slopes(self, images: np.ndarray, labels: np.ndarray, at: Arrays | None = None) -> Arrays:
        return tiny.gradients(self.before if at is None else at, self.blocks, images, labels)

    @cached_property
    def parts(self) -> list[tuple[np.ndarray, np.ndarray]]:
        ends = np.cumsum(self.sizes)[:-1]
        return list(zip(*(np.split(self.case[name], ends) for name in ("images", "labels")), strict=True))

    @cached_property
    def of_parts(self) -> list[Arrays]:
        return [self.slopes(*part) for part in self.parts]

    @cached_property
    def weights(self) -> list[str]:
        return [name for name in self.before if not name.endswith(tiny.STATISTICS)]

    def led(self, slopes: Arrays) -> bool:
        """Whether the step followed these slopes."""
        return self.led_to({n: self.before[n] - self.case["lr"] * slopes[n] for n in self.weights})

    def led_to(self, expected: Arrays) -> bool:
        def near(name: str) -> bool:
            wanted, got = expected[name], np.asarray(self.after[name], "float64")
            reach = max(float(np.abs(wanted - self.before[name]).max()), 1e-6)
            return float(np.abs(got - wanted).max()) <= 4e-3 * reach + 2e-6

        return all(near(name) for name in self.weights)

    def mixed(self, shares: list[float]) -> Arrays:
        return {
            name: np.sum(
                [share * part[name] for share, part in zip(shares, self.of_parts, strict=True)], axis=0
            )
            for name in self.weights
        }

    @cached_property
    def is_right(self) -> bool:
        return self.led(self.mixed([size / sum(self.sizes) for size in self.sizes]))

    @cached_property
    def added(self) -> bool:
        return self.led(self.mixed([1.0] * len(self.sizes)))

    @cached_property
    def alike(self) -> bool:
        return self.led(self.mixed([1 / len(self.sizes)] * len(self.sizes)))

    @cached_property
    def by_images(self) -> bool:
        return self.led(self.mixed([float(size) for size in self.sizes]))

    @cached_property
    def one_part(self) -> bool:
        return any(
            self.led({name: share * part[name] for name in self.weights})
            for part, size in zip(self.of_parts, self.sizes, strict=True)
            for share in (1.0, 1 / len(self.sizes), size / sum(self.sizes))
        )

    @cached_property
    def steps(self) -> bool:
        """A step for each part, one after the other."""
        for shares in ([1.0] * len(self.sizes), [size / sum(self.sizes) for size in self.sizes]):
            now = dict(self.before)
            for part, share in zip(self.parts, shares, strict=True):
                slopes = self.slopes(*part, at=now)
                now |= {n: now[n] - share * self.case["lr"] * slopes[n] for n in self.weights}
            if self.led_to(now):
                return True
        return False

    @cached_property
    def left_over(self) -> bool:
        """The gradients that were there before, ones, are in the step."""
        whole = self.mixed([size / sum(self.sizes) for size in self.sizes])
        return self.led({name: slope + 1 for name, slope in whole.items()})

    @cached_property
    def still(self) -> bool:
        return not tiny.moved({n: self.before[n] for n in self.weights}, self.after)

    @cached_property
    def count(self) -> int:
        return len(self.sizes)


STEP = (
    right(lambda case: case.is_right, "The step is that of the whole batch.", 3),
    wrong(lambda case: case.still, "No weight moved. Is `optimizer` asked for its step?", "no step"),
    wrong(
        lambda case: case.added or case.by_images,
        "Your step is several times too long: the gradients of {count} parts were added up as they are."
        " Their loss is a mean, so each part counts by its share of the batch.",
        "added without shares",
    ),
    wrong(
        lambda case: case.alike,
        "In your step all {count} parts count the same, but they have {sizes} images. An image in a small"
        " part weighs more than one in a large part.",
        "parts count alike",
    ),
    wrong(
        lambda case: case.one_part,
        "Your step knows one of the {count} parts only. Are the gradients set to zero, or replaced, between"
        " the parts?",
        "one part only",
    ),
    wrong(
        lambda case: case.steps,
        "You took {count} steps, one for each part. One step is asked for, after all of them.",
        "a step for each part",
    ),
    wrong(
        lambda case: case.left_over,
        "The gradients that were there before your call are in the step. Set them to zero first.",
        "old gradients",
    ),
    wrong(always, "The weights are not where one step on the whole batch leads."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Three points for the step, none for another."""
    cases = [
        Case(after, case, inputs) for after, case in zip(observed["cases"], inputs["cases"], strict=True)
    ]
    return total(read(STEP, cases))
