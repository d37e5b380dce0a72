"""Two domains for one task: images with the same classes that look different. Each is read once in a process.

======== ============================== ====================================================================
task     domains                        what changes
======== ============================== ====================================================================
cells    mono, poly                     the kind of solar cell; other modules in every split
styles   fluent, noto, twemoji          the style in which emoji are drawn
things   photos, fluent, noto, twemoji  photographs against drawings, four classes that both have
grounds  own, others, any, white        the ground of cut-out photographs: grass for each bird, brick for
                                        each flower and so on; that of another class; any of them; white
light    day, night                     photographs as they are; dim, noisy
digits   white, coloured                handwritten digits, white on black or in any two colours
======== ============================== ====================================================================
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from tlcourse.exercises.engine.colours import coloured
from tlcourse.sweeps.shared import vision

__all__ = ["PAIRS", "SIZE", "SPLITS", "Side", "features", "grounds", "on_any_ground", "side"]

SIZE = 96
"""Side of the images, in pixels."""
SPLITS = ("train", "val", "test")
STYLES = ("fluent", "noto", "twemoji")
PAIRS: tuple[tuple[str, str, str], ...] = (
    ("cells", "mono", "poly"),
    ("cells", "poly", "mono"),
    *(("styles", source, target) for source in STYLES for target in STYLES if source != target),
    *(("things", "photos", style) for style in STYLES),
    *(("things", style, "photos") for style in STYLES),
    ("grounds", "own", "others"),
    ("grounds", "own", "any"),
    ("grounds", "white", "any"),
    ("grounds", "any", "white"),
    ("light", "day", "night"),
    ("light", "night", "day"),
    ("digits", "white", "coloured"),
    ("digits", "coloured", "white"),
)
"""(task, source, target)."""
THINGS = {
    "bird": "bird",
    "fruit": "fruit or vegetable",
    "vegetable": "fruit or vegetable",
    "mammal": "mammal",
    "ground transport": "vehicle",
}
"""Classes of emoji, and the class of photographs that each belongs to."""
TEXTURES = ("grass", "brick", "gravel", "galaxies", "moon", "coins")
"""The ground of each class of photographs, of `tlcourse.data.photographs`."""
DIM, NOISE = 0.25, 12
"""Night: so much of the light is left, and the noise has that standard deviation, of 255."""


class Side(NamedTuple):
    """Images uint8 (N, 96, 96, 3) and labels int64 (N,) of one split of one domain."""

    images: npt.NDArray[np.uint8]
    labels: npt.NDArray[np.int64]


def side(task: str, domain: str, split: str, seed: int) -> Side:
    """One split of a domain.

    ``seed`` is that of the solar cells' division by modules; the others have one division, and what is drawn
    for their images (colours, noise) is the same for all seeds.
    """
    whole, rows = _whole(task, domain), _rows(task, domain, split, seed)
    return Side(whole.images[rows], whole.labels[rows])


@cache
def _all_features(framework: str, task: str, domain: str) -> npt.NDArray[np.float32]:
    from tlcourse import training

    images = _whole(task, domain).images
    return training.cache_features(vision.backbone(framework, SIZE), images, progress=False)


def features(framework: str, task: str, domain: str, split: str, seed: int) -> npt.NDArray[np.float32]:
    """What the frozen backbone makes of `side`: float32 (N, 1280)."""
    return _all_features(framework, task, domain)[_rows(task, domain, split, seed)]


def _rows(task: str, domain: str, split: str, seed: int) -> npt.NDArray[np.int64]:
    if task == "cells":
        cells = _cells(1, seed)
        kind = np.array(cells.kinds) == f"{domain}crystalline"
        return np.asarray([row for row in cells.splits[split] if kind[row]], np.int64)
    return np.asarray(_splits(task, domain)[split], np.int64)


@cache
def _cells(size: int, seed: int) -> Any:
    from tlcourse import data

    return data.solar_cells(size=size, seed=seed)


@cache
def _splits(task: str, domain: str) -> Any:
    if task == "things":
        return _things(domain)[1]
    if task == "styles":
        return vision.dataset(domain, SIZE).splits
    return (vision.dataset("digits", SIZE) if task == "digits" else _photos()).splits


@cache
def _whole(task: str, domain: str) -> Side:
    """Every image of a domain, whatever its split."""
    if task == "cells":
        cells = _cells(SIZE, 0)
        return Side(cells.images, cells.labels)
    if task == "styles":
        emoji = vision.dataset(domain, SIZE)
        return Side(emoji.images, emoji.labels)
    if task == "things":
        return _things(domain)[0]
    if task == "digits":
        digits = vision.dataset("digits", SIZE)
        return Side(
            coloured(np.random.default_rng(13), digits.images) if domain == "coloured" else digits.images,
            digits.labels,
        )
    photos = _photos()
    if task == "light":
        return Side(_night(photos.images) if domain == "night" else photos.images, photos.labels)
    return Side(photos.on(grounds(domain, photos.labels, 0)).images, photos.labels)


@cache
def _photos() -> Any:
    from tlcourse import data

    return data.photos(size=SIZE)


@cache
def _things(domain: str) -> tuple[Side, dict[str, list[int]]]:
    from tlcourse import data

    names = sorted(set(THINGS.values()))
    if domain == "photos":
        whole: Any = _photos()
        found = {name: name for name in names}
    else:
        whole = data.three_styles(domain, min_per_class=0).resized(SIZE)
        found = THINGS
    number = [names.index(found[name]) if name in found else -1 for name in whole.class_names]
    labels = np.array(number)[whole.labels]
    kept = np.flatnonzero(labels >= 0)
    place = {row: at for at, row in enumerate(kept)}
    splits = {name: [place[row] for row in rows if row in place] for name, rows in whole.splits.items()}
    return Side(whole.images[kept], labels[kept].astype(np.int64)), splits


@cache
def _textures() -> list[npt.NDArray[np.uint8]]:
    from tlcourse import data

    return [data.photographs()[name] for name in TEXTURES]


def grounds(kind: str, labels: npt.NDArray[np.int64], seed: int) -> list[Any]:
    """A ground for each photograph: a piece of a picture, or white.

    Parameters
    ----------
    kind : {"own", "others", "any", "white"}
        From the picture of its class, from that of a different class, from any, or white.
    labels : int64 array (N,)
    seed : int
        Of what is drawn.
    """
    if kind == "white":
        return [(255, 255, 255)] * len(labels)
    rng = np.random.default_rng([seed, 7])
    steps = {"own": (0, 1), "others": (1, 6), "any": (0, 6)}[kind]
    pieces = []
    for label in labels:
        picture = _textures()[(label + int(rng.integers(*steps))) % len(TEXTURES)]
        top, left = (int(rng.integers(0, side - SIZE + 1)) for side in picture.shape[:2])
        pieces.append(picture[top : top + SIZE, left : left + SIZE])
    return pieces


def on_any_ground(split: str, rows: npt.NDArray[np.int64], seed: int) -> npt.NDArray[np.uint8]:
    """Cut-out photographs of a split, each on a piece of any picture: uint8 (N, 96, 96, 3)."""
    some = _photos().split(split).subset(rows)
    images: npt.NDArray[np.uint8] = some.on(grounds("any", some.labels, seed)).images
    return images


def _night(images: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    rng = np.random.default_rng(11)
    dim = DIM * images + rng.normal(0, NOISE, images.shape)
    return np.clip(np.round(dim), 0, 255).astype(np.uint8)
