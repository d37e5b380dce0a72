"""`Dataset`: one value for every set of images in the course.

All images are in memory as one uint8 array, so the same rows can go to PyTorch, to Keras and to
scikit-learn.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.data.resizing import resize_all_for_storage
from tlcourse.data.rows import Indices, Rows, check_rows
from tlcourse.errors import ShapeError

if TYPE_CHECKING:
    import tensorflow as tf
    import torch.utils.data

__all__ = ["Dataset"]

Images = npt.NDArray[np.uint8]
Transform = Callable[[Images], Any]


def _check(
    images: Images, labels: Indices, class_names: tuple[str, ...], splits: Mapping[str, Indices]
) -> None:
    """Raise ShapeError or DataError where the parts of a data set do not fit each other."""
    if not isinstance(images, np.ndarray) or images.ndim != 4 or images.shape[3] != 3:
        raise ShapeError(
            f"The images have shape {np.shape(images)}, not (N, height, width, 3).",
            "Stack RGB images of one size; np.repeat(grey[..., None], 3, axis=-1) makes a grey one RGB.",
        )
    if images.dtype != np.uint8:
        raise ShapeError(
            f"The images have dtype {images.dtype}, not uint8.",
            "Keep the images as they are on disk, 0 to 255; scaling is the model's preprocessing.",
        )
    check_rows(len(images), "image", labels, class_names, splits)


@dataclass(frozen=True, eq=False, repr=False)
class Dataset(Rows):
    """Labelled images with fixed splits.

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
        What you may do with the images, and where they come from.
    ids : tuple of str
        One name for each image.

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

    thing = "image"
    columns = ("images", "labels", "ids")

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

    def __repr__(self) -> str:
        height, width = self.images.shape[1:3]
        count = f"{len(self)} image{'s' * (len(self) != 1)}"
        return f"Dataset {self.name}: {count} {width}x{height} in {self._sizes()}"

    # -- images --

    def resized(self, size: int | tuple[int, int]) -> Dataset:
        """All images at another size, for storage: bilinear with antialiasing (Pillow).

        `tlcourse.models.preprocess` resizes for a model instead, with a bicubic filter and a central crop;
        see `tlcourse.data.resizing` for why there are two.

        Parameters
        ----------
        size : int or (height, width)
            In pixels. Images are stretched where the proportions differ.

        Returns
        -------
        Dataset
            The same one if its images have that size.

        Raises
        ------
        SettingError
            If a side is not a whole number of at least 1.

        Examples
        --------
        >>> from tlcourse.data import digits
        >>> digits().split("val").resized(32).images.shape
        (269, 32, 32, 3)
        """
        height, width = (size, size) if isinstance(size, int) else size
        height, width = whole("The images' height", height, 1), whole("The images' width", width, 1)
        if (height, width) == self.images.shape[1:3]:
            return self
        return self._with(images=resize_all_for_storage(self.images, height, width))

    # -- views for the frameworks --

    def torch_loader(
        self, batch_size: int, shuffle: bool = False, seed: int = 0, transform: Transform | None = None
    ) -> torch.utils.data.DataLoader:
        """A PyTorch ``DataLoader`` over all rows; see `tlcourse.data.views`.

        Gives ``(images, labels)``: images (B, 3, height, width), uint8 or what ``transform`` made; labels
        int64 (B,). The same examples in the same order as `tf_dataset` gives with the same arguments.
        """
        from tlcourse.data.views._torch import view

        return view(self, batch_size, shuffle, seed, transform)

    def tf_dataset(
        self, batch_size: int, shuffle: bool = False, seed: int = 0, transform: Transform | None = None
    ) -> tf.data.Dataset:
        """A ``tf.data.Dataset`` over all rows; see `tlcourse.data.views`.

        Gives ``(images, labels)``: images (B, height, width, 3), uint8 or what ``transform`` made; labels
        int64 (B,). The same examples in the same order as `torch_loader` gives with the same arguments.
        """
        from tlcourse.data.views._keras import view

        return view(self, batch_size, shuffle, seed, transform)
