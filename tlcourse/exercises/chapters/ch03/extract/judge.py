"""A point for the features of every image, two for the label beside each."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    WrongAnswerError,
    always,
    read,
    read_array,
    right,
    tiny,
    total,
    wrong,
)

NEAR = 1e-4


class Table:
    """The table that came back, beside the features and the label of each image."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        if observed["labels"] is None:
            raise WrongAnswerError(
                f"`extract` should give two things, the features and the labels; yours gave"
                f" {observed['features']}.",
                "not two things",
            )
        self.got = read_array(observed["features"], "The first part of `extract`, the features,")
        self.labels = read_array(observed["labels"], "The second part of `extract`, the labels,")
        self.moved, self.inputs = observed["moved"], inputs
        self.truth, self.n = np.asarray(inputs["labels"]), len(inputs["labels"])
        self.rows, self.shape, self.width = len(self.got), self.got.shape, inputs["width"]
        self.first = tiny.initial(inputs["blocks"], inputs["width"], 3, inputs["seed"])

    def features(self, divided_by: float) -> np.ndarray:
        images = np.asarray(self.inputs["images"], "float64") / divided_by
        return tiny.features(self.first, self.inputs["blocks"], images)

    @cached_property
    def right(self) -> np.ndarray:
        return self.features(255)

    def places(self, features: np.ndarray) -> np.ndarray:
        """The image that each row belongs to, -1 for none."""
        if self.got.ndim != 2 or self.got.shape[1] != features.shape[1]:
            return np.full(self.rows, -1)
        distance = np.abs(self.got[:, None] - features[None]).max(2)
        nearest = distance.argmin(1)
        scale = max(1.0, float(np.abs(features).max()))
        return np.where(distance.min(1) < NEAR * scale, nearest, -1)

    @cached_property
    def images(self) -> np.ndarray:
        return self.places(self.right)

    @cached_property
    def known(self) -> int:
        return int((self.images >= 0).sum())

    @cached_property
    def complete(self) -> bool:
        return sorted(self.images.tolist()) == list(range(self.n))

    @cached_property
    def different(self) -> int:
        """How many of the images are in the table."""
        return len(set(self.images.tolist()) - {-1})

    @cached_property
    def unscaled(self) -> bool:
        return bool((self.places(self.features(1)) >= 0).all())

    @cached_property
    def label_shape(self) -> tuple[int, ...]:
        return self.labels.shape

    @cached_property
    def fitting(self) -> int:
        """How many rows have the label of their image."""
        return int((self.labels == self.truth[self.images]).sum())

    @cached_property
    def from_1(self) -> bool:
        return bool((self.labels - 1 == self.truth[self.images]).all())

    @cached_property
    def same_counts(self) -> bool:
        return sorted(self.labels.tolist()) == sorted(self.truth.tolist())


FEATURES = (
    wrong(
        lambda table: table.got.ndim != 2 or table.got.shape[1] != table.width,
        "Your features have the shape {shape}. A table was asked for, a row of what the network gives for"
        " each image.",
        "not a table",
    ),
    right(lambda table: table.complete, "The table has a row for every image, as the network gives it."),
    wrong(
        lambda table: table.unscaled,
        "The features are those of pixels from 0 to 255. This network was trained with 0 to 1.",
        "not divided by 255",
    ),
    wrong(
        lambda table: table.known == table.rows < table.n,
        "The folder has {n} images, and your table has {rows} rows. The images of all batches count, and the"
        " last batch has fewer.",
        "images are missing",
    ),
    wrong(
        lambda table: table.known == table.rows,
        "Your table has {rows} rows for {n} images, and shows {different} of them.",
        "images come twice",
    ),
    wrong(
        lambda table: table.moved,
        "Looking at the images changed the network: the statistics of its BatchNorm moved. It ran in training"
        " mode.",
        "training mode",
    ),
    wrong(
        always,
        "{known} of your {rows} rows are what the network gives for an image of the folder. Was it fed pixels"
        " from 0 to 1, and in evaluation mode?",
        "other features",
    ),
)
LABELS = (
    wrong(
        lambda table: table.label_shape != (table.rows,),
        "Your labels have the shape {label_shape}. One class number for each row was asked for.",
        "not class numbers",
    ),
    right(lambda table: table.fitting == table.n, "Each row has the label of its image.", 2),
    wrong(
        lambda table: table.from_1,
        "Your class numbers begin with 1. The first folder in the alphabet is class 0.",
        "counted from 1",
    ),
    wrong(
        lambda table: table.same_counts,
        "Only {fitting} of {n} rows have the label of their image. Features and labels come from two passes"
        " over the files, and between these the order changed.",
        "labels in another order",
    ),
    wrong(
        always,
        "{fitting} of {n} rows have the label of their image. The class folders are numbered by the"
        " alphabet.",
        "other labels",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Labels count only beside features that are right."""
    table = Table(observed, inputs)
    features = read(FEATURES, table)
    return total(features, read(LABELS, table)) if features[1].passed else total(features)
