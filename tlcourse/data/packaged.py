"""Data sets that are inside packages which the course depends on: textile, digits, photographs."""

from __future__ import annotations

import gzip
import io
from pathlib import PurePosixPath

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.data.dataset import Dataset
from tlcourse.data.decoding import decode
from tlcourse.data.files import package_files, read_package_file
from tlcourse.data.resizing import resize_for_storage
from tlcourse.errors import DataError

__all__ = ["digits", "photographs", "textile"]

TEXTILE_PACKAGE = "conformal-clip-data"
TEXTILE_FOLDER = "conformal_clip_data/data/textile_images/simulated"
TEXTILE_CLASSES = ("nominal", "local", "global")
TEXTILE_SEED = 11
DIGITS_PACKAGE = "scikit-learn"
DIGITS_FILE = "sklearn/datasets/data/digits.csv.gz"

# our name -> file in skimage/data. The images in the wheel itself; scikit-image downloads its others.
PHOTOGRAPHS = {
    "cat": "chelsea.png",
    "coffee": "coffee.png",
    "rocket": "rocket.jpg",
    "astronaut": "astronaut.png",
    "motorcycle": "motorcycle_left.png",
    "cameraman": "camera.png",
    "coins": "coins.png",
    "moon": "moon.png",
    "galaxies": "hubble_deep_field.jpg",
    "retina": "retina.jpg",
    "brick": "brick.png",
    "grass": "grass.png",
    "gravel": "gravel.png",
}


def textile(size: int = 160, per_class: int = 200) -> Dataset:
    """Textile inspection: simulated images of cloth, without a fault or with one.

    The images are simulated, not photographed. Three classes: ``nominal`` (no fault), ``local`` (a fault in
    one place) and ``global`` (the weave itself has shifted). Hard, because the classes differ in fine texture
    only. From the package conformal-clip-data (Megahed and Chen 2025), which has 1000 nominal, 500 local and
    500 global images of 250x250.

    Parameters
    ----------
    size : int
        Images are made ``size`` x ``size`` (bilinear, antialiased); 250 leaves them as they are. 160 px
        need 77 kB an image.
    per_class : int
        How many of each class, 1 to 500: the first in a fixed shuffled order. Of every 20, 10 are for
        training, 3 for validation and 7 for testing, whatever the number; so each image keeps its split.

    Raises
    ------
    DataError
        When the package is missing or a file damaged, or ``per_class`` is too large.
    SettingError
        If the size is not a whole number of at least 1.

    Examples
    --------
    >>> textile(size=64, per_class=20)
    Dataset textile: 60 images 64x64 in 3 classes; train 30, val 9, test 21
    """
    size = whole("The images' size", size, 1)
    files = package_files(TEXTILE_PACKAGE, TEXTILE_FOLDER)
    images: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    ids: list[str] = []
    splits: dict[str, list[int]] = {"train": [], "val": [], "test": []}
    for label, name in enumerate(TEXTILE_CLASSES):
        members = [
            file for file in files if file.startswith(f"{TEXTILE_FOLDER}/{name}/") and file.endswith(".jpg")
        ]
        if not 1 <= per_class <= min(len(members), 500):
            raise DataError(
                f"{per_class} images of each class were asked for; the class {name!r} has {len(members)}.",
                "Ask for 1 to 500, which every class has.",
            )
        order = np.random.default_rng([TEXTILE_SEED, label]).permutation(len(members))
        for position, number in enumerate(order[:per_class]):
            # A pattern, not a permutation of its own: any number of images has its share of each split.
            place = position % 20
            split = (
                "val" if place in (3, 9, 15) else "test" if place in (1, 5, 7, 11, 13, 17, 19) else "train"
            )
            splits[split].append(len(images))
            image = decode(read_package_file(TEXTILE_PACKAGE, members[number]), members[number])
            images.append(resize_for_storage(image, size, size))
            labels.append(label)
            ids.append(f"{name}/{PurePosixPath(members[number]).name}")
    return Dataset(
        name="textile",
        images=np.stack(images),
        labels=np.array(labels, dtype=np.int64),
        class_names=TEXTILE_CLASSES,
        splits={split: np.array(rows, dtype=np.int64) for split, rows in splits.items()},
        licence="MIT",
        source="conformal-clip-data by F. M. Megahed and Y.-J. Chen; simulated images, not photographs",
        ids=tuple(ids),
    )


def digits() -> Dataset:
    """Scikit-learn's handwritten digits: 1797 grey images of 8x8, as RGB.

    The values 0 to 16 of the original are scaled to 0 to 255. A fixed stratified split: 60 % for training, 15
    % for validation, 25 % for testing. From the test set of "Optical Recognition of Handwritten Digits", UCI
    Machine Learning Repository (Alpaydin and Kaynak 1998).

    Raises
    ------
    DataError
        When scikit-learn is missing or its file damaged.

    Examples
    --------
    >>> digits()
    Dataset digits: 1797 images 8x8 in 10 classes; train 1078, val 269, test 450
    """
    # Read directly: importing scikit-learn for one small table takes more than a second.
    packed = read_package_file(DIGITS_PACKAGE, DIGITS_FILE)
    table = np.loadtxt(io.StringIO(gzip.decompress(packed).decode("ascii")), delimiter=",", dtype=np.int64)
    grey = np.round(table[:, :64].reshape(-1, 8, 8) * (255 / 16)).astype(np.uint8)
    return Dataset(
        name="digits",
        images=np.repeat(grey[..., None], 3, axis=-1),
        labels=table[:, 64],
        class_names=tuple(str(digit) for digit in range(10)),
        splits=stratified(table[:, 64], val=0.15, test=0.25, seed=0),
        licence="CC-BY-4.0",
        source="Optical Recognition of Handwritten Digits (UCI), as scikit-learn carries it",
    )


def photographs() -> dict[str, npt.NDArray[np.uint8]]:
    """Photographs that are inside the installed scikit-image, nothing downloaded.

    Returns
    -------
    dict of str to uint8 array (height, width, 3)
        ``cat``, ``coffee``, ``rocket``, ``astronaut``, ``motorcycle`` and ``retina`` in colour, ``galaxies``
        too; ``cameraman``, ``coins``, ``moon``, ``brick``, ``grass`` and ``gravel`` are grey, as RGB. Sizes
        differ. The sources are in scikit-image's ``skimage/data/README.txt``; most are in the public domain.

    Raises
    ------
    DataError
        When scikit-image is missing or a file damaged.

    Examples
    --------
    >>> images = photographs()
    >>> images["cat"].shape, images["cat"].dtype
    ((300, 451, 3), dtype('uint8'))
    """
    return {
        name: decode(read_package_file("scikit-image", f"skimage/data/{file}"), file)
        for name, file in PHOTOGRAPHS.items()
    }


def stratified(
    labels: npt.NDArray[np.int64], val: float, test: float, seed: int
) -> dict[str, npt.NDArray[np.int64]]:
    """Fixed splits with the same share of each class, at least one row of each class in each split asked for.

    Parameters
    ----------
    labels : int64 array (N,)
    val, test : float
        Shares, 0 to 1, together less than 1; 0 leaves a split empty.
    seed : int

    Returns
    -------
    dict of str to int64 array
        ``train``, ``val``, ``test``: rows, sorted.

    Examples
    --------
    >>> splits = stratified(np.repeat([0, 1], 10), val=0.2, test=0.3, seed=0)
    >>> {name: len(rows) for name, rows in splits.items()}
    {'train': 10, 'val': 4, 'test': 6}
    """
    splits: dict[str, list[int]] = {"train": [], "val": [], "test": []}
    for label in np.unique(labels):
        rows = np.random.default_rng([seed, int(label)]).permutation(np.flatnonzero(labels == label))
        sizes = [max(1, round(share * len(rows))) if share > 0 else 0 for share in (val, test)]
        splits["val"] += rows[: sizes[0]].tolist()
        splits["test"] += rows[sizes[0] : sum(sizes)].tolist()
        splits["train"] += rows[sum(sizes) :].tolist()
    return {name: np.sort(np.array(rows, dtype=np.int64)) for name, rows in splits.items()}
