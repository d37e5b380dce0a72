"""Photographs of five classes on grounds of any colour: a dozen each with labels, and as many to predict."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import gauge, plain

SIZE = 96  # pixels a side
CLASSES = ("bird", "flower", "fruit or vegetable", "household item", "mammal")
EACH = 12  # images of a class, with labels and without
KEPT = ("new_labels", "pixels")
"""What stays with the judge."""


@functools.cache
def _photos() -> Any:
    from tlcourse import data

    return data.photos(size=SIZE)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Images uint8 (60, 96, 96, 3) with labels, as many new ones, and how many of these the pixels get right.

    Photographs of one thing are on one side only. Which class has which number comes from the seed.
    """
    photos = _photos()
    numbers = rng.permutation(len(CLASSES))
    known: list[tuple[int, int]] = []
    new: list[tuple[int, int]] = []
    for name, number in zip(CLASSES, numbers, strict=True):
        sides = _two_sides(rng, photos, name)
        for rows, side in zip(sides, (known, new), strict=True):
            side += [(int(row), int(number)) for row in rows]
    drawn: dict[str, Any] = {}
    for before, side in (("", known), ("new_", new)):
        pairs = np.array(side)[rng.permutation(len(side))]
        colours = rng.integers(0, 256, (len(pairs), 3))
        grounds = [tuple(int(part) for part in colour) for colour in colours]
        drawn[f"{before}images"] = photos.subset(pairs[:, 0]).on(grounds).images
        drawn[f"{before}labels"] = pairs[:, 1].astype("int64")
    return {**drawn, "pixels": _pixels_get_right(drawn)}


def _two_sides(rng: np.random.Generator, photos: Any, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows of one class for either side, those of one thing together."""
    rows = np.flatnonzero(photos.labels == photos.class_names.index(name))
    things = np.array(photos.things)[rows]
    first: list[int] = []
    second: list[int] = []
    for thing in rng.permutation(np.unique(things)):
        (first if len(first) < EACH else second).extend(int(row) for row in rows[things == thing])
    return rng.permutation(first)[:EACH], rng.permutation(second)[:EACH]


def _pixels_get_right(drawn: dict[str, Any]) -> int:
    """How many new images a logistic regression on the pixels gets right."""
    from sklearn.linear_model import LogisticRegression

    def small(images: np.ndarray) -> np.ndarray:
        blocks = images.reshape(len(images), SIZE // 3, 3, SIZE // 3, 3, 3).mean(axis=(2, 4))
        return (blocks / 255).reshape(len(images), -1)

    known, new = small(drawn["images"]), small(drawn["new_images"])
    centre = known.mean(axis=0)
    # Among so few images the penalty lets the weights be sums of images only: 60 numbers instead of 3,072.
    _, _, axes = np.linalg.svd(known - centre, full_matrices=False)
    model = LogisticRegression(C=0.1, max_iter=1000).fit((known - centre) @ axes.T, drawn["labels"])
    return int((model.predict((new - centre) @ axes.T) == drawn["new_labels"]).sum())


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: class numbers for the new images; ``backbone``: what the backbone saw, for the words."""
    from tlcourse import models

    backbone = models.load("efficientnet_lite0", framework, num_classes=0)
    if framework == "torch":
        backbone = backbone.cpu()
    watching = gauge.on(backbone, framework)
    given = (inputs["images"], inputs["labels"], inputs["new_images"])
    predicted = answer(backbone, *(array.copy() for array in given))
    return {"predicted": plain(predicted), "backbone": watching.seen()}
