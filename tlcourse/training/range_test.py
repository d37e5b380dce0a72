"""The learning-rate range test: which rates train, and at which training diverges."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import CourseError, SettingError

__all__ = ["RangeTest", "range_test", "suggest"]


@dataclass(frozen=True)
class RangeTest:
    """The loss at each rate.

    Attributes
    ----------
    rates : float array (S,), rising by a constant factor
    losses : float array (S,)
        Of each step's batch, smoothed; inf from the step at which training diverged.
    """

    rates: np.ndarray
    losses: np.ndarray


def range_test(
    model: Any, train: Any, *, low: float = 1e-6, high: float = 1.0, steps: int = 60, **options: Any
) -> RangeTest:
    """Train for a few steps while the rate rises from low to high (Smith 2017, arXiv:1506.01186).

    The model is trained in place and is useless afterwards: load it again.

    Parameters
    ----------
    model, train
        As for `tlcourse.training.fit`.
    low, high : float
        The first and the last rate, above 0.
    steps : int
        10 or more.
    **options
        For `fit`: batch_size, seed, preprocess, augment, optimizer.

    Raises
    ------
    SettingError
        For rates or steps out of their range.
    """
    if not 0 < low < high:
        raise SettingError(
            f"The rates go from {low!r} to {high!r}.", "Give rates above 0, the lower one first."
        )
    whole("steps", steps, 10)
    from tlcourse import training

    rates = np.geomspace(low, high, steps)
    losses: list[float] = []
    # One run: the schedule raises the rate, and the loss function records each batch's loss.
    try:
        training.fit(
            model,
            train,
            steps=steps,
            lr=high,
            schedule=lambda step, _: float(rates[step] / high),
            loss=_noting(model, losses),
            progress=False,
            **options,
        )
    except CourseError:
        if not losses:
            raise
    smooth = np.full(steps, math.inf)
    mean = 0.0
    for i, loss in enumerate(losses[:steps]):
        if not math.isfinite(loss):
            break
        mean = 0.7 * mean + 0.3 * loss
        smooth[i] = mean / (1 - 0.7 ** (i + 1))
    return RangeTest(rates, smooth)


def suggest(test: RangeTest) -> float:
    """A tenth of the rate with the lowest loss: a cautious first rate to search around.

    Raises
    ------
    CourseError
        If training diverged at the first step.
    """
    if not np.isfinite(test.losses).any():
        raise CourseError("Every loss is infinite.", "Begin the test at a lower rate.")
    return float(test.rates[int(np.argmin(test.losses))] / 10)


def _noting(model: Any, losses: list[float]) -> Any:
    """The cross-entropy of the model's framework, recording its values."""
    from tlcourse.frameworks import framework_of

    return _noting_torch(losses) if framework_of(model) == "torch" else _noting_keras(losses)


def _noting_torch(losses: list[float]) -> Any:
    import torch.nn.functional as F

    def loss(logits: Any, labels: Any) -> Any:
        value = F.cross_entropy(logits, labels)
        losses.append(float(value.detach()))
        return value

    return loss


def _noting_keras(losses: list[float]) -> Any:
    import keras
    import tensorflow as tf

    crossed = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def note(value: Any) -> Any:
        losses.append(float(value))
        return value

    def loss(labels: Any, logits: Any) -> Any:
        value = crossed(labels, logits)
        noted = tf.py_function(note, [value], tf.float32)
        # The recorded value has no gradient; the loss keeps its own, and waits for the recording.
        with tf.control_dependencies([noted]):
            return tf.identity(value)

    return loss
