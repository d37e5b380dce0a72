"""A picture that is no square becomes one: by cropping, by padding, or by stretching."""

from __future__ import annotations

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import SettingError, ShapeError, UnknownNameError
from tlcourse.models.images import center_crop, resized

__all__ = ["WAYS", "square"]

WAYS = ("crop", "pad", "stretch")


def square(image: np.ndarray, size: int, how: str = "crop", fill: int = 0) -> np.ndarray:
    """A square picture of the given size.

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
        If it is no such picture.
    SettingError
        If the size or the fill is out of range.
    UnknownNameError
        For another way.

    Examples
    --------
    >>> [square(np.zeros((30, 60, 3), np.uint8), 16, how, fill=9).mean().round(1) for how in WAYS]
    [np.float64(0.0), np.float64(4.5), np.float64(0.0)]
    """
    if not isinstance(image, np.ndarray) or image.ndim != 3 or image.shape[2] != 3 or image.dtype != np.uint8:
        shown = f"shape {np.shape(image)}, dtype {getattr(image, 'dtype', type(image).__name__)}"
        raise ShapeError(f"The picture has {shown}.", "Give one uint8 RGB picture (height, width, 3).")
    size = whole("The size", size, 1)
    if 0 in image.shape:
        raise ShapeError(f"The picture has shape {image.shape}.", "Give a picture of one pixel or more.")
    if not 0 <= fill <= 255:
        raise SettingError(f"The fill is {fill!r}.", "Give a number from 0 to 255.")
    if how not in WAYS:
        raise UnknownNameError("way to make a square", how, WAYS)
    if how == "crop":
        return resized(center_crop(image), size, size)
    if how == "stretch":
        return resized(image, size, size)
    scale = size / max(image.shape[:2])
    height, width = (max(1, round(side * scale)) for side in image.shape[:2])
    out = np.full((size, size, 3), fill, np.uint8)
    top, left = (size - height) // 2, (size - width) // 2
    out[top : top + height, left : left + width] = resized(image, height, width)
    return out
