"""Texts as one stream of tokens, and the stream as passages that a language model learns from."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import DataError, ShapeError
from tlcourse.language.tokenizer import TextTokenizer

__all__ = ["passages", "stream"]


def stream(texts: Iterable[str], tokenizer: TextTokenizer, end: int | None = None) -> npt.NDArray[np.int64]:
    """All texts in a row, each followed by the token that ends a text.

    Parameters
    ----------
    texts : iterable of str
    tokenizer : TextTokenizer
        Without special tokens of its own, as those of GPT-2.
    end : int, optional
        By default the checkpoint's own: the course's small GPT has 0, GPT-2 has 50256.

    Returns
    -------
    int64 array (T,)

    Raises
    ------
    DataError
        As `TextTokenizer.encode`; for a checkpoint that names no token that ends a text, and no ``end``.

    Examples
    --------
    >>> from tlcourse.language import load_tokenizer
    >>> stream(["A film.", "Good."], load_tokenizer("small-gpt")).tolist().count(0)
    2
    """
    end = tokenizer.end if end is None else end
    if end is None:
        raise DataError("The checkpoint names no token that ends a text.", "Say which: end=….")
    rows = tokenizer.rows(texts)
    return np.array([token for row in rows for token in (*row, end)], np.int64)


def passages(tokens: npt.ArrayLike, length: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """A stream cut into passages, and for each of their tokens the one that comes next.

    Parameters
    ----------
    tokens : int array (T,)
    length : int
        Tokens of a passage; a rest at the end is dropped.

    Returns
    -------
    inputs, labels : int64 arrays (N, length)
        ``labels`` is ``inputs`` shifted by one position: `tlcourse.training.fit` takes the pair.

    Raises
    ------
    ShapeError
        If the tokens have the wrong shape, or are too few to fill one passage.
    SettingError
        For a length below 1.

    Examples
    --------
    >>> inputs, labels = passages([5, 6, 7, 8, 9, 10], 2)
    >>> inputs.tolist(), labels.tolist()
    ([[5, 6], [7, 8]], [[6, 7], [8, 9]])
    """
    text = np.asarray(tokens)
    length = whole("The length of a passage", length, 1)
    if text.ndim != 1:
        raise ShapeError(f"The tokens have shape {text.shape}.", "Give one stream, int (T,).")
    count = (len(text) - 1) // length
    if count < 1:
        raise ShapeError(
            f"{len(text)} tokens do not fill one passage of {length} and the token after it.",
            "Give more text, or a smaller length.",
        )
    text = text.astype(np.int64)
    size = count * length
    return text[:size].reshape(count, -1), text[1 : size + 1].reshape(count, -1)
