"""Photographs as a phone takes them: several shots of one thing, in one place, one shortly after the other.

The things are the cut-out photographs of `tlcourse.data.photos`. A *series* is one thing on one ground in one
light; its shots differ by what a hand does: a little nearer, turned, moved, lighter.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from PIL import Image

__all__ = ["SIZE", "Shots", "taken", "things"]

SIZE = 96
"""Side of the images, in pixels."""
GROUNDS = ("grass", "brick", "gravel", "moon", "coins", "galaxies")
"""Pictures of `tlcourse.data.photographs`; each series stands on a piece of one of them."""
NOISE = 4.0
"""Standard deviation of the noise of each shot, of 255."""


class Shots(NamedTuple):
    """Images uint8 (N, 96, 96, 3), labels int64 (N,), and the series that each belongs to, int64 (N,)."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]
    series: npt.NDArray[np.int64]


@cache
def things(split: str) -> Any:
    """The cut-outs of a split, at `SIZE`."""
    from tlcourse import data

    return data.photos(size=SIZE).split(split)


@cache
def _grounds() -> list[npt.NDArray[np.uint8]]:
    from tlcourse import data

    return [data.photographs()[name] for name in GROUNDS]


def taken(split: str, rows: npt.NDArray[np.int64], shots: int, seed: int) -> Shots:
    """So many shots of each thing, series after series.

    Parameters
    ----------
    split : {"train", "val", "test"}
    rows : int64 array (N,)
        Which things of the split.
    shots : int
        Of each thing.
    seed : int
        Of grounds, light and hands. The first shots of a series are the same, however many there are.
    """
    some = things(split)
    images = [
        shot
        for row in rows
        for shot in _series(some.cutouts[row], shots, np.random.default_rng([seed, int(row), 31]))
    ]
    labels = np.repeat(some.labels[rows], shots).astype(np.int64)
    return Shots(np.stack(images), labels, np.repeat(np.arange(len(rows)), shots))


def _series(cutout: npt.NDArray[np.uint8], shots: int, rng: np.random.Generator) -> list[np.ndarray]:
    ground = _grounds()[rng.integers(len(GROUNDS))]
    margin = SIZE // 8
    top, left = (int(rng.integers(margin, side - SIZE - margin)) for side in ground.shape[:2])
    light = rng.uniform(0.6, 1.25)
    angle, scale = rng.uniform(-15, 15), rng.uniform(0.65, 0.95)
    thing = Image.fromarray(cutout, "RGBA")
    found = []
    for _ in range(shots):
        dy, dx = (int(n) for n in rng.integers(-margin // 2, margin // 2 + 1, 2))
        piece = ground[top + dy : top + dy + SIZE, left + dx : left + dx + SIZE]
        side = round(SIZE * scale * rng.uniform(0.93, 1.07))
        turned = thing.rotate(angle + rng.uniform(-6, 6), Image.Resampling.BILINEAR).resize((side, side))
        image = Image.fromarray(np.ascontiguousarray(piece)).convert("RGB")
        # In the middle, and a hand's width beside it.
        place = (SIZE - side) // 2
        image.paste(turned, (place - dx // 2, place - dy // 2), turned)
        seen = np.asarray(image) * (light * rng.uniform(0.93, 1.07)) + rng.normal(0, NOISE, (SIZE, SIZE, 3))
        found.append(seen.clip(0, 255).astype(np.uint8))
    return found
