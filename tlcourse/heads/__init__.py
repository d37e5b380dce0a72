"""Task heads: what goes on top of a backbone, for one class of several, several labels, or a number.

A head reads rows of features (as `tlcourse.training.cache_features` gives) and gives raw outputs: logits, or
the number itself. The activation that turns them into an answer belongs to the task, and so does the loss;
`TASKS` keeps the three together. Nothing here imports a framework.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.errors import SettingError, ShapeError
from tlcourse.frameworks import resolve_framework, side
from tlcourse.heads.start import bias_for_classes, bias_for_labels, layer_starts
from tlcourse.heads.tasks import TASKS, Task, activate, check_targets
from tlcourse.training.recipe import Recipe

__all__ = [
    "TASKS",
    "Task",
    "activate",
    "bias_for_classes",
    "bias_for_labels",
    "build",
    "fit",
    "outputs",
    "predict",
]


def build(
    features: int,
    outputs: int,
    *,
    hidden: Sequence[int] = (),
    batch_norm: bool = False,
    dropout: float = 0.0,
    bias: Any = None,
    seed: int = 0,
    framework: str | None = None,
) -> Any:
    """A head: for each hidden size a dense layer, BatchNorm if wanted, ReLU and dropout; then a dense layer.

    Both frameworks begin at the same numbers.

    Parameters
    ----------
    features, outputs : int
        Numbers in (D) and out (K) for each image.
    hidden : sequence of int
        Sizes of the hidden layers; none makes the head linear.
    batch_norm : bool
        After each hidden dense layer (Ioffe and Szegedy 2015, arXiv:1502.03167).
    dropout : float
        From 0 to below 1; after each hidden layer, or before the only one (Srivastava et al. 2014).
    bias : float array (K,), optional
        Where the last layer's bias begins: `bias_for_classes` or `bias_for_labels`. Zeros if None.
    seed : int
        Of the weights.
    framework : {"torch", "keras"}, optional
        The one that ``tlcourse.start`` chose, if None.

    Returns
    -------
    torch.nn.Sequential or keras.Sequential
        Float32 (N, D) to raw outputs (N, K).

    Raises
    ------
    SettingError
        For sizes below 1 or a dropout rate outside its range.
    ShapeError
        If the bias does not have ``outputs`` numbers.
    """
    sizes = [whole("features", features, 1), *(whole("hidden", h, 1) for h in hidden)]
    sizes.append(whole("outputs", outputs, 1))
    if not 0 <= dropout < 1:
        raise SettingError(
            f"dropout is {dropout!r}.", ("Give the share to drop, from 0 to below 1, such as 0.5.")
        )
    start = np.zeros(outputs, np.float32) if bias is None else np.asarray(bias, np.float32)
    if start.shape != (outputs,) or not np.isfinite(start).all():
        raise ShapeError(
            f"The bias has shape {start.shape}, for {outputs} outputs; all its numbers must be finite.",
            "Give one number for each output, as heads.bias_for_classes(counts) does.",
        )
    starts = layer_starts(sizes, seed)
    twin = side(__name__, resolve_framework(framework))
    return twin.build(starts, start, batch_norm=batch_norm, dropout=float(dropout))


def fit(
    head: Any,
    features: np.ndarray,
    targets: np.ndarray,
    task: str,
    *,
    steps: int,
    lr: float,
    batch_size: int = 16,
    weight_decay: float = 0.0,
    seed: int = 0,
    optimizer: str = "adam",
    loss: Callable[[Any, Any], Any] | None = None,
) -> Any:
    """Train a head on cached features, in place.

    Parameters
    ----------
    head : torch.nn.Module or keras.Model
        Float32 (N, D) to raw outputs (N, K).
    features : float array (N, D)
    targets : array
        int (N,) for "one-of", 0 and 1 of shape (N, K) for "any-of", float (N,) or (N, K) for "number".
    task : {"one-of", "any-of", "number"}
    steps, lr, batch_size, weight_decay, seed, optimizer
        As for `tlcourse.training.fit`; 0 steps leave the head as it is.
    loss : callable, optional
        ``loss(outputs, targets)`` on the framework's tensors, in place of the one that fits the task.

    Returns
    -------
    The head, in inference mode.

    Raises
    ------
    UnknownNameError
        For an unknown task or optimizer.
    ShapeError
        If features and targets do not match each other or the task.
    CourseError
        For a loss that is not finite.
    """
    x = _rows(features)
    y = check_targets(targets, task, len(x))
    if whole("steps", steps, 0):
        recipe = Recipe(
            steps=steps,
            lr=lr,
            batch_size=batch_size,
            weight_decay=weight_decay,
            seed=seed,
            optimizer=optimizer,
            loss=loss,
        )
        side(__name__, head).fit(head, x, y, task, recipe)
    return head


def outputs(head: Any, features: np.ndarray) -> np.ndarray:
    """Raw outputs float32 (N, K) in inference mode: dropout off, BatchNorm with what it has stored."""
    return side(__name__, head).outputs(head, _rows(features))


def predict(head: Any, features: np.ndarray, task: str) -> np.ndarray:
    """The outputs after the task's activation: probabilities (N, K), or numbers.

    Raises
    ------
    UnknownNameError
        For an unknown task.
    """
    return activate(outputs(head, features), task)


def _rows(features: np.ndarray) -> np.ndarray:
    x = np.asarray(features)
    if x.ndim != 2 or 0 in x.shape or x.dtype.kind != "f" or not np.isfinite(x).all():
        raise ShapeError(
            f"The features have shape {x.shape} and dtype {x.dtype}; finite floats of shape (N,"
            " D) are needed.",
            "Pass what training.cache_features gives.",
        )
    return x.astype(np.float32, copy=False)
