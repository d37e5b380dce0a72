"""From images to what a model takes: the same numbers in both frameworks.

Cropping, resizing and scaling are done once, by Pillow and numpy; the frameworks get the result. Frameworks'
own resizing functions differ in antialiasing and corner alignment, which moves features by far more than the
difference between the frameworks' convolutions.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import ShapeError
from tlcourse.frameworks import pick, resolve_framework
from tlcourse.models import rules
from tlcourse.models.cards import card
from tlcourse.models.resizing import central_square

__all__ = ["as_batch", "check_size", "preprocess", "scale"]

_WANTED = "uint8 RGB images of shape (N, height, width, 3), values 0 to 255"


def _describe(array: Any) -> str:
    if not isinstance(array, np.ndarray):
        return f"a {type(array).__name__}"
    text = f"an array of shape {array.shape} and dtype {array.dtype}"
    if array.size and np.issubdtype(array.dtype, np.number):
        text += f", values {array.min():.4g} to {array.max():.4g}"
    return text


def _fix(array: Any) -> str:
    """What to do about an array that is not what the models take."""
    if isinstance(array, (str, Path)):
        return f'Read the file first, tlcourse.data.read_image("{array}"), and give a list of such arrays.'
    if not isinstance(array, np.ndarray):
        return f"Give a numpy array: {_WANTED}."
    if array.ndim in (2, 3) and array.shape[-1:] not in ((1,), (3,), (4,)):
        return (
            f"Grey images need three channels: np.stack([x] * 3, axis=-1) makes them. Expected are {_WANTED}."
        )
    if array.ndim == 3 and array.shape[-1] == 3:
        return "That is one image: add the first axis, images[None]."
    if array.ndim == 4 and array.shape[1] == 3 and array.shape[-1] != 3:
        return "The channels come second (PyTorch's order): put them last with np.transpose(x, (0, 2, 3, 1))."
    if array.shape[-1:] == (1,):
        return "Grey images need three channels: np.repeat(x, 3, axis=-1) makes them."
    if array.shape[-1:] == (4,):
        return "Four channels are RGB with transparency: drop it with x[..., :3]."
    if array.ndim == 4 and array.shape[-1] == 3 and array.dtype != np.uint8:
        if array.size and np.issubdtype(array.dtype, np.floating):
            low, high = float(array.min()), float(array.max())
            if low >= 0 and high <= 1:
                return (
                    "Those look like images scaled to 0..1: (x * 255).round().astype(np.uint8) undoes it, "
                    "or leave the scaling out. preprocess does its own."
                )
            if low < 0:
                return (
                    "Those look preprocessed already: give the images as they were, uint8 from 0 to 255, "
                    "and preprocess them once."
                )
        return (
            f"If the values are whole numbers 0 to 255, x.astype(np.uint8) does it. Expected are {_WANTED}."
        )
    return f"Expected are {_WANTED}."


def as_batch(images: np.ndarray | Sequence[np.ndarray], size: int | None = None) -> np.ndarray:
    """Check images and bring them to one size.

    Parameters
    ----------
    images : (N, H, W, 3) uint8 array, or a list of (H, W, 3) uint8 arrays
        The images of a list may differ in size if `size` is given.
    size : int, optional
        The side in pixels, 8 or more: each image is cropped to its central square and resized (Pillow's
        bicubic filter, with antialiasing). Default: they stay as they are.

    Returns
    -------
    (N, size, size, 3) uint8 array, or (N, H, W, 3) without `size`.

    Raises
    ------
    ShapeError
        If the shape or the dtype is wrong; it says what came and what to do.
    SettingError
        If the size is not a whole number of at least 8.

    Examples
    --------
    >>> as_batch([np.zeros((30, 50, 3), np.uint8), np.ones((20, 20, 3), np.uint8)], size=16).shape
    (2, 16, 16, 3)
    """
    if size is not None:
        size = whole("The image size", size, 8)
    if isinstance(images, (list, tuple)):
        for position, image in enumerate(images):
            good = isinstance(image, np.ndarray) and image.ndim == 3 and image.shape[-1] == 3
            if not good or image.dtype != np.uint8:
                fix = f"Each image of a list is a uint8 array (height, width, 3). {_fix(_lift(image))}"
                raise ShapeError(f"Image {position} of the list is {_describe(image)}.", fix)
        if not images:
            raise ShapeError("The list of images is empty.", "Give at least one image.")
        if size is None:
            shapes = sorted({image.shape for image in images})
            if len(shapes) > 1:
                raise ShapeError(
                    f"The images differ in size: {', '.join(map(str, shapes[:5]))}.",
                    "Give size=, such as size=224, to bring them to one size.",
                )
            batch = np.stack(images)
        else:
            return np.stack([central_square(image, size) for image in images])
    else:
        batch = images  # type: ignore[assignment]  # checked next
    right = isinstance(batch, np.ndarray) and batch.ndim == 4 and batch.shape[-1] == 3
    if not right or batch.dtype != np.uint8 or 0 in batch.shape[1:3]:
        raise ShapeError(f"The images are {_describe(batch)}.", _fix(batch))
    if size is None or batch.shape[1:3] == (size, size):
        return batch
    if not len(batch):
        return np.zeros((0, size, size, 3), np.uint8)
    return np.stack([central_square(image, size) for image in batch])


def _lift(image: Any) -> Any:
    """One image as a batch of one, so that the advice for batches fits it."""
    return image[None] if isinstance(image, np.ndarray) and image.ndim == 3 else image


def scale(batch: np.ndarray, rule: str = "lite") -> np.ndarray:
    """Bytes to the numbers a model was trained on; by default EfficientNet-Lite0's (x - 127) / 128.

    Parameters
    ----------
    batch : (..., 3) uint8 array
    rule : str
        A rule of :data:`tlcourse.models.rules.RULES`, such as a card's ``rule(framework)``.

    Returns
    -------
    float32 array of the same shape.

    Examples
    --------
    >>> scale(np.array([0, 127, 255], np.uint8)).tolist()
    [-0.9921875, 0.0, 1.0]
    """
    return rules.apply(rule, batch)


def check_size(name: str, height: int, width: int) -> None:
    """Refuse images that a model's layers would shrink to nothing.

    Raises
    ------
    ShapeError
        If a side is shorter than the card's ``min_size``.

    Examples
    --------
    >>> check_size("inception_v3", 75, 75)
    >>> check_size("inception_v3", 64, 64)
    Traceback (most recent call last):
    tlcourse.errors.ShapeError: The model 'inception_v3' cannot take images of 64 x 64 pixels.
      What to do: Give at least 75 x 75, such as size=75; it was trained at 299.
    """
    entry = card(name)
    least = entry.min_size
    if min(height, width) < least:
        raise ShapeError(
            f"The model {name!r} cannot take images of {height} x {width} pixels.",
            f"Give at least {least} x {least}, such as size={least}; it was trained at {entry.input_size}.",
        )


def preprocess(
    images: np.ndarray | Sequence[np.ndarray],
    name: str = "efficientnet_lite0",
    size: int | None = None,
    framework: str | None = None,
) -> Any:
    """Images to a model's input.

    How they are scaled belongs to the model's weights: see the card. For the course's own models
    ("efficientnet_lite0", "small_cnn") it is exactly equal in both frameworks.

    Parameters
    ----------
    images : (N, H, W, 3) uint8 array, or a list of (H, W, 3) uint8 arrays
        RGB, 0 to 255.
    name : str
        The model they are for; see :func:`tlcourse.models.card`.
    size : int, optional
        Side in pixels to crop (central square) and resize to. Default: the images stay as they are, which
        all models take down to their card's ``min_size``. ImageNet photographs are best at ``input_size``.
    framework : {"torch", "keras"}, optional
        Default: the one :func:`tlcourse.start` chose.

    Returns
    -------
    torch.Tensor (N, 3, H, W) float32 on the picked device, or numpy array (N, H, W, 3) float32 for Keras.

    Raises
    ------
    ShapeError
        For a wrong shape, dtype or range, or images too small for the model; it says what came and what
        to do.
    UnknownNameError
        For an unknown model or framework.

    Examples
    --------
    >>> x = preprocess(np.full((1, 64, 64, 3), 255, np.uint8), framework="keras")
    >>> x.shape, float(x.max())
    ((1, 64, 64, 3), 1.0)
    """
    entry = card(name)
    framework = resolve_framework(framework)
    batch = as_batch(images, size)
    if entry.min_size > 8:  # the course's own models take any image that as_batch gives
        check_size(name, *batch.shape[1:3])
    batch = scale(batch, entry.rule(framework))
    if framework == "keras":
        return batch
    device = pick(framework="torch")
    import torch

    return torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2))).to(device)
