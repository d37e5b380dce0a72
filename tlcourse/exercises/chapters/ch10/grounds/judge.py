"""The thing, its edge and the ground, and that the ground is another one each time: a point each."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, array, read, right, total, wrong


class Case:
    """Two calls for the same cut-outs."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        cutouts = np.asarray(inputs["cutouts"], "float64")
        n, height, width, _ = cutouts.shape
        self.thing, self.alpha = cutouts[..., :3], cutouts[..., 3:]
        self.calls = [array(given, "the images", (n, height, width, 3)) for given in observed["images"]]

    def where(self, images: np.ndarray, mask: np.ndarray) -> list[np.ndarray]:
        """The pixels of each image where the mask holds, (P, 3)."""
        return [image[m[..., 0]] for image, m in zip(images, mask, strict=True)]

    @cached_property
    def colours(self) -> list[np.ndarray]:
        """For each call the mean ground of each image, (N, 3)."""
        return [
            np.array([pixels.mean(0) for pixels in self.where(images, self.alpha == 0)])
            for images in self.calls
        ]

    @cached_property
    def flat(self) -> bool:
        return all(
            float(np.ptp(pixels, axis=0).max()) < 1e-3
            for images in self.calls
            for pixels in self.where(images, self.alpha == 0)
        )

    @cached_property
    def in_range(self) -> bool:
        return all(images.min() >= -1e-6 and images.max() <= 1 + 1e-6 for images in self.calls)

    @cached_property
    def thing_kept(self) -> bool:
        return all(
            np.allclose(
                images[np.broadcast_to(self.alpha == 1, images.shape)],
                self.thing[np.broadcast_to(self.alpha == 1, images.shape)],
                atol=1e-3,
            )
            for images in self.calls
        )

    def mixed_with(self, alpha: np.ndarray) -> bool:
        """Whether the edge is a mixture by these shares."""
        edge = np.broadcast_to((self.alpha > 0) & (self.alpha < 1), self.thing.shape)
        return all(
            np.allclose(
                images[edge], (alpha * self.thing + (1 - alpha) * ground[:, None, None])[edge], atol=2e-3
            )
            for images, ground in zip(self.calls, self.colours, strict=True)
        )

    @cached_property
    def hard(self) -> bool:
        return any(self.mixed_with((self.alpha > limit).astype(float)) for limit in (0.0, 0.5, 0.99))

    @cached_property
    def untouched(self) -> bool:
        return all(np.allclose(images, self.thing, atol=1e-6) for images in self.calls)

    @cached_property
    def alike(self) -> bool:
        """Within a call all grounds are one."""
        return any(float(np.ptp(ground, axis=0).max()) < 1e-3 for ground in self.colours)

    @cached_property
    def repeated(self) -> bool:
        return bool(np.abs(self.colours[0] - self.colours[1]).max(axis=1).min() < 1e-3)

    @cached_property
    def fixed(self) -> bool:
        """Black or white, each time."""
        return any(all(np.allclose(ground, value, atol=1e-3) for ground in self.colours) for value in (0, 1))

    @cached_property
    def grey(self) -> bool:
        return all(float(np.ptp(ground, axis=1).max()) < 1e-3 for ground in self.colours)


COMPOSED = (
    wrong(
        lambda case: case.untouched,
        "Your images are the first three channels as they came. Where alpha is 0 they hold anything; the"
        " ground belongs there.",
        "alpha left out",
    ),
    wrong(
        lambda case: not case.thing_kept,
        "Where alpha is 1 the thing should be as it came, and in your images it is not.",
        "the thing changed",
    ),
    wrong(
        lambda case: not case.flat,
        "Where alpha is 0 the ground should be one colour, and in your images it has several.",
        "more than one colour",
    ),
    wrong(
        lambda case: not case.in_range,
        "Your images have values outside of 0 to 1, which no image has.",
        "outside of 0 to 1",
    ),
    right(always, "Each thing stands on one colour."),
)
EDGE = (
    right(lambda case: case.mixed_with(case.alpha), "At the edge thing and ground are mixed by alpha."),
    wrong(
        lambda case: case.hard,
        "At the edge your images show either the thing or the ground. Alpha says how much of each: without"
        " the mixture every thing gets a rim, and a network can learn the rim.",
        "hard edge",
    ),
    wrong(always, "At the edge your images are not alpha parts of the thing and the rest of the ground."),
)
RANDOM = (
    wrong(
        lambda case: case.fixed,
        "Your ground is black or white every time. It should be any colour.",
        "always the same ground",
    ),
    wrong(
        lambda case: case.alike,
        "Within a call all your images have one ground. Draw a colour for each image.",
        "one ground for all",
    ),
    wrong(
        lambda case: case.repeated,
        "Two calls gave the same grounds. Draw anew at each call, so that a network sees another ground"
        " every time.",
        "same at every call",
    ),
    wrong(
        lambda case: case.grey,
        "Your grounds are all grey. Draw red, green and blue each by itself.",
        "only grey",
    ),
    right(always, "The ground is another one for each image and each call."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each; none for edge and chance where no thing stands on a ground."""
    case = Case(observed, inputs)
    composed = read(COMPOSED, case)
    return total(composed, read(EDGE, case), read(RANDOM, case)) if composed[0] else total(composed)
