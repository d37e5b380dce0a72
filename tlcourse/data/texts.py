"""`TextDataset`: labelled texts with fixed splits, the sister of `Dataset`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.data.rows import Indices, Rows, check_rows
from tlcourse.errors import DataError, ShapeError

__all__ = ["TextDataset"]


@dataclass(frozen=True, eq=False, repr=False)
class TextDataset(Rows):
    """Labelled texts with fixed splits.

    Attributes
    ----------
    name : str
        For example ``"rated-text/tweets"``.
    texts : tuple of str
        As they were written: case, signs and all.
    labels : int64 array (N,)
        Positions in ``class_names``.
    class_names : tuple of str
    splits : dict
        ``"train"``, ``"val"`` and ``"test"``: int64 arrays of rows, without overlap.
    licence, source : str
    ratings : float32 array (N,), optional
        Ratings by people, for regression; the labels are made from them. Empty if there are none.
    groups : tuple of str, optional
        What a text is part of (a review, an article); texts of one group are in one split.
    ids : tuple of str

    Raises
    ------
    DataError, ShapeError
        When the parts do not fit each other.

    Examples
    --------
    >>> from tlcourse.data import rated_text
    >>> tweets = rated_text("tweets")
    >>> tweets.split("train").per_class(5, seed=0)
    TextDataset rated-text/tweets: 15 texts in 3 classes; train 15
    >>> tweets.texts[3], round(float(tweets.ratings[3]), 2)
    ('LMAO, AMAZING!', 2.86)
    """

    thing = "text"
    columns = ("texts", "labels", "ratings", "groups", "ids")

    name: str
    texts: tuple[str, ...]
    labels: Indices
    class_names: tuple[str, ...]
    splits: Mapping[str, Indices]
    licence: str
    source: str
    ratings: npt.NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    groups: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        texts = (self.texts,) if isinstance(self.texts, str) else tuple(self.texts)
        wrong = next((row for row, text in enumerate(texts) if not isinstance(text, str)), None)
        if wrong is not None:
            raise DataError(
                f"Text {wrong} is a {type(texts[wrong]).__name__}, not a str.",
                "Decode bytes first, for example with .decode('utf-8'), and leave missing values out.",
            )
        labels = np.asarray(self.labels, dtype=np.int64)
        splits = {name: np.asarray(rows, dtype=np.int64) for name, rows in self.splits.items()}
        names = tuple(str(name) for name in self.class_names)
        check_rows(len(texts), self.thing, labels, names, splits)
        ratings = np.asarray(self.ratings, dtype=np.float32)
        if not len(ratings):
            ratings = np.full(len(texts), np.nan, np.float32)
        numbered = tuple(str(row) for row in range(len(texts)))
        columns: dict[str, Any] = {
            "ratings": ratings,
            "groups": self.groups or numbered,
            "ids": self.ids or numbered,
        }
        for column, values in columns.items():
            if len(values) != len(texts):
                raise ShapeError(
                    f"There are {len(texts)} texts and {len(values)} {column}.", "Give one for each text."
                )
        attributes = {"texts": texts, "labels": labels, "splits": splits, "class_names": names}
        for attribute, value in (attributes | columns).items():
            object.__setattr__(self, attribute, value)

    def __repr__(self) -> str:
        return f"TextDataset {self.name}: {len(self)} text{'s' * (len(self) != 1)} in {self._sizes()}"
