"""Choosing rows: what data sets of images and of texts share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import DataError, ShapeError, UnknownNameError

__all__ = ["SPLITS", "Rows", "check_rows"]

SPLITS = ("train", "val", "test")
Indices = npt.NDArray[np.int64]


def check_rows(
    count: int, thing: str, labels: Indices, class_names: tuple[str, ...], splits: Mapping[str, Indices]
) -> None:
    """Raise ShapeError or DataError where labels, class names and splits do not fit ``count`` rows."""
    if labels.shape != (count,):
        raise ShapeError(
            f"There are {count} {thing}s, but the labels have shape {labels.shape}.",
            f"Give one label for each {thing}.",
        )
    if len(labels) and not (labels.min() >= 0 and labels.max() < len(class_names)):
        raise DataError(
            f"Labels run from {labels.min()} to {labels.max()}; there are {len(class_names)} class names.",
            f"Labels are whole numbers from 0 to {len(class_names) - 1}.",
        )
    if set(splits) != set(SPLITS):
        raise DataError(
            f"The splits are called {', '.join(splits) or 'nothing'}.",
            "Give all of train, val and test; one may be an empty array.",
        )
    every = np.concatenate([splits[name] for name in SPLITS])
    if len(every) and not (every.min() >= 0 and every.max() < count):
        raise DataError(
            f"A split has row {every.max()}, but there are {count} {thing}s.",
            f"Rows are counted from 0 to {count - 1}.",
        )
    if len(np.unique(every)) != len(every):
        raise DataError(
            "A row is in two splits, or twice in one.",
            f"Put each row into one split only: a {thing} that was trained on cannot test it.",
        )


class Rows:
    """The methods of a data set that choose among its rows; a frozen dataclass has the fields.

    A subclass names what its rows are (`thing`), and its fields with an entry for each row (`columns`).
    """

    thing = "row"
    columns: tuple[str, ...] = ("labels", "ids")
    name: str
    labels: Indices
    class_names: tuple[str, ...]
    splits: Mapping[str, Indices]
    ids: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def _sizes(self) -> str:
        """How many rows, of which kind, in how many classes and splits: the end of a repr."""
        parts = ", ".join(f"{name} {len(self.splits[name])}" for name in SPLITS if len(self.splits[name]))
        return f"{len(self.class_names)} class{'es' * (len(self.class_names) != 1)}; {parts or 'no split'}"

    def split(self, name: str) -> Self:
        """The rows of one split, as a data set of its own.

        Parameters
        ----------
        name : {"train", "val", "test"}

        Raises
        ------
        UnknownNameError
            For any other name.

        Examples
        --------
        >>> from tlcourse.data import digits
        >>> digits().split("val")
        Dataset digits: 269 images 8x8 in 10 classes; val 269
        """
        if name not in self.splits:
            raise UnknownNameError("split", name, SPLITS)
        return self.subset(self.splits[name])

    def subset(self, indices: npt.ArrayLike) -> Self:
        """The given rows, in the given order; each row stays in the split it was in.

        Parameters
        ----------
        indices : int array (K,) or bool array (N,)
            Rows, without repetition; or a mask.

        Raises
        ------
        DataError
            When a row is out of range or repeated.
        ShapeError
            If a mask has the wrong length, or the rows are not whole numbers.
        """
        rows = np.asarray(indices)
        if rows.dtype == bool:
            if rows.shape != (len(self),):
                raise ShapeError(
                    f"The mask has shape {rows.shape}, the data set {len(self)} {self.thing}s.",
                    f"Give one True or False for each {self.thing}.",
                )
            rows = np.flatnonzero(rows)
        if rows.size == 0:
            rows = rows.astype(np.int64).reshape(0)
        if rows.ndim != 1 or not np.issubdtype(rows.dtype, np.integer):
            raise ShapeError(
                f"Rows must be a list of whole numbers, not {rows.dtype} of shape {rows.shape}.",
                "For example subset([0, 5, 7]), or a mask: subset(data.labels == 2).",
            )
        if rows.size and not (rows.min() >= 0 and rows.max() < len(self)):
            raise DataError(
                f"Rows {rows.min()} to {rows.max()} were asked for; {self!r}.",
                f"Rows are counted from 0 to {len(self) - 1}.",
            )
        if len(np.unique(rows)) != len(rows):
            raise DataError(
                "A row was asked for twice.",
                f"Ask for each row once; to repeat {self.thing}s in training, make more epochs.",
            )
        member = np.full(len(self), -1)
        for number, split in enumerate(SPLITS):
            member[self.splits[split]] = number
        return self._with(
            splits={split: np.flatnonzero(member[rows] == number) for number, split in enumerate(SPLITS)},
            **{column: _taken(getattr(self, column), rows) for column in self.columns},
        )

    def per_class(self, n: int, seed: int) -> Self:
        """``n`` rows of each class, drawn without replacement.

        The draws are nested: with one seed, the 5 of ``per_class(5, seed)`` are among the 10 of
        ``per_class(10, seed)``, so a learning curve adds rows and never swaps them. The rows come in
        their old order. Data sets with the same rows (the three styles) give the same rows.

        Parameters
        ----------
        n : int
            Rows of each class, 1 or more.
        seed : int

        Raises
        ------
        DataError
            When a class has fewer than ``n`` rows; the message names it.
        SettingError
            If ``n`` is not a whole number of at least 1.

        Examples
        --------
        >>> from tlcourse.data import digits
        >>> small = digits().split("train").per_class(3, seed=1)
        >>> set(small.counts().values())
        {3}
        """
        n = whole("The number of rows of each class", n, 1)
        counts = self.counts()
        short = {name: count for name, count in counts.items() if count < n}
        if short:
            listed = ", ".join(f"{name!r} has {count}" for name, count in short.items())
            raise DataError(
                f"{n} rows of each class were asked for, but {listed}; {self!r}.",
                f"Ask for {min(counts.values())} or fewer, or leave those classes out with select().",
            )
        rows = [
            np.random.default_rng([seed, label]).permutation(np.flatnonzero(self.labels == label))[:n]
            for label in range(len(self.class_names))
        ]
        return self.subset(np.sort(np.concatenate(rows)))

    def select(self, class_names: Iterable[str]) -> Self:
        """Only some classes, numbered in the order given.

        Parameters
        ----------
        class_names : iterable of str
            Two or more classes of this data set.

        Raises
        ------
        UnknownNameError
            For a class that is not there.
        DataError
            For a single name as a str, no classes, or the same class twice.

        Examples
        --------
        >>> from tlcourse.data import digits
        >>> digits().select(["7", "1"]).class_names
        ('7', '1')
        """
        if isinstance(class_names, str):
            raise DataError(
                f"select({class_names!r}) names one class as a string.", "Give a list of class names."
            )
        wanted = tuple(class_names)
        for name in wanted:
            if name not in self.class_names:
                raise UnknownNameError(f"class of {self.name}", name, self.class_names)
        if len(set(wanted)) != len(wanted) or not wanted:
            raise DataError(
                f"The classes asked for are {list(wanted)}.", "Name each class once, and at least one."
            )
        new_label = np.full(len(self.class_names), -1, dtype=np.int64)
        new_label[[self.class_names.index(name) for name in wanted]] = np.arange(len(wanted))
        chosen = self.subset(new_label[self.labels] >= 0)
        return chosen._with(labels=new_label[chosen.labels], class_names=wanted)

    def counts(self) -> dict[str, int]:
        """How many rows each class has.

        Examples
        --------
        >>> from tlcourse.data import digits
        >>> digits().counts()["0"]
        178
        """
        numbers = np.bincount(self.labels, minlength=len(self.class_names))
        return {name: int(number) for name, number in zip(self.class_names, numbers, strict=True)}

    def _with(self, **changes: Any) -> Self:
        return replace(self, **changes)  # type: ignore[type-var]


def _taken(column: Any, rows: Indices) -> Any:
    """The entries of one column for some rows, in the column's own kind."""
    return column[rows] if isinstance(column, np.ndarray) else tuple(column[row] for row in rows)
