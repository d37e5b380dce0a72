"""Where steps of training lead: what a judge works out from the arrays before and after.

A judge that believes what a process reports about its own network believes a student's code. So a probe hands
over the numbers, and here this works out whether a step of training from the numbers before leads to them.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np

from tlcourse.exercises.engine.tiny.layout import STATISTICS, UPDATE, moved
from tlcourse.exercises.engine.tiny.reference import Arrays, gradients

__all__ = ["NO_STEP", "batch_blocks", "is_descent"]

NO_STEP = (
    "the numbers in the network are not those that one step of training leads to. Does your code"
    " change them in another way, now or while the network runs?"
)


def _targets(name: str, was: np.ndarray, slope: np.ndarray, lr: float, n: int) -> list[np.ndarray]:
    """What an array may hold after a step of SGD on batches in which a channel has ``n`` values."""
    if not name.endswith(STATISTICS):
        return [was - lr * slope]
    # The frameworks divide the variance of a batch by n or by n - 1.
    counts = (1.0, n / (n - 1)) if name.endswith("variance") else (1.0,)
    return [(1 - UPDATE) * was + UPDATE * slope * count for count in counts]


def _reached(was: np.ndarray, now: np.ndarray, target: np.ndarray) -> bool:
    # Single precision, in another order of adding up.
    near = 4e-3 * np.abs(target - was).max() + 2e-6 * max(1.0, np.abs(was).max())
    return now.shape == target.shape and bool(np.abs(now - target).max() <= near)


def _leads_to(
    before: Arrays, after: Arrays, names: Collection[str], slopes: Arrays, lr: float, n: int
) -> bool:
    for name in names:
        was, now = np.asarray(before[name], "float64"), np.asarray(after[name], "float64")
        if not any(_reached(was, now, target) for target in _targets(name, was, slopes[name], lr, n)):
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
    by_batch = {name.split(".")[0] for name in names if name.endswith(STATISTICS)}
    others = [block for block in blocks if block not in by_batch]
    n = len(images) * images.shape[1] * images.shape[2]
    for size in range(len(others) + 1):
        for more in itertools.combinations(others, size):
            slopes = gradients(before, blocks, images, labels, by_batch | set(more))
            if _leads_to(before, after, names, slopes, lr, n):
                return frozenset(by_batch | set(more))
    return None


def is_descent(
    before: Arrays, after: Arrays, slopes: Arrays, names: Collection[str], last: Arrays | None = None
) -> bool:
    """Whether the arrays ``names`` moved downhill, whatever the optimizer; ``slopes`` are their gradients.

    More along the gradient than across it; or, where ``last`` has the arrays of a step before, by a sum of
    the gradient and of that step, as momentum moves them.
    """
    if not names:
        return True

    def joined(one: Arrays, other: Arrays | None = None) -> np.ndarray:
        parts = [np.asarray(one[n], "float64") - (0 if other is None else other[n]) for n in names]
        return np.concatenate([part.ravel() for part in parts])

    step, g = joined(before, after), joined(slopes)
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
