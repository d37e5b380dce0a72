"""`Dataset`: one value for every set of pictures in the course.

All pictures are in memory as one uint8 array, so the same rows can go to PyTorch, to Keras and to
scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tlcourse.errors import DataError, ShapeError, UnknownNameError

if TYPE_CHECKING:
    import tensorflow as tf
    import torch.utils.data

__all__ = ["SPLITS", "Dataset"]

SPLITS = ("train", "val", "test")
Images = npt.NDArray[np.uint8]
Indices = npt.NDArray[np.int64]
Transform = Callable[[Images], Any]


def _check(
    images: Images, labels: Indices, class_names: tuple[str, ...], splits: Mapping[str, Indices]
) -> None:
    """Raise ShapeError or DataError where the parts of a data set do not fit each other."""
    if not isinstance(images, np.ndarray) or images.ndim != 4 or images.shape[3] != 3:
        raise ShapeError(
            f"The images have shape {np.shape(images)}, not (N, height, width, 3).",
            "Stack RGB pictures of one size; np.repeat(grey[..., None], 3, axis=-1) makes a grey one RGB.",
        )
    if images.dtype != np.uint8:
        raise ShapeError(
            f"The images have dtype {images.dtype}, not uint8.",
            "Keep the pictures as they are on disk, 0 to 255; scaling is the model's preprocessing.",
        )
    if labels.shape != (len(images),):
        raise ShapeError(
            f"There are {len(images)} images, but the labels have shape {labels.shape}.",
            "Give one label for each image.",
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
    if len(every) and not (every.min() >= 0 and every.max() < len(images)):
        raise DataError(
            f"A split has row {every.max()}, but there are {len(images)} images.",
            f"Rows are counted from 0 to {len(images) - 1}.",
        )
    if len(np.unique(every)) != len(every):
        raise DataError(
            "A row is in two splits, or twice in one.",
            "Put each row into one split only: a picture that was trained on is no test.",
        )


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Labelled pictures with fixed splits.

    Attributes
    ----------
    name : str
        For example ``"three-styles/noto"``.
    images : uint8 array (N, height, width, 3)
        RGB, 0 to 255.
    labels : int64 array (N,)
        Positions in ``class_names``.
    class_names : tuple of str
    splits : dict
        ``"train"``, ``"val"`` and ``"test"``: int64 arrays of rows, without overlap. Choose (learning rates,
        when to stop) on ``val``; look at ``test`` once, at the end.
    licence, source : str
        What you may do with the pictures, and where they come from.
    ids : tuple of str
        One name for each picture.

    Examples
    --------
    >>> from tlcourse.data import digits
    >>> data = digits()
    >>> data
    Dataset digits: 1797 images 8x8 in 10 classes; train 1078, val 269, test 450
    >>> data.split("train").per_class(5, seed=0)
    Dataset digits: 50 images 8x8 in 10 classes; train 50
    >>> data.images.dtype, data.labels.dtype
    (dtype('uint8'), dtype('int64'))
    """

    name: str
    images: Images
    labels: Indices
    class_names: tuple[str, ...]
    splits: Mapping[str, Indices]
    licence: str
    source: str
    ids: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        labels = np.asarray(self.labels, dtype=np.int64)
        splits = {name: np.asarray(rows, dtype=np.int64) for name, rows in self.splits.items()}
        names = tuple(str(name) for name in self.class_names)
        _check(self.images, labels, names, splits)
        ids = tuple(self.ids) if self.ids else tuple(str(row) for row in range(len(labels)))
        if len(ids) != len(labels):
            raise ShapeError(
                f"There are {len(labels)} images and {len(ids)} ids.", "Give one id for each image."
            )
        for attribute, value in (
            ("labels", labels),
            ("splits", splits),
            ("class_names", names),
            ("ids", ids),
        ):
            object.__setattr__(self, attribute, value)

    def __len__(self) -> int:
        return len(self.labels)

    def __repr__(self) -> str:
        height, width = self.images.shape[1:3]
        parts = ", ".join(f"{name} {len(self.splits[name])}" for name in SPLITS if len(self.splits[name]))
        return (
            f"Dataset {self.name}: {len(self)} image{'s' * (len(self) != 1)} {width}x{height} in "
            f"{len(self.class_names)} class{'es' * (len(self.class_names) != 1)}"
            + (f"; {parts}" if parts else "; no split")
        )

    # -- choosing rows --

    def split(self, name: str) -> Dataset:
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

    def subset(self, indices: npt.ArrayLike) -> Dataset:
        """The given rows, in the given order; each row stays in the split it was in.

        Parameters
        ----------
        indices : int array (K,) or bool array (N,)
            Rows, without repetition; or a mask.

        Raises
        ------
        DataError
            When a row is out of range or repeated.
        """
        rows = np.asarray(indices)
        if rows.dtype == bool:
            if rows.shape != (len(self),):
                raise ShapeError(
                    f"The mask has shape {rows.shape}, the data set {len(self)} images.",
                    "Give one True or False for each image.",
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
                "Ask for each row once; to repeat pictures in training, make more epochs.",
            )
        member = np.full(len(self), -1)
        for number, split in enumerate(SPLITS):
            member[self.splits[split]] = number
        return self._with(
            images=self.images[rows],
            labels=self.labels[rows],
            ids=tuple(self.ids[row] for row in rows),
            splits={split: np.flatnonzero(member[rows] == number) for number, split in enumerate(SPLITS)},
        )

    def per_class(self, n: int, seed: int) -> Dataset:
        """``n`` rows of each class, drawn without replacement.

        The draws are nested: with one seed, the 5 of ``per_class(5, seed)`` are among the 10 of
        ``per_class(10, seed)``, so a learning curve adds pictures and never swaps them. The rows come in
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

        Examples
        --------
        >>> from tlcourse.data import digits
        >>> small = digits().split("train").per_class(3, seed=1)
        >>> set(small.counts().values())
        {3}
        """
        if n < 1:
            raise DataError(f"{n} rows of each class were asked for.", "Ask for 1 or more.")
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

    def select(self, class_names: Iterable[str]) -> Dataset:
        """Only some classes, numbered in the order given.

        Parameters
        ----------
        class_names : iterable of str
            Two or more classes of this data set.

        Raises
        ------
        UnknownNameError
            For a class that is not there.

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
        kept = self.subset(new_label[self.labels] >= 0)
        return kept._with(labels=new_label[kept.labels], class_names=wanted)

    def counts(self) -> dict[str, int]:
        """How many images each class has.

        Examples
        --------
        >>> from tlcourse.data import digits
        >>> digits().counts()["0"]
        178
        """
        numbers = np.bincount(self.labels, minlength=len(self.class_names))
        return {name: int(number) for name, number in zip(self.class_names, numbers, strict=True)}

    # -- pictures --

    def resized(self, size: int | tuple[int, int]) -> Dataset:
        """All pictures at another size, bilinear with antialiasing (Pillow).

        Parameters
        ----------
        size : int or (height, width)
            In pixels. Pictures are stretched where the shape differs.

        Examples
        --------
        >>> from tlcourse.data import digits
        >>> digits().split("val").resized(32).images.shape
        (269, 32, 32, 3)
        """
        from PIL import Image

        height, width = (size, size) if isinstance(size, int) else size
        if height < 1 or width < 1:
            raise ShapeError(
                f"Pictures cannot have the size {width}x{height}.", "Give a size of 1 pixel or more."
            )
        if (height, width) == self.images.shape[1:3]:
            return self
        images = np.empty((len(self), height, width, 3), np.uint8)
        for row, picture in enumerate(self.images):
            # Pillow widens the bilinear filter when it shrinks a picture, which is what antialiasing means.
            image = Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR)
            images[row] = np.asarray(image)
        return self._with(images=images)

    # -- views for the frameworks --

    def torch_loader(
        self, batch_size: int, shuffle: bool = False, seed: int = 0, transform: Transform | None = None
    ) -> torch.utils.data.DataLoader:
        """A PyTorch ``DataLoader`` over all rows; see `tlcourse.data.views_torch.loader`.

        Gives ``(images, labels)``: images (B, 3, height, width), uint8 or what ``transform`` made; labels
        int64 (B,). The same examples in the same order as `tf_dataset` gives with the same arguments.
        """
        from tlcourse.data.views_torch import loader

        return loader(self, batch_size, shuffle, seed, transform)

    def tf_dataset(
        self, batch_size: int, shuffle: bool = False, seed: int = 0, transform: Transform | None = None
    ) -> tf.data.Dataset:
        """A ``tf.data.Dataset`` over all rows; see `tlcourse.data.views_keras.dataset`.

        Gives ``(images, labels)``: images (B, height, width, 3), uint8 or what ``transform`` made; labels
        int64 (B,). The same examples in the same order as `torch_loader` gives with the same arguments.
        """
        from tlcourse.data.views_keras import dataset

        return dataset(self, batch_size, shuffle, seed, transform)

    def _with(self, **changes: Any) -> Dataset:
        from dataclasses import replace

        return replace(self, **changes)
