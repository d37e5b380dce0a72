"""The two data sets that a camera made, photos and solar cells, each read once in a worker's process."""

from __future__ import annotations

from functools import cache
from typing import Any

__all__ = ["part"]


@cache
def part(name: str, split: str, size: int, seed: int) -> Any:
    """One split of a data set.

    The photos have one division into splits. The solar cells are divided by modules, anew for each seed, and
    validation and test have as many defective cells as functional ones: guessing is right in one half.

    Parameters
    ----------
    name : {"photos", "solar-cells"}
    split : {"train", "val", "test"}
    size : int
        Side of the images, in pixels.
    seed : int
        Of the solar cells' division.
    """
    if name == "photos":
        return _photos(size).split(split)
    cells = _solar_cells(size, seed).split(split)
    return cells if split == "train" else cells.per_class(min(cells.counts().values()), seed=seed)


@cache
def _photos(size: int) -> Any:
    from tlcourse import data

    return data.photos(size=size)


@cache
def _solar_cells(size: int, seed: int) -> Any:
    from tlcourse import data

    return data.solar_cells(size=size, seed=seed)
