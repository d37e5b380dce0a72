"""Clips changed as rooms, microphones and hands would change them, in numpy: one for both frameworks."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["masked", "noisy", "shifted"]

Floats = npt.NDArray[np.float32]


def shifted(sounds: Floats, rng: np.random.Generator, samples: int = 2000) -> Floats:
    """Each clip begins later, by up to `samples`; what falls off at the end is lost.

    Parameters
    ----------
    sounds : float32 array (N, length)
    rng : numpy.random.Generator
    samples : int
    """
    moved = np.zeros_like(sounds)
    for row, by in enumerate(rng.integers(0, samples + 1, len(sounds))):
        moved[row, by:] = sounds[row, : sounds.shape[1] - by]
    return moved


def noisy(sounds: Floats, rng: np.random.Generator, share: float = 0.7) -> Floats:
    """White noise in a share of the clips, 20 to 60 dB below full height; all clips up to 10 dB quieter."""
    level = 10 ** -rng.uniform(1, 3, (len(sounds), 1)) * (rng.random((len(sounds), 1)) < share)
    with_noise = sounds + level * rng.standard_normal(sounds.shape, dtype=np.float32)
    return (with_noise * 10 ** -rng.uniform(0, 0.5, (len(sounds), 1))).astype(np.float32)


def masked(features: Floats, rng: np.random.Generator, bands: int = 6, frames: int = 8) -> Floats:
    """SpecAugment: one band of pitches and one of time set to zero in each clip.

    Park and others 2019, "SpecAugment: A Simple Data Augmentation Method for Automatic Speech Recognition",
    arXiv:1904.08779, without its warping of time.

    Parameters
    ----------
    features : float32 array (N, frames, bands)
        Left as they are.
    rng : numpy.random.Generator
    bands, frames : int
        The widest masks.
    """
    out = features.copy()
    for one in out:
        wide, high = rng.integers(0, frames + 1), rng.integers(0, bands + 1)
        start, low = rng.integers(0, one.shape[0] - wide + 1), rng.integers(0, one.shape[1] - high + 1)
        one[start : start + wide] = 0
        one[:, low : low + high] = 0
    return out
