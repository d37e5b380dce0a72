"""Which images are nearly the same? Also mirrored, turned, brighter, smaller, or cut by a little."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from tlcourse.data.resizing import resize_all_for_storage
from tlcourse.grading.challenge.pictures import Picture

__all__ = ["near_copies"]

ALIKE = 0.88
"""The mean of two correlations from which on two images count as copies. Measured on 400 photographs of
single objects, many on plain ground: of 79,800 pairs of different photographs, one was above it (two round
fruits). Copies were, in 95 of 100, at 0.92 or more: JPEG of quality 40, half the size, 30 % brighter, less
contrast, 3 % cut off. With 6 % cut off half were below 0.80, so these are not found."""
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
    colours, details = _vectors(thumbs)
    for turned in _turns(thumbs):
        other_colours, other_details = _vectors(turned)
        for begin in range(0, len(pictures), _ROWS):
            rows = slice(begin, begin + _ROWS)
            likeness = (colours[rows] @ other_colours.T + details[rows] @ other_details.T) / 2
            for a, b in np.argwhere(likeness >= ALIKE).tolist():
                if a + begin != b:
                    pairs.add((min(a + begin, b), max(a + begin, b)))
    return sorted(pairs)


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


def _vectors(thumbs: npt.NDArray[np.uint8]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Colours and details of small images (N, S, S, 3), as rows of length 1: twice (N, 3 * S * S)."""
    side = thumbs.shape[1]
    thumbs = np.ascontiguousarray(thumbs)
    coarse = resize_all_for_storage(resize_all_for_storage(thumbs, _COARSE, _COARSE), side, side)
    return _unit(thumbs.astype(np.float32)), _unit(thumbs.astype(np.float32) - coarse)


def _unit(images: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    rows = images.reshape(len(images), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    # An area of one colour, with a little noise, is like nothing.
    return np.where(length > np.sqrt(rows.shape[1]), rows / np.maximum(length, 1), 0).astype(np.float32)
