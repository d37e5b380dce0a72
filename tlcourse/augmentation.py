"""Augmentation in numpy: the same images in both frameworks.

Each maker gives a function ``augment(images, rng)`` from a uint8 batch (N, H, W, 3) to one of the same shape,
as `tlcourse.training.fit` takes it. Frameworks have their own (``torchvision.transforms.v2``, Keras's
``RandomFlip`` and kin); these draw from numpy, so the frameworks can be compared on the same draws.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from PIL import Image

from tlcourse.data.resizing import resize_for_storage
from tlcourse.errors import CourseError, SettingError

__all__ = ["Augment", "colour", "crop", "flip", "rotate", "together"]

#: A function of a uint8 batch (N, H, W, 3) and a generator, giving a batch of the same shape and dtype.
Augment = Callable[[np.ndarray, np.random.Generator], np.ndarray]


def flip() -> Augment:
    """Mirror each image, left to right, with a chance of one half.

    Examples
    --------
    >>> images = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3)
    >>> seen = flip()(images, np.random.default_rng(0))
    >>> all(np.array_equal(a, b) or np.array_equal(a, b[:, ::-1]) for a, b in zip(seen, images))
    True
    """

    def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        mirrored = rng.random(len(images)) < 0.5
        return np.where(mirrored[:, None, None, None], images[:, :, ::-1], images)

    return augment


def rotate(degrees: float = 15.0) -> Augment:
    """Turn each image by up to ``degrees`` to either side; corners take the colour of its first pixel.

    Raises
    ------
    CourseError
        For degrees outside 0 to 180.
    """
    _range("degrees", degrees, 0, 180)

    def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        angles = rng.uniform(-degrees, degrees, len(images))
        out = np.empty_like(images)
        for i, (image, angle) in enumerate(zip(images, angles, strict=True)):
            out[i] = _turned(image, angle)
        return out

    return augment


def _turned(image: np.ndarray, angle: float) -> np.ndarray:
    fill = tuple(int(v) for v in image[0, 0])
    upright = Image.fromarray(np.ascontiguousarray(image))
    return np.asarray(upright.rotate(float(angle), Image.Resampling.BILINEAR, fillcolor=fill))


def crop(share: float = 0.8) -> Augment:
    """Cut out a square of at least this share of the side, anywhere, and bring it back to size.

    Raises
    ------
    CourseError
        For a share outside 0.1 to 1.
    """
    _range("share", share, 0.1, 1)

    def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        height, width = images.shape[1:3]
        out = np.empty_like(images)
        for i, image in enumerate(images):
            part = rng.uniform(share, 1)
            high, wide = max(1, round(height * part)), max(1, round(width * part))
            top, left = rng.integers(0, height - high + 1), rng.integers(0, width - wide + 1)
            piece = np.ascontiguousarray(image[top : top + high, left : left + wide])
            out[i] = resize_for_storage(piece, height, width)
        return out

    return augment


def colour(strength: float = 0.3) -> Augment:
    """Change brightness, contrast and each colour's strength by up to this share.

    Raises
    ------
    CourseError
        For a strength outside 0 to 1.
    """
    _range("strength", strength, 0, 1)

    def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        n = len(images)
        x = images.astype(np.float32)
        contrast = rng.uniform(1 - strength, 1 + strength, (n, 1, 1, 1)).astype(np.float32)
        tint = rng.uniform(1 - strength, 1 + strength, (n, 1, 1, 3)).astype(np.float32)
        mean = x.mean((1, 2, 3), keepdims=True)
        return np.clip(((x - mean) * contrast + mean) * tint, 0, 255).round().astype(np.uint8)

    return augment


def together(*parts: Augment) -> Augment:
    """One after the other.

    Raises
    ------
    CourseError
        Without any.
    """
    if not parts:
        raise CourseError(
            "There is nothing to put together.", "Give one augmentation or more: together(flip())."
        )

    def augment(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        for part in parts:
            images = part(images, rng)
        return images

    return augment


def _range(name: str, value: float, low: float, high: float) -> None:
    if isinstance(value, bool) or not low <= value <= high:
        raise SettingError(f"{name} is {value!r}.", f"Give a number from {low} to {high}.")
