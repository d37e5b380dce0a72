"""`near_copies`: which images of a folder, an array or a data set are nearly the same, and belong together.

The measure. Every image becomes a grey copy of 32 x 32 pixels. Two of them are compared twice: by the
correlation of all pixels, and by that of the details alone, what is left without an 8 x 8 version of the
image. Their mean is the *likeness*, at most 1. The first alone is not enough: many different things share a
coarse shape (all heads are bright ovals on black, and correlate by 0.8). The check of the course's written
project (`tlcourse new`) works by the same rule.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tlcourse.data.dataset import Dataset
from tlcourse.data.decoding import read_image
from tlcourse.data.folder import EXTENSIONS, hidden
from tlcourse.data.rows import Indices
from tlcourse.errors import DataError, SettingError

__all__ = ["NearCopies", "near_copies"]

SIDE, COARSE = 32, 8
AT_A_TIME = 512
"""Images that are compared with all others at a time."""
PLAIN = 1.0
"""An image whose grey values deviate less than this from their mean, of 255, shows nothing to compare."""

Small = npt.NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class NearCopies:
    """What `near_copies` found.

    Attributes
    ----------
    names : tuple of str
        Of the N images that could be read: paths inside the folder, a data set's ids, or row numbers.
    groups : int64 array (N,)
        Images that are near copies have one number, also those that a third one links. Numbers are counted
        from 0, by first appearance. This is what a split by groups takes, for example scikit-learn's
        ``StratifiedGroupKFold``.
    pairs : int64 array (P, 2)
        Rows i < j of near copies. Of images that are equal at 32 pixels, only the first is compared with
        others, and the rest are paired with it.
    likeness : float32 array (P,)
        Of each pair, from ``alike`` to 1.
    mirrored : bool array (P,)
        Whether the two are more alike if one of them is mirrored.
    unreadable : tuple of str
        A line for each file that could not be read. They are in none of the arrays.
    alike : float
        The threshold that was used.
    """

    names: tuple[str, ...]
    groups: Indices
    pairs: Indices
    likeness: npt.NDArray[np.float32]
    mirrored: npt.NDArray[np.bool_]
    unreadable: tuple[str, ...]
    alike: float

    def __len__(self) -> int:
        return len(self.names)

    @property
    def with_a_copy(self) -> int:
        """How many images have at least one near copy."""
        return int((np.bincount(self.groups)[self.groups] > 1).sum()) if len(self) else 0

    def __repr__(self) -> str:
        found = f"{len(self)} image{'s' * (len(self) != 1)} in {len(np.unique(self.groups))} groups"
        lost = f"; {len(self.unreadable)} unreadable" if self.unreadable else ""
        return f"NearCopies: {found}; {self.with_a_copy} have a near copy{lost}"


def near_copies(
    images: str | Path | Dataset | npt.NDArray[np.uint8] | Sequence[npt.NDArray[np.uint8]],
    alike: float = 0.88,
    mirrored: bool = True,
    turned: bool = False,
) -> NearCopies:
    """Find near copies: saved again, scaled, made brighter, mirrored.

    Whoever splits images at random puts one copy into training and another into the test, and then measures
    memory. Split by the ``groups`` that come out of this.

    Parameters
    ----------
    images : str, Path, Dataset, uint8 array (N, H, W, 3) or (N, H, W), or a sequence of such images
        A folder is searched through all its sub-folders. Images of a sequence may differ in size.
    alike : float
        Above 0, at most 1: from which likeness on two images are near copies. 1 is only for images that are
        equal at 32 pixels. Copies that were saved again or scaled lie above 0.95, those with another
        contrast around 0.9. Two images of one kind of thing (two brains, two faces from the front) can reach
        0.8. So look at some pairs just above and below the threshold, and at the number of groups on both
        sides: where it hardly changes the threshold hardly matters.
    mirrored : bool
        Also compare with the other image mirrored, left to right.
    turned : bool
        Also with it turned by 90, 180 and 270 degrees (mirrored too if asked for): four times the work.

    Returns
    -------
    NearCopies

    Raises
    ------
    DataError
        When the folder is missing or has no image that can be read, or there is no image at all.
    ShapeError
        If an image has another shape or dtype.
    SettingError
        For ``alike`` outside its range.

    Notes
    -----
    What this cannot see: parts cut out of an image, and images of one patient that differ, such as two
    slices of one head. No measure on pixels replaces knowing who was in the scanner. An image of one colour
    is a copy only of one that is equal at 32 pixels.

    3,000 images need some seconds for comparing, 20,000 some minutes.

    Examples
    --------
    >>> images = np.random.default_rng(0).integers(0, 256, (4, 64, 64, 3), dtype=np.uint8)
    >>> images[3] = images[1, :, ::-1]
    >>> found = near_copies(images)
    >>> found
    NearCopies: 4 images in 3 groups; 2 have a near copy
    >>> found.groups, found.pairs, found.mirrored
    (array([0, 1, 2, 1]), array([[1, 3]]), array([ True]))
    """
    if isinstance(alike, bool) or not isinstance(alike, Real) or not 0 < float(alike) <= 1:
        raise SettingError(f"alike is {alike!r}.", "Give a number above 0 and at most 1, such as 0.88.")
    names: list[str] = []
    small: list[Small] = []
    unreadable: list[str] = []
    for name, image in _each(images):
        if isinstance(image, DataError):
            unreadable.append(f"{name}: {image.problem}")
        else:
            names.append(name)
            small.append(_small(image, name))
    if not small:
        first = f" The first: {unreadable[0]}" if unreadable else ""
        raise DataError(
            f"There is no image to compare; {len(unreadable)} could not be read.{first}",
            f"Give a folder with files ending in {', '.join(EXTENSIONS)}, or an array of images.",
        )
    pairs, likeness, flipped = _pairs(np.stack(small), float(alike), mirrored, turned)
    return NearCopies(
        names=tuple(names),
        groups=_groups(len(small), pairs),
        pairs=pairs,
        likeness=likeness,
        mirrored=flipped,
        unreadable=tuple(unreadable),
        alike=float(alike),
    )


# ------------------------------------------------------------------------------------------ reading


def _each(images: object) -> Iterator[tuple[str, npt.NDArray[np.uint8] | DataError]]:
    """Each image with its name, or why it could not be read."""
    if isinstance(images, Dataset):
        yield from zip(images.ids, images.images, strict=True)
    elif isinstance(images, (str, os.PathLike)):
        yield from _files(Path(images).expanduser())
    elif isinstance(images, Iterable):
        for row, image in enumerate(images):
            yield str(row), np.asarray(image)
    else:
        raise DataError(
            f"near_copies got {type(images).__name__}, not images.",
            "Give a folder, an array of images, a list of them, or a data set.",
        )


def _files(root: Path) -> Iterator[tuple[str, npt.NDArray[np.uint8] | DataError]]:
    if not root.is_dir():
        what = "is a file, not a folder" if root.exists() else "does not exist"
        raise DataError(f"The folder {root} {what}.", "Give the folder that holds the images.")
    for file in sorted(root.rglob("*")):
        inside = file.relative_to(root)
        if file.suffix.lower() not in EXTENSIONS or any(hidden(part) for part in inside.parts):
            continue
        if not file.is_file():
            continue
        try:
            yield inside.as_posix(), read_image(file)
        except DataError as error:
            yield inside.as_posix(), error


def _small(image: npt.NDArray[np.uint8], name: str) -> Small:
    """A grey copy, uint8 (SIDE, SIDE)."""
    from PIL import Image

    from tlcourse.errors import ShapeError

    colours = image.ndim == 3 and image.shape[2] == 3
    if image.dtype != np.uint8 or not (image.ndim == 2 or colours) or 0 in image.shape:
        raise ShapeError(
            f"Image {name} has shape {image.shape} and dtype {image.dtype}.",
            "Give uint8 images (height, width, 3), or (height, width) in grey.",
        )
    grey = Image.fromarray(image).convert("L")
    return np.asarray(grey.resize((SIDE, SIDE), Image.Resampling.BOX))


# ---------------------------------------------------------------------------------------- comparing


def _pairs(
    small: Small, alike: float, mirrored: bool, turned: bool
) -> tuple[Indices, npt.NDArray[np.float32], npt.NDArray[np.bool_]]:
    """All pairs, their likeness, and whether a mirrored comparison gave it."""
    _, first, which = np.unique(small.reshape(len(small), -1), axis=0, return_index=True, return_inverse=True)
    leader = first[which.reshape(-1)]
    repeated = np.flatnonzero(leader != np.arange(len(small)))
    found: dict[tuple[int, int], tuple[float, bool]] = {
        (int(leader[row]), int(row)): (1.0, False) for row in repeated
    }
    rows = np.unique(leader)
    if alike < 1 and len(rows) > 1:
        whole = _vectors(small[rows])
        for view, flipped in _views(small[rows], mirrored, turned):
            theirs = _vectors(view)
            for begin in range(0, len(rows), AT_A_TIME):
                likeness = whole[begin : begin + AT_A_TIME] @ theirs.T
                for i, j in np.argwhere(likeness >= alike).tolist():
                    pair = int(rows[i + begin]), int(rows[j])
                    value = min(float(likeness[i, j]), 1.0)
                    if pair[0] < pair[1] and value > found.get(pair, (0.0, False))[0]:
                        found[pair] = value, flipped
    pairs = sorted(found)
    return (
        np.array(pairs, np.int64).reshape(-1, 2),
        np.array([found[pair][0] for pair in pairs], np.float32),
        np.array([found[pair][1] for pair in pairs], bool),
    )


def _views(small: Small, mirrored: bool, turned: bool) -> Iterator[tuple[Small, bool]]:
    """The images as they are, then turned and mirrored as asked for; and whether they are mirrored."""
    for quarters in range(4 if turned else 1):
        view = np.rot90(small, quarters, axes=(1, 2))
        yield view, False
        if mirrored:
            yield view[:, :, ::-1], True


def _vectors(small: Small) -> npt.NDArray[np.float32]:
    """Rows whose products are the mean of the two correlations: (N, 2 * SIDE * SIDE)."""
    from PIL import Image

    how = Image.Resampling.BICUBIC
    coarse = np.stack(
        [
            np.asarray(Image.fromarray(each).resize((COARSE, COARSE), how).resize((SIDE, SIDE), how))
            for each in np.ascontiguousarray(small)
        ]
    )
    values = small.astype(np.float32)
    return np.concatenate([_unit(values), _unit(values - coarse)], axis=1) / np.sqrt(np.float32(2))


def _unit(values: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Rows without their mean, of length 1; zeros where an image is plain."""
    rows = values.reshape(len(values), -1)
    rows = rows - rows.mean(axis=1, keepdims=True)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    plain = length < PLAIN * np.sqrt(np.float32(rows.shape[1]))
    unit: npt.NDArray[np.float32] = np.where(plain, 0, rows / np.maximum(length, 1)).astype(np.float32)
    return unit


def _groups(count: int, pairs: Indices) -> Indices:
    """A number for each image, the same for all that pairs link, counted by first appearance."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs), bool), (pairs[:, 0], pairs[:, 1])), shape=(count, count))
    _, member = connected_components(links, directed=False)
    _, first, which = np.unique(member, return_index=True, return_inverse=True)
    order = np.empty(len(first), np.int64)
    order[np.argsort(first)] = np.arange(len(first))
    return order[which]
