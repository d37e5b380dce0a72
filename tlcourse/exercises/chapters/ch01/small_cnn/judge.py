"""A point each: logits for images of any size; not linear; small, and made of convolutions."""

from __future__ import annotations

import math
from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, right, stopped, total, wrong

from .probe import ROWS, SIZES

MOST, LEAST = 100_000, 1_000
CONVOLUTIONS = 3


class Network:
    """What a network for so many classes gave."""

    def __init__(self, seen: dict[str, Any], classes: int) -> None:
        self.seen, self.classes = seen, classes
        self.asked = f"`small_cnn({classes})`"
        self.problem = seen.get("problem", "")
        outputs = seen.get("outputs", {})
        self.small, self.large = (outputs.get(str(size)) for size in SIZES)
        self.side, self.other_side = SIZES

    # --- its outputs

    @property
    def fails(self) -> bool:
        return isinstance(self.small, str)

    @property
    def fails_when_larger(self) -> bool:
        return isinstance(self.large, str)

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return tuple(np.shape(self.small))

    @property
    def fits(self) -> bool:
        return self.shape == np.shape(self.large) == (ROWS, self.classes)

    @cached_property
    def values(self) -> np.ndarray:
        return np.asarray(self.small, dtype=np.float64)

    @property
    def are_shares(self) -> bool:
        inside = bool(np.all((self.values >= 0) & (self.values <= 1)))
        return inside and bool(np.allclose(self.values.sum(axis=1), 1, atol=1e-3))

    @property
    def is_cut_at_zero(self) -> bool:
        both = np.concatenate([self.values, np.asarray(self.large, dtype=np.float64)])
        return bool(np.all(both >= 0) and np.any(both == 0))

    @property
    def alike(self) -> bool:
        """Whether all images got the same."""
        return bool(np.allclose(self.values, self.values[0], rtol=0, atol=1e-7))

    @property
    def is_linear(self) -> bool:
        """Whether the image halfway between two gets what is halfway between theirs."""
        first, second, _, between = self.values
        off = np.abs(between - (first + second) / 2).max()
        return bool(off < 1e-4 * np.abs(first - second).max() + 1e-9)

    # --- its arrays

    @cached_property
    def shapes(self) -> list[list[int]]:
        return [list(shape) for shape in self.seen["shapes"]]

    @cached_property
    def size(self) -> int:
        return sum(math.prod(shape) for shape in self.shapes)

    @property
    def parameters(self) -> str:
        return f"{self.size:,}"

    @property
    def kernels(self) -> int:
        """Convolutions that look at more than one pixel: their arrays have four axes, two of them spatial."""
        return sum(max(sides) > 1 for sides in self.seen["kernels"])


NO_NETWORK = (
    wrong(lambda net: net.problem, "{asked} gave {problem}.", "not a network"),
    wrong(
        lambda net: net.fails,
        "{asked} was made, and images of {side} pixels stop it: {small}",
        "does not run",
    ),
)
OUTPUTS = (
    wrong(
        lambda net: len(net.shape) == 2 and net.shape[1] != net.classes,
        "{asked} gives an output of shape `{shape}`, and there should be one number for each of {classes}"
        " classes. Use `n_classes` in the last layer.",
        "wrong number of outputs",
    ),
    wrong(
        lambda net: net.fails_when_larger,
        "{asked} takes images of {side} pixels and not of {other_side}: {large} A linear layer after"
        " flattening has weights for one size only. Average over the image first.",
        "one size only",
    ),
    wrong(
        lambda net: not net.fits,
        "For four images {asked} gives an output of shape `{shape}`: not a number for each image and class.",
        "wrong shape",
    ),
    right(always, "One number for each image and class, whatever the image's size."),
)
LOGITS = (
    wrong(
        lambda net: net.alike,
        "{asked} gives every image the same numbers. Does what you return come from the image?",
        "all images alike",
    ),
    wrong(
        lambda net: net.are_shares,
        "The outputs of {asked} are shares that add up to 1: there is a softmax at the end. A loss for logits"
        " applies a second one, and training slows down. Leave it out.",
        "softmax at the end",
    ),
    wrong(
        lambda net: net.is_cut_at_zero,
        "Outputs of {asked} are 0 or above, and some are exactly 0: there is a ReLU after the last layer."
        " Logits may have any sign.",
        "activation at the end",
    ),
    wrong(
        lambda net: net.is_linear,
        "{asked} is linear: the image halfway between two others gets exactly what is halfway between theirs."
        " Convolutions in a row are one convolution unless something non-linear stands between them, such as"
        " ReLU.",
        "nothing non-linear",
    ),
    right(always, "The outputs are logits, and the network is not linear."),
)
ARRAYS = (
    wrong(
        lambda net: net.size < LEAST and net.kernels < CONVOLUTIONS,
        "{asked} has {parameters} parameters that train, and {kernels} convolutions among them. Layers in a"
        " plain Python list are not registered, and an optimizer never sees them.",
        "layers not registered",
    ),
    wrong(
        lambda net: net.kernels < CONVOLUTIONS,
        "{asked} has {kernels} convolutions that look at more than a pixel; three were asked for.",
        "too few convolutions",
    ),
    wrong(
        lambda net: net.size > MOST,
        "{asked} has {parameters} parameters. For some tens of images that is no small network: use fewer"
        " channels, and average over the image before the linear layer.",
        "too large",
    ),
    right(always, "It is small, and made of convolutions."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; what a network gives is looked at where it has the right shape."""
    cases = zip(observed["cases"], inputs["classes"], strict=True)
    networks = [Network(seen, classes) for seen, classes in cases]
    if (verdict := stopped(NO_NETWORK, networks)) is not None:
        return verdict
    outputs = read(OUTPUTS, networks)
    if not outputs[1].passed:
        return total(outputs)
    return total(outputs, read(LOGITS, networks), read(ARRAYS, networks))
