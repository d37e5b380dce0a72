"""What an answer predicts for images whose labels only the judge has, read and scored."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.exercises.engine.model import WrongAnswerError

__all__ = ["Predicted"]

Labels = npt.NDArray[np.int64]


class Predicted:
    """Predicted classes against the right ones; its properties are made for a judge's table.

    Parameters
    ----------
    value : object
        What the probe returned of the answer: plain data.
    labels : int64 array (N,)
        The right classes, numbered from 0.
    what : str
        What the predictions are for, in a message: "the new images".

    Attributes
    ----------
    classes : int64 array (N,)
        The predictions.

    Raises
    ------
    WrongAnswerError
        If the predictions are not a whole number for each image: the message says what they are.

    Examples
    --------
    >>> seen = Predicted([0, 1, 1, 2], np.array([0, 1, 2, 2]))
    >>> seen.hits, seen.share, seen.shown
    (3, 0.75, '3 of 4')
    """

    def __init__(self, value: Any, labels: Labels, what: str = "the new images") -> None:
        self.labels = np.asarray(labels, dtype=np.int64)
        self.classes = _classes(value, self.labels, what)

    @property
    def n(self) -> int:
        """How many images there are."""
        return len(self.labels)

    @cached_property
    def hits(self) -> int:
        """How many predictions are right."""
        return int((self.classes == self.labels).sum())

    @property
    def share(self) -> float:
        """The accuracy."""
        return self.hits / self.n

    @property
    def shown(self) -> str:
        """The score, as in "31 of 60"."""
        return f"{self.hits} of {self.n}"

    @cached_property
    def constant(self) -> int | None:
        """The class that was given to every image; None where there are several."""
        first = int(self.classes[0])
        return first if bool(np.all(self.classes == first)) else None

    @cached_property
    def renamed(self) -> float:
        """The accuracy after each predicted class has got the name that suits it best.

        Much higher than ``share`` where images are told apart and the classes' numbers are mixed up.
        """
        size = int(max(self.classes.max(), self.labels.max())) + 1
        table = np.zeros((size, size), np.int64)
        np.add.at(table, (self.classes, self.labels), 1)
        return float(table.max(axis=1).sum() / self.n)


def _classes(value: Any, labels: Labels, what: str) -> Labels:
    try:
        given = np.asarray(value)
    except ValueError:
        raise WrongAnswerError(
            f"The predictions for {what} have parts of different lengths. Give one class number for each.",
            "not a class for each image",
        ) from None
    if given.ndim == 2 and given.shape[1] == 1:
        given = given[:, 0]
    if given.dtype.kind == "U":
        raise WrongAnswerError(
            f"The predictions for {what} are text. Give class numbers, as the labels have them.",
            "not a class for each image",
        )
    if given.ndim == 2 and given.shape[0] == len(labels) and given.dtype.kind in "iufb":
        raise WrongAnswerError(
            f"The predictions for {what} have shape `{given.shape}`: a score for each class. Give the number"
            " of the class with the largest one.",
            "scores instead of classes",
        )
    if given.ndim != 1 or given.dtype.kind not in "iufb" or len(given) != len(labels):
        shape = f"have shape `{given.shape}`" if given.ndim else "are not a list of numbers"
        raise WrongAnswerError(
            f"The predictions for {what} {shape}, and there are {len(labels)} {what.split()[-1]}."
            " Give one class number for each.",
            "not a class for each image",
        )
    whole = np.isfinite(given) & (given == np.round(given)) & (given >= 0) & (given <= 10**6)
    if not whole.all():
        odd = given[~whole][0]
        raise WrongAnswerError(
            f"The predictions for {what} hold {float(odd):.4g}, which is not the number of a class.",
            "not a class for each image",
        )
    return given.astype(np.int64)
