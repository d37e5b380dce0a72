"""Two points for the features, and one for a backbone that is as it was and saw no batch too large."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    always,
    close,
    read,
    read_array,
    right,
    show,
    stopped,
    tiny,
    total,
    wrong,
)

from .probe import LOOK, gauged, lives


class Cached:
    """What came back, and what it may be compared with."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.observed, self.inputs = observed, inputs
        self.features, self.kind = observed["features"], observed["kind"]
        self.n, self.size, self.width = len(inputs["images"]), inputs["batch_size"], inputs["width"]

    @cached_property
    def is_a_list(self) -> bool:
        return isinstance(self.features, str) and self.features.startswith("a list of")

    @cached_property
    def got(self) -> np.ndarray:
        return read_array(self.features, "`cache`")

    @cached_property
    def shape(self) -> tuple[int, ...]:
        return self.got.shape

    @cached_property
    def n_rows(self) -> int:
        return len(self.got)

    # --- against the live backbone

    @cached_property
    def lives(self) -> np.ndarray:
        """The live features, for each number of images at once: (batch size, N, D)."""
        return lives(self.inputs, self.n + self.size)

    @cached_property
    def near(self) -> float:
        return 1e-4 * max(1.0, float(np.abs(self.lives).max()))

    @cached_property
    def off(self) -> np.ndarray:
        return np.abs(self.lives - self.got).max(2)

    @cached_property
    def agrees_at_some_size(self) -> bool:
        return bool(self.off.min(0).max() <= self.near)

    @cached_property
    def sizes(self) -> np.ndarray:
        """In how large a batch each image was: the one whose features its row has; 0 if in none."""
        return self.off.argmin(0)

    @cached_property
    def at_once(self) -> int:
        return int(self.sizes.max()) if self.agrees_at_some_size and self.sizes.all() else 0

    @cached_property
    def in_another_order(self) -> bool:
        every = np.abs(self.lives[1:, :, None, :] - self.got).max(3)  # batch size, live row, row of yours
        rows = [int(np.unravel_index(every[:, :, r].argmin(), every.shape[:2])[1]) for r in range(self.n)]
        return bool(every.min((0, 1)).max() <= self.near) and sorted(rows) == list(range(self.n))

    @cached_property
    def references(self) -> list[np.ndarray]:
        """The live features in batches, all at once, and one by one."""
        starts = np.arange(self.n) // self.size * self.size
        batches = [np.minimum(self.size, self.n - starts), np.full(self.n, self.n), np.ones(self.n, int)]
        return [self.lives[batch, np.arange(self.n)] for batch in batches]

    @cached_property
    def rows_are_scaled(self) -> bool:
        return any(_scaled(self.got, live, 1) for live in self.references)

    @cached_property
    def rows_have_length_1(self) -> bool:
        return bool(np.abs(np.linalg.norm(self.got, axis=1) - 1).max() < 1e-3)

    @cached_property
    def columns_are_scaled(self) -> bool:
        centred = self.got - self.got.mean(0)
        return any(_scaled(centred, live - live.mean(0), 0) for live in self.references)

    @cached_property
    def difference(self) -> str:
        return show(float(np.abs(self.got - self.references[0]).max()), 2)

    @cached_property
    def more_zeros(self) -> float:
        return float((self.got == 0).mean() - (self.references[0] == 0).mean())

    # --- the backbone afterwards

    @cached_property
    def first(self) -> dict[str, np.ndarray]:
        return tiny.initial(self.inputs["blocks"], self.width, 3, self.inputs["seed"])

    @cached_property
    def changed(self) -> bool:
        after = self.observed["after"]
        return any(not np.array_equal(value, self.first[name]) for name, value in after.items())

    @cached_property
    def left_in_training_mode(self) -> bool:
        """Whether the backbone gives what it gives in training mode, where one can tell."""
        if self.observed["left"] is None:
            return True
        images = gauged(self.inputs["images"][:LOOK], LOOK, self.inputs["gauge"])
        blocks = self.inputs["blocks"]
        training = tiny.features(self.first, blocks, images, blocks)
        return close(self.observed["left"], training, 1e-3 * max(1.0, float(np.abs(training).max())))


def _scaled(got: np.ndarray, live: np.ndarray, axis: int) -> bool:
    """Whether each row (axis 1) or column (axis 0) is a positive multiple of the other's."""
    dots = (got * live).sum(axis)
    lengths = np.linalg.norm(got, axis=axis) * np.linalg.norm(live, axis=axis)
    return bool(np.all(dots >= lengths * (1 - 1e-5)) and lengths.max() > 0)


NO_TABLE = (
    wrong(
        lambda cached: cached.is_a_list,
        "For {n} images a table is needed, one row of features for each. You give {features}. Join the"
        " batches along their first axis.",
        "batches not joined",
    ),
    wrong(
        lambda cached: cached.got.ndim != 2 or cached.got.shape[1] != cached.width,
        "For {n} images a table is needed, one row of {width} features for each. Yours is a {kind} of shape"
        " {shape}. Join the batches along their first axis.",
        "batches not joined",
    ),
    wrong(
        lambda cached: cached.n_rows == cached.n // cached.size * cached.size != cached.n,
        "{n} images went in, and {n_rows} rows of features came out. The last batch has fewer than {size}"
        " images, and it counts too.",
        "the last batch is missing",
    ),
    wrong(
        lambda cached: cached.n_rows != cached.n,
        "{n} images went in, and {n_rows} rows of features came out.",
        "the last batch is missing",
    ),
    wrong(
        lambda cached: not np.isfinite(cached.got).all(),
        "There is NaN or infinity among your features.",
        "not finite",
    ),
)
FEATURES = (
    right(
        lambda cached: cached.at_once > 0,
        "The cached features are those of the live backbone, row by row.",
        2,
    ),
    wrong(
        lambda cached: cached.agrees_at_some_size,
        "Your features come from the backbone's weights, but not from all of it: a layer was left out on the"
        " way. Call the backbone itself.",
        "walked round the backbone",
    ),
    wrong(
        lambda cached: cached.in_another_order,
        "The rows are right, but in another order, so they no longer fit the labels.",
        "another order",
    ),
    wrong(
        lambda cached: cached.rows_are_scaled and cached.rows_have_length_1,
        "Your rows have length 1: they point where the backbone's features point, but were normalised. A"
        " cache holds the features as they come; leave scaling to what reads it.",
        "normalised rows",
    ),
    wrong(
        lambda cached: cached.rows_are_scaled,
        "Your rows are multiples of the live ones: they point where the backbone's features point, but were"
        " normalised. A cache holds the features as they come; leave scaling to what reads it.",
        "normalised rows",
    ),
    wrong(
        lambda cached: cached.columns_are_scaled,
        "Each column of yours is the backbone's, shifted or scaled: it was standardised over these images. A"
        " cache holds the features as they come; leave scaling to what reads it.",
        "normalised columns",
    ),
    wrong(
        lambda cached: cached.more_zeros > 0.05,
        "Your features differ from those of the live backbone by up to {difference}, and many are exactly"
        " zero: dropout is at work. The backbone ran in training mode.",
        "training mode",
    ),
    wrong(
        always,
        "Your features differ from those of the live backbone by up to {difference}. In training mode"
        " BatchNorm uses the mean and variance of the batch, so a picture's features depend on its"
        " neighbours.",
        "training mode",
    ),
)
BACKBONE = (
    wrong(
        lambda cached: cached.changed,
        "Looking at the pictures changed the backbone: BatchNorm's statistics moved.",
        "training mode",
    ),
    wrong(
        lambda cached: cached.observed["graph"],
        "Your features still carry the graph of the computation (`requires_grad` is true), and with it"
        " everything that the backbone computed on the way. That is memory, for gradients that nobody needs.",
        "keeps the graph",
    ),
    wrong(
        lambda cached: not cached.left_in_training_mode,
        "The backbone came in training mode and went out in evaluation mode, or a part of it did. Put it back"
        " as it was.",
        "mode not put back",
    ),
    wrong(
        lambda cached: cached.at_once > cached.size,
        "The backbone was given {at_once} images at once, and `batch_size` is {size}. What fits into memory"
        " for a few images does not for a whole data set.",
        "all at once",
    ),
    right(always, "The backbone is as it was before, and no batch was too large."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Without the right features, a backbone left as it was is worth nothing."""
    cached = Cached(observed, inputs)
    if (verdict := stopped(NO_TABLE, cached)) is not None:
        return verdict
    features, backbone = read(FEATURES, cached), read(BACKBONE, cached)
    return total(features, backbone if features[1].passed else (0.0, backbone[1]))
