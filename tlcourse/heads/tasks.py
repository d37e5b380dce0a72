"""What fits together: the kind of answer, its activation, its loss and the shape of its targets."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tlcourse.errors import ShapeError, UnknownNameError
from tlcourse.probabilities import softmax

__all__ = ["TASKS", "Task", "activate", "check_targets", "task_of"]


@dataclass(frozen=True)
class Task:
    """One kind of task, with the activation, the loss and the targets that belong to it.

    Attributes
    ----------
    name, answer : str
        "one-of", and what it means.
    activation : str
        From raw outputs to the answer.
    torch_loss, keras_loss : str
        The loss that reads raw outputs.
    targets : str
        Shape and dtype.
    """

    name: str
    answer: str
    activation: str
    torch_loss: str
    keras_loss: str
    targets: str


TASKS: dict[str, Task] = {
    task.name: task
    for task in (
        Task(
            "one-of",
            "exactly one of K classes",
            "softmax",
            "CrossEntropyLoss()",
            "SparseCategoricalCrossentropy(from_logits=True)",
            "int (N,), 0 to K - 1",
        ),
        Task(
            "any-of",
            "any number of K labels",
            "sigmoid",
            "BCEWithLogitsLoss()",
            "BinaryCrossentropy(from_logits=True)",
            "float (N, K) of 0 and 1",
        ),
        Task("number", "a number", "none", "MSELoss()", "MeanSquaredError()", "float (N, K)"),
    )
}


def task_of(name: str) -> Task:
    """The task of that name.

    Raises
    ------
    UnknownNameError
        If there is none.
    """
    if name not in TASKS:
        raise UnknownNameError("task", name, TASKS)
    return TASKS[name]


def activate(outputs: np.ndarray, task: str) -> np.ndarray:
    """Raw outputs (N, K) to the answer: softmax, sigmoid, or as they are.

    Examples
    --------
    >>> activate(np.zeros((1, 4)), "one-of").tolist(), activate(np.zeros((1, 2)), "any-of").tolist()
    ([[0.25, 0.25, 0.25, 0.25]], [[0.5, 0.5]])
    """
    kind = task_of(task).activation
    if kind == "softmax":
        return softmax(np.asarray(outputs))
    if kind == "sigmoid":
        # By tanh, which neither overflows nor warns for large outputs.
        return (0.5 * (1 + np.tanh(0.5 * np.asarray(outputs, np.float64)))).astype(np.float32)
    return np.asarray(outputs)


def check_targets(targets: np.ndarray, task: str, rows: int) -> np.ndarray:
    """Targets as the loss of the task wants them: int64 (N,), or float32 (N, K).

    Raises
    ------
    ShapeError
        If they are not what the task needs; the message says what it needs.
    """
    wanted, y = task_of(task), np.asarray(targets)
    if len(y.shape) == 0 or len(y) != rows:
        raise ShapeError(
            f"There are {rows} rows of features, and targets of shape {y.shape}.",
            "Pass the targets of the same images, in the same order.",
        )
    if task == "one-of":
        fits = y.ndim == 1 and y.dtype.kind in "iu" and y.min() >= 0
    elif task == "any-of":
        fits = y.ndim == 2 and y.dtype.kind in "biuf" and bool(np.isin(y, (0, 1)).all())
    else:
        fits = y.ndim in (1, 2) and y.dtype.kind in "iuf" and bool(np.isfinite(y.astype(float)).all())
    if not fits:
        raise ShapeError(
            f"For {task!r} the targets should be {wanted.targets}; these are {y.dtype} of shape {y.shape}.",
            "One class: its number. Several labels: a row of 0 and 1. A number: itself.",
        )
    if task == "one-of":
        return y.astype(np.int64)
    return y.astype(np.float32).reshape(rows, -1)
