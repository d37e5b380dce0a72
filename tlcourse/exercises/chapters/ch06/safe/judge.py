"""A point each for labels that stay true, a change of its own for each image, and a new one each time."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    read,
    right,
    show,
    stopped,
    total,
    wrong,
)

from .probe import SAME

WAYS = ("right", "down", "left", "up")
"""Quarter turns from an arrow that points to the right, clockwise as an image is seen."""


def pointing(image: np.ndarray) -> int | None:
    """Which way the arrow points, as an index of WAYS; None where there is no arrow to be seen.

    The bright pixels are spread most along the arrow, and more of them lie towards its head.
    """
    grey = np.asarray(image, np.float64).mean(2)
    low, high = np.quantile(grey, 0.1), grey.max()
    if high - low < 20:
        return None
    y, x = np.nonzero(grey > (low + high) / 2)
    points = np.stack([x, y], 1).astype(np.float64)
    if not 12 <= len(points) < 0.25 * grey.size:  # an arrow covers a tenth of its image at most
        return None
    points -= points.mean(0)
    axis = np.linalg.svd(points, full_matrices=False)[2][0]
    along = points @ axis
    # The tail is thin and reaches far: the middle of the extent lies on its side of the mean.
    axis = axis if along.max() + along.min() < 0 else -axis
    return int(np.round(np.arctan2(axis[1], axis[0]) / (np.pi / 2))) % 4


class Augmented:
    """What came of the arrows, and where they point now."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        if "wrong" in observed:
            raise WrongAnswerError(
                f"What `make_augment` gives should turn images into images; yours gave {observed['wrong']}."
            )
        self.given, self.ways = np.asarray(inputs["images"], "float64"), np.asarray(inputs["ways"])
        self.got = np.asarray(observed["first"], "float64")
        self.again = np.asarray(observed["again"], "float64")
        self.shape, self.n, self.same = self.got.shape, len(self.ways), SAME

    @property
    def wanted(self) -> tuple[int, ...]:
        return self.given.shape

    @cached_property
    def untouched(self) -> int:
        return sum(np.abs(a - b).max() < 0.5 for a, b in zip(self.got, self.given, strict=True))

    @property
    def span(self) -> str:
        return f"{show(float(self.got.min()), 3)} to {show(float(self.got.max()), 3)}"

    @cached_property
    def seen(self) -> list[int | None]:
        return [pointing(image) for image in self.got]

    @cached_property
    def untrue(self) -> list[tuple[int, int | None]]:
        """(where it pointed, where it points now) of the images whose label is no longer true."""
        return [(int(w), s) for s, w in zip(self.seen, self.ways, strict=True) if s != w]

    @property
    def count(self) -> int:
        return len(self.untrue)

    @cached_property
    def most(self) -> tuple[int, int | None]:
        return Counter(self.untrue).most_common(1)[0][0]

    @cached_property
    def now(self) -> str:
        was, now = self.most
        return f"Arrows that pointed {WAYS[was]} point {WAYS[now or 0]} now."

    @cached_property
    def mirrored(self) -> bool:
        """Whether those that changed were turned round, and all along one axis."""
        turned = {(now - was) % 4 for was, now in self.untrue if now is not None}
        return turned == {2} and len({was % 2 for was, _ in self.untrue}) == 1

    @cached_property
    def kinds(self) -> int:
        return len({image.tobytes() for image in self.got[:SAME]})


USELESS = (
    wrong(
        lambda a: a.shape != a.wanted,
        "Images of shape {wanted} went in, and {shape} came out. The network expects the size that it had.",
        "another size",
    ),
    wrong(lambda a: not np.isfinite(a.got).all(), "There is NaN or infinity among the pixels."),
    wrong(
        lambda a: a.got.max() <= 1.5,
        "Pixels from 0 to 255 went in, and now they go from {span}. What comes after the augmentation scales"
        " them, and would do it twice.",
        "scaled",
    ),
    wrong(
        lambda a: a.untouched > a.n / 2,
        "{untouched} of {n} images came out as they went in.",
        "nothing happens",
    ),
)
LABELS = (
    right(lambda a: a.count <= 0.04 * a.n, "The arrows still point where their labels say."),
    wrong(
        lambda a: a.most[1] is None,
        "{count} of {n} labels are no longer true: no arrow can be seen any more. Change less at a time.",
        "the arrow is gone",
    ),
    wrong(
        lambda a: a.mirrored,
        "{count} of {n} labels are no longer true. {now} A mirror swaps the two. What is harmless for a cat"
        " is not for an arrow.",
        "mirrored",
    ),
    wrong(
        always,
        "{count} of {n} labels are no longer true. {now} Turned so far, one label becomes another. A few"
        " degrees are safe.",
        "turned too far",
    ),
)
VARIETY = (
    right(lambda a: a.kinds >= 4, "Each image is changed in its own way."),
    wrong(
        always,
        "The first {same} images were the same one, and {kinds} kinds of it came out. Draw for each image.",
        "one change for all",
    ),
)
EPOCHS = (
    right(lambda a: not np.array_equal(a.got, a.again), "In the next epoch it is changed differently."),
    wrong(
        always,
        "The same images came out twice, so every epoch would show the same ones.",
        "always the same",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """A point each. Noise varies as well, and so do other images: where labels are lost there is nothing."""
    augmented = Augmented(observed, inputs)
    if (verdict := stopped(USELESS, augmented)) is not None:
        return verdict
    points, finding = read(LABELS, augmented)
    if augmented.count > 0.45 * augmented.n:
        return total((0.0, finding))
    return total((points, finding), read(VARIETY, augmented), read(EPOCHS, augmented))
