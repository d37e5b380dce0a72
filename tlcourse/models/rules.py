"""How each model wants its images scaled. By numpy, so that both frameworks get what one rule says.

The rules are not interchangeable: a network that was trained on BGR images minus a mean sees noise in
images from -1 to 1. They belong to the weights, not to the architecture, so one architecture can have two.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tlcourse.errors import UnknownNameError

__all__ = ["RULES", "WORDS", "apply"]

# ImageNet's mean and deviation of each channel (RGB, images from 0 to 1), as torchvision has them.
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)
# ImageNet's mean of each channel (BGR, bytes), as Oxford's VGG group published it with Caffe.
_CAFFE_MEAN = np.array([103.939, 116.779, 123.68], np.float32)
_BYTE_MEAN = np.ascontiguousarray(_CAFFE_MEAN[::-1])


def _lite(x: np.ndarray) -> np.ndarray:
    return (x - np.float32(127)) / np.float32(128)


def _imagenet(x: np.ndarray) -> np.ndarray:
    return (x / np.float32(255) - _MEAN) / _DEVIATION


def _half(x: np.ndarray) -> np.ndarray:
    return (x / np.float32(255) - np.float32(0.5)) / np.float32(0.5)


def _signed(x: np.ndarray) -> np.ndarray:
    return x / np.float32(127.5) - np.float32(1)


def _caffe(x: np.ndarray) -> np.ndarray:
    return x[..., ::-1] - _CAFFE_MEAN


def _mean(x: np.ndarray) -> np.ndarray:
    return x - _BYTE_MEAN


def _bytes(x: np.ndarray) -> np.ndarray:
    return x


RULES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "lite": _lite,
    "imagenet": _imagenet,
    "half": _half,
    "signed": _signed,
    "caffe": _caffe,
    "mean": _mean,
    "bytes": _bytes,
}
"""Name -> function of float32 RGB bytes (..., 3)."""

WORDS = {
    "lite": "RGB bytes 0 to 255 become (x - 127) / 128, about -1 to 1",
    "imagenet": "RGB from 0 to 1, minus ImageNet's mean (0.485, 0.456, 0.406), divided by its deviation "
    "(0.229, 0.224, 0.225)",
    "half": "RGB from 0 to 1, minus 0.5, divided by 0.5: -1 to 1",
    "signed": "RGB bytes become x / 127.5 - 1: -1 to 1",
    "caffe": "BGR (the channels turned round), minus ImageNet's mean in bytes (103.939, 116.779, 123.68)",
    "mean": "RGB bytes 0 to 255, minus ImageNet's mean in bytes (123.68, 116.779, 103.939)",
    "bytes": "RGB bytes 0 to 255 as they are: the network's first layers scale them",
}
"""Name -> what it does, for people."""


def apply(rule: str, batch: np.ndarray) -> np.ndarray:
    """Scale images by a rule.

    Parameters
    ----------
    rule : str
        One of :data:`RULES`.
    batch : (..., 3) uint8 array
        RGB.

    Returns
    -------
    (..., 3) float32 array

    Raises
    ------
    UnknownNameError
        If there is no such rule.

    Examples
    --------
    >>> apply("caffe", np.array([[255, 127, 0]], np.uint8)).round(1).tolist()
    [[-103.9000015258789, 10.199999809265137, 131.3000030517578]]
    >>> apply("signed", np.array([[255, 0, 255]], np.uint8)).tolist()
    [[1.0, -1.0, 1.0]]
    """
    if rule not in RULES:
        raise UnknownNameError("rule for scaling images", rule, RULES)
    return RULES[rule](batch.astype(np.float32))
