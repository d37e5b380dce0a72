"""Resizing images for a model: bicubic, with antialiasing, and what happens to one that is not square.

Every image that a model is about to see is resized here: `preprocess`, `top_k`, `training.predict` and
`training.fit` with ``size=``, and `square`. Images that are stored, in a data set or from a file, are resized
by `tlcourse.data.resizing`, with a bilinear filter; that module says how the two compare.
"""

from __future__ import annotations

import numpy as np
from PIL import Image

from tlcourse.checks import whole
from tlcourse.errors import SettingError, ShapeError, UnknownNameError

__all__ = ["WAYS", "center_crop", "central_square", "resize_for_model", "square"]

WAYS = ("crop", "pad", "stretch")


def resize_for_model(image: np.ndarray, height: int, width: int) -> np.ndarray:
    """An image at another size, stretched where the proportions differ.

    Parameters
    ----------
    image : uint8 array (H, W, 3)
    height, width : int
        In pixels, 1 or more.

    Returns
    -------
    uint8 array (height, width, 3)
        By Pillow's bicubic filter with antialiasing; the same array if it has that size already.

    Examples
    --------
    >>> resize_for_model(np.zeros((30, 50, 3), np.uint8), 10, 20).shape
    (10, 20, 3)
    """
    if image.shape[:2] == (height, width):
        return image
    original = Image.fromarray(np.ascontiguousarray(image))
    return np.asarray(original.resize((width, height), Image.Resampling.BICUBIC))


def center_crop(image: np.ndarray) -> np.ndarray:
    """The largest square in the middle of an image.

    Parameters
    ----------
    image : (H, W, 3) uint8 array

    Returns
    -------
    (S, S, 3) uint8 array with S = min(H, W); the same array if it is square already.

    Examples
    --------
    >>> center_crop(np.zeros((30, 50, 3), np.uint8)).shape
    (30, 30, 3)
    """
    height, width = image.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return image[top : top + side, left : left + side]


def central_square(image: np.ndarray, size: int) -> np.ndarray:
    """The largest square in the middle of an image, at ``size`` pixels a side: uint8 (size, size, 3)."""
    return resize_for_model(center_crop(image), size, size)


def square(image: np.ndarray, size: int, how: str = "crop", fill: int = 0) -> np.ndarray:
    """A square image of the given size.

    Parameters
    ----------
    image : uint8 array (H, W, 3)
    size : int
        Side of the result in pixels.
    how : {"crop", "pad", "stretch"}
        "crop" keeps the central square and loses the ends; "pad" keeps everything, smaller, between two bars;
        "stretch" keeps everything and changes what round things look like.
    fill : int
        Of the bars, 0 to 255.

    Returns
    -------
    uint8 array (size, size, 3), resized by Pillow's bicubic filter with antialiasing.

    Raises
    ------
    ShapeError
        If it is not a uint8 RGB image.
    SettingError
        If the size or the fill is out of range.
    UnknownNameError
        If ``how`` is not one of these.

    Examples
    --------
    >>> [square(np.zeros((30, 60, 3), np.uint8), 16, how, fill=9).mean().round(1) for how in WAYS]
    [np.float64(0.0), np.float64(4.5), np.float64(0.0)]
    """
    if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        shown = f"shape {np.shape(image)}, dtype {getattr(image, 'dtype', type(image).__name__)}"
        raise ShapeError(f"The image has {shown}.", "Give one uint8 RGB image (height, width, 3).")
    size = whole("The size", size, 1)
    if 0 in image.shape:
        raise ShapeError(f"The image has shape {image.shape}.", "Give an image of one pixel or more.")
    if not 0 <= fill <= 255:
        raise SettingError(f"The fill is {fill!r}.", "Give a number from 0 to 255.")
    if how not in WAYS:
        raise UnknownNameError("way to make a square", how, WAYS)
    if how == "crop":
        return central_square(image, size)
    if how == "stretch":
        return resize_for_model(image, size, size)
    scale = size / max(image.shape[:2])
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    out = np.full((size, size, 3), fill, np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    out[top : top + height, left : left + width] = resize_for_model(image, height, width)
    return out
