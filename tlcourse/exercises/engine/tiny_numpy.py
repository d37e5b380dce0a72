"""The tiny network of `tiny` once more, in NumPy: where it has to lead, worked out without a framework.

A judge that believes what a process reports about its own network believes a student's code. So a probe
hands over the numbers, and the judge works out here whether a step of training, from where the network was,
leads to them. Arrays are named and turned as in `tiny.initial`; all is done in float64.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np

from .tiny import moved

__all__ = ["NO_STEP", "batch_blocks", "features", "gradients", "is_descent", "logits", "loss"]

Arrays = Mapping[str, np.ndarray]
_EPSILON = 1e-5
NO_STEP = (
    "the numbers in the network are not those that one step of training leads to. Does your code"
    " change them in another way, now or while the network runs?"
)
_STATISTICS = ("mean", "variance")


def _windows(x: np.ndarray) -> np.ndarray:
    """(N, H, W, C) -> (N, H, W, C, 3, 3): what a 3 x 3 convolution with a border of zeros sees."""
    padded = np.pad(x, ((0, 0), (1, 1), (1, 1), (0, 0)))
    return np.lib.stride_tricks.sliding_window_view(padded, (3, 3), axis=(1, 2))


def _convolved(windows: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    return np.tensordot(windows, kernel.transpose(2, 0, 1, 3), axes=3)


def _forward(
    arrays: Arrays, blocks: Sequence[str], images: np.ndarray, by_batch: Collection[str]
) -> tuple[np.ndarray, dict[str, Any]]:
    """The features (N, width), and what the way back needs of each block."""
    x = np.asarray(images, "float64")
    kept: dict[str, Any] = {}
    for block in blocks:
        a = {part: np.asarray(arrays[f"{block}.{part}"], "float64") for part in ("scale", "shift")}
        windows = _windows(x)
        z = _convolved(windows, np.asarray(arrays[f"{block}.conv"], "float64"))
        mean, variance = z.mean((0, 1, 2)), z.var((0, 1, 2))
        seen = mean, variance
        if block not in by_batch:
            mean, variance = (np.asarray(arrays[f"{block}.{part}"], "float64") for part in _STATISTICS)
        scaled = (z - mean) / np.sqrt(variance + _EPSILON)
        y = a["scale"] * scaled + a["shift"]
        kept[block] = windows, scaled, variance, y, *seen
        x = np.maximum(y, 0)
    return x.mean((1, 2)), kept


def features(
    arrays: Arrays, blocks: Sequence[str], images: np.ndarray, by_batch: Collection[str] = ()
) -> np.ndarray:
    """What the head reads: float64 (N, width). The blocks ``by_batch`` normalise with the batch's numbers."""
    return _forward(arrays, blocks, images, by_batch)[0]


def logits(arrays: Arrays, blocks: Sequence[str], images: np.ndarray) -> np.ndarray:
    """The outputs in evaluation mode: float64 (N, classes)."""
    return features(arrays, blocks, images) @ arrays["classifier.weight"] + arrays["classifier.bias"]


def loss(
    arrays: Arrays,
    blocks: Sequence[str],
    images: np.ndarray,
    labels: np.ndarray,
    by_batch: Collection[str] = (),
) -> float:
    """The mean cross-entropy of the logits, as a step of training reports it."""
    read = features(arrays, blocks, images, by_batch)
    z = read @ arrays["classifier.weight"] + arrays["classifier.bias"]
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
    read, kept = _forward(arrays, blocks, images, by_batch)
    weight = np.asarray(arrays["classifier.weight"], "float64")
    z = read @ weight + arrays["classifier.bias"]
    p = np.exp(z - z.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    p[np.arange(len(p)), np.asarray(labels)] -= 1
    p /= len(p)
    found = {"classifier.weight": read.T @ p, "classifier.bias": p.sum(0)}
    height, width = images.shape[1:3]
    down = np.broadcast_to(
        (p @ weight.T)[:, None, None] / (height * width), (len(p), height, width, len(weight))
    )
    for block in reversed(blocks):
        windows, scaled, variance, y, mean_seen, variance_seen = kept[block]
        down = down * (y > 0)
        found[f"{block}.scale"], found[f"{block}.shift"] = (down * scaled).sum((0, 1, 2)), down.sum((0, 1, 2))
        found[f"{block}.mean"], found[f"{block}.variance"] = mean_seen, variance_seen
        down = down * arrays[f"{block}.scale"]
        if block in by_batch:  # the batch's mean and variance move with the weights
            down = down - down.mean((0, 1, 2)) - scaled * (down * scaled).mean((0, 1, 2))
        down = down / np.sqrt(variance + _EPSILON)
        kernel = np.asarray(arrays[f"{block}.conv"], "float64")
        found[f"{block}.conv"] = np.tensordot(windows, down, axes=((0, 1, 2), (0, 1, 2))).transpose(
            1, 2, 0, 3
        )
        down = _convolved(_windows(down), kernel[::-1, ::-1].transpose(0, 1, 3, 2))
    return found


def _leads_to(
    before: Arrays, after: Arrays, names: Collection[str], found: Arrays, lr: float, n: int
) -> bool:
    for name in names:
        was, now = np.asarray(before[name], "float64"), np.asarray(after[name], "float64")
        if name.split(".")[1] in _STATISTICS:
            # The frameworks divide the variance of a batch by n or by n - 1.
            counts = (1.0, n / (n - 1)) if name.endswith("variance") else (1.0,)
            targets = [0.9 * was + 0.1 * found[name] * count for count in counts]
        else:
            targets = [was - lr * found[name]]
        for target in targets:
            # Single precision, in another order of adding up.
            near = 4e-3 * np.abs(target - was).max() + 2e-6 * max(1.0, np.abs(was).max())
            if now.shape == target.shape and np.abs(now - target).max() <= near:
                break
        else:
            return False
    return True


def batch_blocks(
    before: Arrays, after: Arrays, blocks: Sequence[str], images: np.ndarray, labels: np.ndarray, lr: float
) -> frozenset[str] | None:
    """Whose BatchNorm worked with the batch's numbers, if one step of SGD leads from one to the other.

    Which arrays train is read off them. So are the layers in training mode: those whose statistics moved,
    or, where that does not fit, more of them. None: no step with this rate and batch leads there.
    """
    if before.keys() != after.keys() or any(np.shape(after[n]) != np.shape(v) for n, v in before.items()):
        return None
    names = moved(before, after)
    by_batch = {name.split(".")[0] for name in names if name.split(".")[1] in _STATISTICS}
    others = [block for block in blocks if block not in by_batch]
    n = len(images) * images.shape[1] * images.shape[2]
    for size in range(len(others) + 1):
        for more in itertools.combinations(others, size):
            found = gradients(before, blocks, images, labels, by_batch | set(more))
            if _leads_to(before, after, names, found, lr, n):
                return frozenset(by_batch | set(more))
    return None


def is_descent(
    before: Arrays, after: Arrays, found: Arrays, names: Collection[str], last: Arrays | None = None
) -> bool:
    """Whether these arrays moved downhill, by whatever optimizer.

    More with the gradient than across it; or, where ``last`` has the arrays of a step before, by a sum of the
    gradient and of that step, as momentum moves them.
    """
    if not names:
        return True

    def joined(one: Arrays, other: Arrays | None = None) -> np.ndarray:
        parts = [np.asarray(one[n], "float64") - (0 if other is None else other[n]) for n in names]
        return np.concatenate([part.ravel() for part in parts])

    step, g = joined(before, after), joined(found)
    length: Any = np.linalg.norm(step) * np.linalg.norm(g)
    if not np.isfinite(step).all() or length == 0:
        return False
    if step @ g > 0.3 * length:
        return True
    if last is None:
        return False
    base = np.stack([g, joined(last, before)], 1)
    rest = step - base @ np.linalg.lstsq(base, step, rcond=None)[0]
    return bool(np.linalg.norm(rest) < 0.02 * np.linalg.norm(step))
