"""Three points for every kernel; the first one that is wrong chooses the words."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, show, total, wrong

LARGEST = 127


class Case:
    """One kernel, and what came for it."""

    def __init__(self, kernel: np.ndarray, given: Any, kept: Any) -> None:
        self.kernel = kernel.astype("float64")
        self.given = read_array(given, "the kernel").astype("float64")
        self.changed = not np.array_equal(kept, kernel)
        self.shape = show(tuple(int(n) for n in self.given.shape))

    @cached_property
    def fits(self) -> bool:
        return self.given.shape == self.kernel.shape

    def near(self, expected: np.ndarray) -> bool:
        """Within a hundredth of a channel's step, and where a tie was rounded either way."""
        step = np.abs(self.kernel).max((1, 2, 3), keepdims=True) / LARGEST
        return self.fits and bool((np.abs(self.given - expected) <= 0.02 * step + 1e-9).all())

    def rounded(self, axes: tuple[int, ...], cut: float | None = None) -> np.ndarray:
        """With a scale over these axes; ``cut`` off towards zero, a little above or below each number."""
        scale = np.abs(self.kernel).max(axes, keepdims=True) / LARGEST
        scale = np.where(scale > 0, scale, 1)
        whole = self.kernel / scale
        return (np.rint(whole) if cut is None else np.trunc(whole + cut * np.sign(whole))) * scale

    @cached_property
    def cut_off(self) -> bool:
        """Single precision cuts 127 to 127 or to 126: a channel's largest weight may be either."""
        if not self.fits:
            return False
        either = [np.abs(self.given - self.rounded((1, 2, 3), cut=cut)) for cut in (1e-4, -1e-4)]
        step = np.abs(self.kernel).max((1, 2, 3), keepdims=True) / LARGEST
        return bool((np.minimum(*either) <= 0.02 * step + 1e-9).all())

    @cached_property
    def whole(self) -> bool:
        return self.fits and bool(np.array_equal(self.given, np.rint(self.given)))

    @cached_property
    def is_right(self) -> bool:
        return self.near(self.rounded((1, 2, 3))) and not self.changed


KERNELS = (
    right(lambda case: case.is_right, "Each output channel has its own scale, and every kernel is right.", 3),
    wrong(
        lambda case: case.changed,
        "The kernel that was given changed. Give a new one: the network still needs the old.",
        "kernel changed",
    ),
    wrong(
        lambda case: not case.fits,
        "What came back has the shape {shape}, which is not that of the kernel.",
        "another shape",
    ),
    wrong(
        lambda case: not np.isfinite(case.given).all(),
        "There is NaN or infinity in the result. One channel is all zeros: what is its scale?",
        "divided by zero",
    ),
    wrong(
        lambda case: case.whole and np.abs(case.given).max() > 0,
        "What came back are the whole numbers themselves. Give the weights that they stand for:"
        " times the scale.",
        "whole numbers",
    ),
    wrong(
        lambda case: case.near(case.rounded((0, 1, 2, 3))),
        "All channels share one scale. A channel of small weights is then left with a few steps, or none.",
        "one scale for all",
    ),
    wrong(
        lambda case: case.near(case.rounded((0, 2, 3))),
        "Each input channel has a scale of its own. A scale has to be outside of the sum over input"
        " channels, so"
        " take the output channels.",
        "by input channel",
    ),
    wrong(
        lambda case: case.cut_off,
        "Your numbers are cut off towards zero. Take the nearest whole number: the error is half as large.",
        "cut off",
    ),
    wrong(
        lambda case: case.near(case.kernel),
        "The weights came back as they were. Which whole numbers from -127 to 127 stand for them?",
        "not rounded",
    ),
    wrong(always, "The weights that came back are not the nearest of 255 steps of their channel."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """The kernels one by one."""
    cases = [Case(*one) for one in zip(inputs["kernels"], observed["given"], observed["kept"], strict=True)]
    return total(read(KERNELS, cases))
