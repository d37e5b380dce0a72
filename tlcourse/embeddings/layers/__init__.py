"""An embedding layer from a table of vectors, and the mean that leaves padding out: for both frameworks."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.errors import ShapeError
from tlcourse.frameworks import resolve_framework, side

__all__ = ["check_table", "embedding", "masked_mean"]


def check_table(table: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """A table of vectors, float32 (2 + K, D), whose row 0 is zeros.

    Raises
    ------
    ShapeError
        If the shape is wrong, a number is not finite, or row 0 (padding) is not zeros.
    """
    vectors = np.asarray(table, np.float32)
    fix = "WordVectors.table(vocabulary.words) makes one: row 0 is padding, row 1 unknown words."
    if vectors.ndim != 2 or len(vectors) < 2 or not vectors.shape[1]:
        raise ShapeError(f"The table of vectors has shape {vectors.shape}.", fix)
    if not np.isfinite(vectors).all():
        row = int((~np.isfinite(vectors)).any(axis=1).argmax())
        raise ShapeError(f"Row {row} of the table of vectors is not finite.", fix)
    if vectors[0].any():
        raise ShapeError("Row 0 of the table of vectors is not zeros, and 0 is padding.", fix)
    return vectors


def embedding(table: npt.ArrayLike, trainable: bool = False, framework: str | None = None) -> Any:
    """An embedding layer that starts with these vectors.

    Parameters
    ----------
    table : float array (2 + K, D)
        Row 0 for padding, zeros; as `WordVectors.table` makes it.
    trainable : bool
        Whether training may change the vectors. Padding stays zeros: no gradient reaches it through layers
        that respect the mask.
    framework : {"torch", "keras"}, optional
        The one that ``tlcourse.start`` chose, if None.

    Returns
    -------
    torch.nn.Embedding or keras.layers.Embedding
        Tokens int (N, L) to float32 (N, L, D). PyTorch's knows ``padding_idx=0``; Keras' gives the mask on
        (``mask_zero=True``).

    Raises
    ------
    ShapeError
        As `check_table`.
    """
    return side(__name__, resolve_framework(framework)).embedding(check_table(table), bool(trainable))


def masked_mean(vectors: npt.ArrayLike, tokens: npt.ArrayLike) -> npt.NDArray[np.float32]:
    """The mean of each text's vectors, padding left out, in NumPy.

    Parameters
    ----------
    vectors : float array (N, L, D)
    tokens : int array (N, L)
        0 is padding.

    Returns
    -------
    float32 array (N, D); zeros for a text without words.

    Raises
    ------
    ShapeError
        When the two do not fit each other.

    Examples
    --------
    >>> masked_mean([[[1.0], [3.0], [100.0]], [[5.0], [5.0], [5.0]]], [[7, 8, 0], [0, 0, 0]]).tolist()
    [[2.0], [0.0]]
    """
    values, numbers = np.asarray(vectors, np.float32), np.asarray(tokens)
    if values.ndim != 3 or numbers.shape != values.shape[:2]:
        raise ShapeError(
            f"The vectors have shape {values.shape} and the tokens {numbers.shape}.",
            "Give vectors (N, L, D) for tokens (N, L).",
        )
    mask = (numbers != 0)[..., None]
    return (values * mask).sum(axis=1) / np.maximum(mask.sum(axis=1), 1).astype(np.float32)
