"""The tiny network as plain data: its layers' numbers, its arrays and what these hold at the start.

Input to output: the blocks, each a 3 x 3 convolution, BatchNorm and ReLU; then pooling, dropout and a linear
classifier. `_torch` and `_keras` build this, and `reference` computes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from tlcourse.exercises.engine.cases import words

__all__ = [
    "BLOCK",
    "CHANNELS",
    "DROPOUT",
    "EPSILON",
    "HEAD",
    "KERNEL",
    "STATISTICS",
    "UPDATE",
    "Array",
    "batch",
    "block_names",
    "initial",
    "moved",
    "widths",
]

CHANNELS = 3  # of an image
KERNEL = 3
EPSILON = 1e-5  # what BatchNorm adds to a variance
UPDATE = 0.1  # the share of a running statistic that a batch replaces
DROPOUT = 0.3


class Array(NamedTuple):
    """An array of the network: its layer, its name in PyTorch and in Keras, and how it is drawn at first."""

    layer: str
    torch: str
    keras: str
    draw: Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]


def _normal(mean: float, deviation: float) -> Callable[[np.random.Generator, tuple[int, ...]], np.ndarray]:
    return lambda rng, shape: rng.normal(mean, deviation, shape)


def _positive(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    return rng.uniform(0.7, 1.4, shape)


BLOCK: Mapping[str, Array] = {
    "conv": Array("conv", "weight", "kernel", _normal(0, 0.35)),
    "scale": Array("norm", "weight", "gamma", _positive),
    "shift": Array("norm", "bias", "beta", _normal(0, 0.2)),
    "mean": Array("norm", "running_mean", "moving_mean", _normal(0, 0.2)),
    "variance": Array("norm", "running_var", "moving_variance", _positive),
}
"""The arrays of a block: ``conv`` is (height, width, in, out), the others have a number for each channel."""
HEAD: Mapping[str, Array] = {
    "weight": Array("classifier", "weight", "kernel", _normal(0, 0.4)),
    "bias": Array("classifier", "bias", "bias", _normal(0, 0.2)),
}
"""The arrays of the classifier: (in, out) and (out,)."""
STATISTICS = ("mean", "variance")
"""Those of a block that no gradient moves."""


def block_names(rng: np.random.Generator, n: int) -> list[str]:
    """Names for ``n`` blocks, other ones for every seed: what an answer does must not hang on them.

    Examples
    --------
    >>> block_names(np.random.default_rng(1), 2)
    ['block_leamou', 'block_beadou']
    """
    return [f"block_{word}" for word in words(rng, n, 2)]


def widths(blocks: Sequence[str], width: int) -> Iterator[tuple[str, int]]:
    """Each block with the number of channels that it reads."""
    yield from zip(blocks, [CHANNELS, *[width] * (len(blocks) - 1)], strict=True)


def initial(blocks: Sequence[str], width: int, classes: int, seed: int) -> dict[str, np.ndarray]:
    """The first values, float32: ``block1.conv`` and so on, ``classifier.weight``, ``classifier.bias``."""
    rng = np.random.default_rng(seed)
    arrays = {}
    for block, channels in widths(blocks, width):
        for part, array in BLOCK.items():
            shape: tuple[int, ...] = (KERNEL, KERNEL, channels, width) if part == "conv" else (width,)
            arrays[f"{block}.{part}"] = array.draw(rng, shape)
    for part, array in HEAD.items():
        shape = (width, classes) if part == "weight" else (classes,)
        arrays[f"{array.layer}.{part}"] = array.draw(rng, shape)
    return {name: value.astype("float32") for name, value in arrays.items()}


def batch(rng: np.random.Generator, rows: int, size: int, classes: int) -> dict[str, np.ndarray]:
    """Images float32 (N, size, size, 3), off centre, so that statistics in training mode are sure to move."""
    labels = (np.arange(rows) % classes).astype("int64")
    images = rng.normal(0.6, 1.0, (rows, size, size, CHANNELS)) + 0.7 * labels[:, None, None, None]
    return {"images": images.astype("float32"), "labels": labels}


def moved(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> list[str]:
    """The names of the arrays that are not the same to the last bit (NaN counts as moved)."""
    return [name for name, value in before.items() if not np.array_equal(value, after[name])]
