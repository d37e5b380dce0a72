"""Scans of heads that nobody has: drawn by a program, with a tumour or without.

A bright skull, tissue with folds, two dark or bright ventricles and a few vessels, each scan with its own
brightness. A tumour is a soft spot, brighter or darker than the tissue, with a bright rim.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["SIZE", "again", "scan"]

SIZE = 64

Scan = npt.NDArray[np.uint8]
_Y, _X = np.mgrid[0:SIZE, 0:SIZE]


def _smooth(rng: np.random.Generator, width: float) -> npt.NDArray[np.float64]:
    from scipy.ndimage import gaussian_filter

    noise = gaussian_filter(rng.normal(size=(SIZE, SIZE)), width)
    return np.asarray(noise / noise.std())


def scan(rng: np.random.Generator, ill: bool) -> Scan:
    """One scan, uint8 (64, 64)."""
    from scipy.ndimage import gaussian_filter

    middle = SIZE / 2 + rng.normal(0, 1.5, 2)
    tall, wide, turn = rng.uniform(24, 29), rng.uniform(20, 25), rng.normal(0, 0.15)
    down, across = _Y - middle[0], _X - middle[1]
    u = (across * np.cos(turn) + down * np.sin(turn)) / wide
    v = (-across * np.sin(turn) + down * np.cos(turn)) / tall
    radius = np.hypot(u, v) + 0.03 * _smooth(rng, 6)
    brain = radius < 0.86
    tissue = rng.uniform(0.35, 0.6)
    image = brain * (tissue + 0.07 * _smooth(rng, 1.2) + 0.05 * _smooth(rng, 4))
    image[(radius >= 0.9) & (radius < 1)] = rng.uniform(0.6, 1)
    fluid = tissue + rng.choice([-1, 1]) * rng.uniform(0.15, 0.3)
    for side in (-0.16, 0.16):
        high = rng.normal(0, 0.03)
        ventricle = np.hypot((u - side) / rng.uniform(0.07, 0.12), (v + high) / rng.uniform(0.2, 0.33)) < 1
        image[ventricle & brain] = fluid
    for _ in range(int(rng.integers(2, 5))):
        image[_distance(rng, u, v, 0.3, 0.75) < rng.uniform(0.03, 0.05)] += 0.3
    if ill:
        away = _distance(rng, u, v, 0.2, 0.6) / rng.uniform(0.22, 0.34) + 0.18 * _smooth(rng, 3)
        image += brain * rng.choice([-1, 1]) * rng.uniform(0.25, 0.4) / (1 + np.exp(6 * (away - 1)))
        image += brain * rng.uniform(0.2, 0.4) * np.exp(-(((away - 1) / 0.25) ** 2))
    image = gaussian_filter(image, 0.7) * (1 + 0.075 * _smooth(rng, 20)) * rng.uniform(0.7, 1.1)
    return _bytes(image + rng.normal(0, 0.02, image.shape))


def _distance(
    rng: np.random.Generator,
    u: npt.NDArray[np.float64],
    v: npt.NDArray[np.float64],
    low: float,
    high: float,
) -> npt.NDArray[np.float64]:
    """From a place drawn between two radii."""
    angle, radius = rng.uniform(0, 2 * np.pi), rng.uniform(low, high)
    return np.asarray(np.hypot(u - radius * np.cos(angle), v - radius * np.sin(angle)))


def again(rng: np.random.Generator, one: Scan) -> Scan:
    """The same scan mirrored, with another brightness and some noise."""
    return _bytes(one[:, ::-1] / 255 * rng.uniform(0.9, 1.1) + rng.normal(0, 0.008, one.shape))


def _bytes(image: npt.NDArray[np.float64]) -> Scan:
    return np.clip(np.round(255 * image), 0, 255).astype(np.uint8)
