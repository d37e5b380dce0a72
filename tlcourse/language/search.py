"""The nearest texts to a question, by their vectors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import ShapeError

__all__ = ["search"]


def search(query: npt.ArrayLike, texts: npt.ArrayLike, k: int = 5) -> list[tuple[int, float]]:
    """The rows of the texts with the largest cosine to a query, the nearest first.

    Parameters
    ----------
    query : float array (D,)
    texts : float array (N, D)
        A text whose vector is all zeros has the cosine 0 to everything.
    k : int
        All of them, if there are fewer.

    Returns
    -------
    list of (row, cosine)

    Raises
    ------
    ShapeError
        If the shapes do not match, or a number is not finite.
    SettingError
        For a ``k`` below 1.

    Examples
    --------
    >>> search([1.0, 0.0], [[0.0, 2.0], [3.0, 0.0], [1.0, 1.0]], k=2)
    [(1, 1.0), (2, 0.707)]
    """
    vector, matrix = np.asarray(query, np.float64), np.asarray(texts, np.float64)
    if vector.ndim != 1 or matrix.ndim != 2 or matrix.shape[1] != len(vector):
        raise ShapeError(
            f"The query has shape {vector.shape} and the texts have {matrix.shape}.",
            "Give one vector (D,) and the vectors of the texts, (N, D), of the same encoder.",
        )
    if not (np.isfinite(vector).all() and np.isfinite(matrix).all()):
        raise ShapeError("A vector is not finite.", "Look for NaN in what the encoder gave.")
    k = whole("k", k, 1)
    lengths = np.linalg.norm(matrix, axis=1) * np.linalg.norm(vector)
    cosines = matrix @ vector / np.where(lengths > 0, lengths, 1.0)
    return [(int(row), round(float(cosines[row]), 3)) for row in np.argsort(-cosines, kind="stable")[:k]]
