"""The tiny network of `layout` computed in NumPy: outputs, loss and gradients, without a framework.

All of it in float64; arrays are named and turned as in `layout.initial`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tlcourse.exercises.engine.tiny.layout import EPSILON, KERNEL, STATISTICS
from tlcourse.probabilities import softmax

__all__ = ["Arrays", "features", "gradients", "logits", "loss"]

Arrays = Mapping[str, np.ndarray]


class _Pass(NamedTuple):
    """What the way back needs of a block's forward pass."""

    windows: np.ndarray
    normalised: np.ndarray
    before_relu: np.ndarray
    variance: np.ndarray  # the one that it was divided by
    batch_mean: np.ndarray
    batch_variance: np.ndarray


def _windows(x: np.ndarray) -> np.ndarray:
    """(N, H, W, C) -> (N, H, W, C, KERNEL, KERNEL): what a convolution with a border of zeros sees."""
    border = (KERNEL // 2, KERNEL // 2)
    padded = np.pad(x, ((0, 0), border, border, (0, 0)))
    return np.lib.stride_tricks.sliding_window_view(padded, (KERNEL, KERNEL), axis=(1, 2))


def _convolved(windows: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.tensordot(windows, kernel.transpose(2, 0, 1, 3), axes=3)


def _array(arrays: Arrays, block: str, part: str) -> np.ndarray:
    return np.asarray(arrays[f"{block}.{part}"], "float64")


def _block(arrays: Arrays, block: str, x: np.ndarray, by_batch: bool) -> _Pass:
    windows = _windows(x)
    z = _convolved(windows, _array(arrays, block, "conv"))
    of_batch = z.mean((0, 1, 2)), z.var((0, 1, 2))
    mean, variance = of_batch if by_batch else (_array(arrays, block, part) for part in STATISTICS)
    normalised = (z - mean) / np.sqrt(variance + EPSILON)
    before_relu = _array(arrays, block, "scale") * normalised + _array(arrays, block, "shift")
    return _Pass(windows, normalised, before_relu, variance, *of_batch)


def _forward(
    arrays: Arrays, blocks: Sequence[str], images: np.ndarray, by_batch: Collection[str]
) -> tuple[np.ndarray, dict[str, _Pass]]:
    """The features (N, width), and the pass of each block."""
    x = np.asarray(images, "float64")
    passes: dict[str, _Pass] = {}
    for block in blocks:
        passes[block] = _block(arrays, block, x, block in by_batch)
        x = np.maximum(passes[block].before_relu, 0)
    return x.mean((1, 2)), passes


def features(
    arrays: Arrays, blocks: Sequence[str], images: np.ndarray, by_batch: Collection[str] = ()
) -> np.ndarray:
    """What the head reads: float64 (N, width). The blocks ``by_batch`` normalise with the batch's numbers."""
    return _forward(arrays, blocks, images, by_batch)[0]


def logits(
    arrays: Arrays, blocks: Sequence[str], images: np.ndarray, by_batch: Collection[str] = ()
) -> np.ndarray:
    """The outputs without dropout: float64 (N, classes); in evaluation mode if ``by_batch`` is empty."""
    return _head(arrays, features(arrays, blocks, images, by_batch))


def _head(arrays: Arrays, read: np.ndarray) -> np.ndarray:
    return read @ arrays["classifier.weight"] + arrays["classifier.bias"]


def loss(
    arrays: Arrays,
    blocks: Sequence[str],
    images: np.ndarray,
    labels: np.ndarray,
    by_batch: Collection[str] = (),
) -> float:
    """The mean cross-entropy of the logits, as a step of training reports it."""
    z = logits(arrays, blocks, images, by_batch)
    z = z - z.max(1, keepdims=True)
    of_label = z[np.arange(len(z)), np.asarray(labels)]
    return float((np.log(np.exp(z).sum(1)) - of_label).mean())


def gradients(
    arrays: Arrays,
    blocks: Sequence[str],
    images: np.ndarray,
    labels: np.ndarray,
    by_batch: Collection[str] = (),
) -> dict[str, np.ndarray]:
    """The gradient of the mean cross-entropy for each weight; for statistics, what the batch had."""
    read, passes = _forward(arrays, blocks, images, by_batch)
    weight = np.asarray(arrays["classifier.weight"], "float64")
    at_logits = _of_logits(_head(arrays, read), labels)
    slopes = {"classifier.weight": read.T @ at_logits, "classifier.bias": at_logits.sum(0)}
    height, width = images.shape[1:3]
    down = np.broadcast_to(
        (at_logits @ weight.T)[:, None, None] / (height * width), (len(images), height, width, len(weight))
    )
    for block in reversed(blocks):
        of_block, down = _back(arrays, block, passes[block], down, block in by_batch)
        slopes |= of_block
    return slopes


def _of_logits(z: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The gradient of the mean cross-entropy for the logits."""
    p = softmax(z)
    p[np.arange(len(p)), np.asarray(labels)] -= 1
    return p / len(p)


def _back(
    arrays: Arrays, block: str, passed: _Pass, down: np.ndarray, by_batch: bool
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """The gradients of a block's arrays, and that of what it reads, from ``down``, that of its output."""
    axes = (0, 1, 2)
    down = down * (passed.before_relu > 0)
    slopes = {
        f"{block}.scale": (down * passed.normalised).sum(axes),
        f"{block}.shift": down.sum(axes),
        f"{block}.mean": passed.batch_mean,
        f"{block}.variance": passed.batch_variance,
    }
    down = down * arrays[f"{block}.scale"]
    if by_batch:  # the batch's mean and variance move with the weights
        down = down - down.mean(axes) - passed.normalised * (down * passed.normalised).mean(axes)
    down = down / np.sqrt(passed.variance + EPSILON)
    slopes[f"{block}.conv"] = np.tensordot(passed.windows, down, axes=(axes, axes)).transpose(1, 2, 0, 3)
    kernel = _array(arrays, block, "conv")
    return slopes, _convolved(_windows(down), kernel[::-1, ::-1].transpose(0, 1, 3, 2))
