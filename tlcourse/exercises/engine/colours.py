"""Strokes in any two colours: an easy task becomes one that pixels and frozen features do not solve."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["CONTRAST", "coloured"]

CONTRAST = 60
"""So far apart are the mean values of ink and ground at least, of 255."""


def coloured(rng: np.random.Generator, strokes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """White strokes on black become an ink on a ground, another pair for each image.

    Parameters
    ----------
    rng : numpy.random.Generator
    strokes : uint8 array (N, H, W, 3)

    Returns
    -------
    uint8 array (N, H, W, 3)
    """
    pairs: list[Any] = []
    while len(pairs) < len(strokes):
        ink, ground = rng.integers(0, 256, (2, 3))
        if abs(ink.mean() - ground.mean()) >= CONTRAST:
            pairs.append((ink, ground))
    inks, grounds = np.array(pairs, "float32").transpose(1, 0, 2)[:, :, None, None]
    share = strokes / np.float32(255)
    return np.round(share * inks + (1 - share) * grounds).astype("uint8")
