"""Which images are nearly the same? Also mirrored, turned, brighter, smaller, cut or moved by a little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tlcourse.data.resizing import resize_all_for_storage, resize_for_storage
from tlcourse.grading.challenge.pictures import Picture

__all__ = ["near_copies"]

ALIKE = 0.88
"""The mean of two correlations from which on two images count as copies.

Measured on the course's 216 photographs of single objects on plain ground: of 23,220 pairs of different
photographs, 5 were above it, all of round fruits. Of 150 copies of each kind were found: JPEG of quality
40, a quarter of the size, 30 % brighter, less contrast, turned by 2 degrees or a quarter, mirrored: 147
or more; with 3 % cut off at one end and half of that at the other: 150; with 6 %: 116. Two views that
overlap by 96 % across and down: 150; by 98 %: 105.
"""
_WINDOW = 0.92
"""Of the side: the part of one image that is compared with another, or with the middle of another."""
_COARSE = 8  # pixels a side of what is left when details are taken away
_ROWS = 256  # images compared at a time with all others


def near_copies(pictures: Sequence[Picture]) -> list[tuple[int, int]]:
    """Pairs of images that are nearly the same.

    Two correlations of the small copies are averaged: of all colours, and of what remains of them without
    the coarse shapes, because many different things have the same coarse shape.

    Parameters
    ----------
    pictures : sequence of N Picture

    Returns
    -------
    list of (int, int)
        Their places, the smaller one first, each pair once.
    """
    pairs = set(_same_pixels(pictures))
    thumbs = np.stack([each.thumb for each in pictures])
    for ours, theirs in _compared(thumbs):
        for begin in range(0, len(pictures), _ROWS):
            likeness = ours[begin : begin + _ROWS] @ theirs.T
            for a, b in np.argwhere(likeness >= ALIKE).tolist():
                if a + begin != b:
                    pairs.add((min(a + begin, b), max(a + begin, b)))
    return sorted(pairs)


def _compared(thumbs: npt.NDArray[np.uint8]) -> Iterator[tuple[npt.NDArray[np.float32], ...]]:
    """Vectors to be compared, each of the first with each of the second: twice (N, D)."""
    whole, middle = _vectors(thumbs), _vectors(_window(thumbs, 0.5, 0.5))
    for turned in _turns(thumbs):
        yield whole, _vectors(turned)
    for across in (0, 0.5, 1):
        for down in (0, 0.5, 1):
            part = _vectors(_window(thumbs, across, down))
            yield whole, part  # one is cut out of the other
            yield middle, part  # two photographs of one scene, the camera moved a little


def _window(thumbs: npt.NDArray[np.uint8], across: float, down: float) -> npt.NDArray[np.uint8]:
    """A part of each image, from the left (0) to the right (1) and from the top to the bottom."""
    side = thumbs.shape[1]
    width = side * _WINDOW
    left, top = across * (side - width), down * (side - width)
    box = (left, top, left + width, top + width)
    return np.stack([resize_for_storage(each, side, side, box) for each in thumbs])


def _same_pixels(pictures: Sequence[Picture]) -> Iterator[tuple[int, int]]:
    """Each image with the first one of the same pixels: a plain area has no correlation."""
    first: dict[str, int] = {}
    for place, each in enumerate(pictures):
        other = first.setdefault(each.digest, place)
        if other != place:
            yield other, place


def _turns(thumbs: npt.NDArray[np.uint8]) -> Iterator[npt.NDArray[np.uint8]]:
    """All images as they are, turned by quarters, and each of these mirrored."""
    for quarters in range(4):
        turned = np.rot90(thumbs, quarters, axes=(1, 2))
        yield turned
        yield turned[:, :, ::-1]


def _vectors(thumbs: npt.NDArray[np.uint8]) -> npt.NDArray[np.float32]:
    """Small images (N, S, S, 3) as rows, so that the product of two rows is the mean of two correlations.

    The first half of a row (N, 6 * S * S) has the colours, the second the details.
    """
    side = thumbs.shape[1]
    thumbs = np.ascontiguousarray(thumbs)
    coarse = resize_all_for_storage(resize_all_for_storage(thumbs, _COARSE, _COARSE), side, side)
    colours, details = thumbs.astype(np.float32), thumbs.astype(np.float32) - coarse
    rows = np.concatenate([_unit(colours), _unit(details)], axis=1)
    return (rows / np.sqrt(2)).astype(np.float32)


def _unit(images: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    rows = images.reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    # An area of one colour, with a little noise, is like nothing.
    return np.where(length > np.sqrt(rows.shape[1]), rows / np.maximum(length, 1), 0).astype(np.float32)
