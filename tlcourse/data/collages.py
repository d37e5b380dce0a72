"""Collages: up to four images on one, for tasks with several labels, or a number, for each image."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tlcourse.checks import whole
from tlcourse.data.dataset import Dataset
from tlcourse.errors import DataError, SettingError

__all__ = ["Collages", "collages"]


@dataclass(frozen=True, eq=False)
class Collages:
    """Images of two by two quarters, each empty or with one image of a data set.

    Attributes
    ----------
    images : uint8 array (N, 2 H, 2 W, 3)
    labels : float32 array (N, K)
        1 for each class that is on the image, once or more often.
    counts : int64 array (N,)
        Quarters that are not empty, 1 to 4.
    class_names : tuple of K str
    """

    images: np.ndarray
    labels: np.ndarray
    counts: np.ndarray
    class_names: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.images)

    def __repr__(self) -> str:
        side = self.images.shape[1]
        labels = self.labels.sum(1).mean()
        return f"Collages: {len(self)} images {side}x{side}, {labels:.1f} labels each on average"


def collages(data: Dataset, n: int, *, seed: int, filled: float = 0.6) -> Collages:
    """Draw collages from a data set.

    Parameters
    ----------
    data : Dataset
        One split of it, so that no image is on collages to learn from and to test on.
    n : int
        How many.
    seed : int
    filled : float
        The chance of each quarter to hold an image, above 0, at most 1; one always does.

    Returns
    -------
    Collages
        Empty quarters are white, as the emoji's ground is.

    Raises
    ------
    DataError
        For an empty data set.
    CourseError
        For a number below 1 or a chance outside its range.

    Examples
    --------
    >>> from tlcourse.data import digits
    >>> made = collages(digits().split("val"), 3, seed=0)
    >>> made.images.shape, made.labels.shape, made.counts.tolist()
    ((3, 16, 16, 3), (3, 10), [3, 2, 2])
    """
    if not len(data):
        raise DataError(
            "The data set is empty.", "Give a split that has images, such as data.split('train')."
        )
    n = whole("n", n, 1)
    if not 0 < filled <= 1:
        raise SettingError(f"filled is {filled!r}.", "Give a probability above 0, at most 1.")
    rng = np.random.default_rng([seed, 4])
    high, wide = data.images.shape[1:3]
    images = np.full((n, 2 * high, 2 * wide, 3), 255, np.uint8)
    labels = np.zeros((n, len(data.class_names)), np.float32)
    occupied = rng.random((n, 4)) < filled
    occupied[np.arange(n), rng.integers(0, 4, n)] = True
    rows = rng.integers(0, len(data), (n, 4))
    for i in range(n):
        for quarter in np.flatnonzero(occupied[i]):
            y, x = divmod(int(quarter), 2)
            image = data.images[rows[i, quarter]]
            images[i, y * high : (y + 1) * high, x * wide : (x + 1) * wide] = image
            labels[i, data.labels[rows[i, quarter]]] = 1
    return Collages(images, labels, occupied.sum(1).astype(np.int64), data.class_names)
