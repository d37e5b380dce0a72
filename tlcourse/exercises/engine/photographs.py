"""Photographs for exercises that train: a dozen of each of five classes with labels, and as many without.

On the judge's side only: an answer's process gets what is drawn, and has no data of the course.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

__all__ = ["CLASSES", "EACH", "SIZE", "Side", "drawn", "sides"]

SIZE = 96
"""Pixels a side."""
CLASSES = ("bird", "flower", "fruit or vegetable", "household item", "mammal")
EACH = 12
"""Images of a class, with labels and without."""

Side = list[tuple[int, int]]
"""A row of the photographs and the number of its class, for each image."""


@functools.cache
def _photos() -> Any:
    from tlcourse import data

    return data.photos(size=SIZE)


def sides(rng: np.random.Generator) -> tuple[Side, Side]:
    """What is known and what is new, :data:`EACH` of a class. Photographs of one thing are on one side only.

    Which class has which number comes from the seed.
    """
    known: Side = []
    new: Side = []
    numbers = rng.permutation(len(CLASSES))
    for name, number in zip(CLASSES, numbers, strict=True):
        for rows, side in zip(_rows(rng, name), (known, new), strict=True):
            side += [(int(row), int(number)) for row in rows]
    return known, new


def _rows(rng: np.random.Generator, name: str) -> tuple[np.ndarray, np.ndarray]:
    """Rows of one class for either side, those of one thing together."""
    photos = _photos()
    rows = np.flatnonzero(photos.labels == photos.class_names.index(name))
    things = np.array(photos.things)[rows]
    first: list[int] = []
    second: list[int] = []
    for thing in rng.permutation(np.unique(things)):
        (first if len(first) < EACH else second).extend(int(row) for row in rows[things == thing])
    return rng.permutation(first)[:EACH], rng.permutation(second)[:EACH]


def drawn(rng: np.random.Generator, both: tuple[Side, Side]) -> dict[str, np.ndarray]:
    """``images`` uint8 (60, 96, 96, 3), ``labels`` int64 (60,), and ``new_images``, ``new_labels`` alike.

    In an order of the seed's, each image on a ground of any colour.
    """
    arrays: dict[str, np.ndarray] = {}
    for before, side in zip(("", "new_"), both, strict=True):
        pairs = np.array(side)[rng.permutation(len(side))]
        grounds = [tuple(int(part) for part in colour) for colour in rng.integers(0, 256, (len(pairs), 3))]
        arrays[f"{before}images"] = _photos().subset(pairs[:, 0]).on(grounds).images
        arrays[f"{before}labels"] = pairs[:, 1].astype("int64")
    return arrays
