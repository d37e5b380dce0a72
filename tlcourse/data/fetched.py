"""The loaders of the data sets that `fetch` downloads."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.data.dataset import Dataset
from tlcourse.data.decoding import decode
from tlcourse.data.download import located
from tlcourse.data.packaged import stratified
from tlcourse.data.resizing import central_square
from tlcourse.errors import DataError

__all__ = ["cats_and_dogs", "oxford_pets"]

SEED = 37
PARTS = ("trainval", "test")


def oxford_pets(size: int = 128, per_class: int = 40) -> Dataset:
    """Oxford-IIIT Pet: photographs of 37 breeds of cats and dogs. Needs `fetch` first.

    Parkhi, Vedaldi, Zisserman and Jawahar 2012, "Cats and Dogs", CVPR. Test images are from the published
    test set; training and validation share the published ``trainval`` set, 8 to 2.

    Parameters
    ----------
    size : int
        Images are cut to the square in their middle, ``size`` pixels wide.
    per_class : int
        The most images of each breed from ``trainval``, and from the test set; each has about 100 (361 MB in
        all at 128 px).

    Raises
    ------
    DataError
        When the archives are not on this machine (the message says how to get them), or damaged.
    """
    archives = located("oxford-pets")
    images_path = next(path for path in archives if path.name.startswith("images"))
    annotations_path = next(path for path in archives if path.name.startswith("annotations"))
    chosen, names = _chosen_pets(annotations_path, per_class)
    images = _read_pets(images_path, chosen, size)
    stems = sorted(chosen)
    labels = np.array([chosen[stem][0] for stem in stems], dtype=np.int64)
    is_test = np.array([chosen[stem][1] == "test" for stem in stems])
    rest = np.flatnonzero(~is_test)
    inner = stratified(labels[rest], val=0.2, test=0.0, seed=SEED)
    return Dataset(
        name="oxford-pets",
        images=np.stack([images[stem] for stem in stems]),
        labels=labels,
        class_names=tuple(names[label] for label in sorted(names)),
        splits={"train": rest[inner["train"]], "val": rest[inner["val"]], "test": np.flatnonzero(is_test)},
        licence="CC-BY-SA-4.0",
        source="Oxford-IIIT Pet, www.robots.ox.ac.uk/~vgg/data/pets",
        ids=tuple(stems),
    )


def _chosen_pets(path: Path, per_class: int) -> tuple[dict[str, tuple[int, str]], dict[int, str]]:
    """From the annotations: label and part of each image to read, by its name; and the breeds' names."""
    with tarfile.open(path) as archive:
        lists = {part: _member(archive, f"annotations/{part}.txt", path) for part in PARTS}
    chosen: dict[str, tuple[int, str]] = {}
    names: dict[int, str] = {}
    for number, (part, text) in enumerate(lists.items()):
        by_label: dict[int, list[str]] = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                stem, number_of_class = line.split()[:2]
                label = int(number_of_class) - 1
                by_label.setdefault(label, []).append(stem)
                names.setdefault(label, stem.rsplit("_", 1)[0].replace("_", " "))
        for label, stems in sorted(by_label.items()):
            order = np.random.default_rng([SEED, number, label]).permutation(len(stems))
            chosen |= {stems[position]: (label, part) for position in order[:per_class]}
    return chosen, names


def _read_pets(path: Path, wanted: Collection[str], size: int) -> dict[str, npt.NDArray[np.uint8]]:
    """The wanted images of the archive, by their names, each cut to a square."""
    from tqdm.auto import tqdm

    images: dict[str, npt.NDArray[np.uint8]] = {}
    # A compressed tar can only be read from front to back.
    with tarfile.open(path) as archive, tqdm(total=len(wanted), desc="reading", unit="image") as bar:
        for member in archive:
            file = Path(member.name)
            if file.stem in wanted and file.suffix == ".jpg" and not file.name.startswith("."):
                stream = archive.extractfile(member)
                assert stream is not None
                images[file.stem] = central_square(decode(stream.read(), member.name), size)
                bar.update()
    missing = sorted(set(wanted) - set(images))
    if missing:
        raise DataError(
            f"{path} lacks {len(missing)} images of the annotations, first {missing[0]}.jpg.",
            "Run `tlcourse fetch oxford-pets` again.",
        )
    return images


def cats_and_dogs(size: int = 128, per_class: int = 500) -> Dataset:
    """Photographs of cats and dogs (Asirra). Needs `fetch` first.

    Elson, Douceur, Howell and Saul 2007, "Asirra: A CAPTCHA that Exploits Interest-Aligned Manual Image
    Categorization", CCS. No published split: 60 % training, 15 % validation, 25 % testing, by seed. Some
    images of the archive are known to be damaged; they are left out and counted in a warning.

    Parameters
    ----------
    size : int
        Images are cut to the square in their middle, ``size`` pixels wide.
    per_class : int
        Images of each class, up to about 12,000.

    Raises
    ------
    DataError
        When the archive is not on this machine (the message says how to get it), or has too few images.
    """
    (path,) = located("cats-and-dogs")
    images: dict[str, npt.NDArray[np.uint8]] = {}
    labels: list[int] = []
    damaged: list[str] = []
    from tqdm.auto import tqdm

    with zipfile.ZipFile(path) as archive, tqdm(total=2 * per_class, desc="reading", unit="image") as bar:
        for label, kind in enumerate(("Cat", "Dog")):
            of_class, broken = _read_pet_kind(archive, kind, label, per_class, size, bar.update)
            if len(of_class) < per_class:
                raise DataError(
                    f"{per_class} per class were asked for; {path} has {len(of_class)} of {kind}.",
                    f"Ask for {len(of_class)} or fewer.",
                )
            images |= of_class
            labels += [label] * len(of_class)
            damaged += broken
    if damaged:
        warnings.warn(f"{len(damaged)} damaged images were left out: {', '.join(damaged)}", stacklevel=2)
    classes = np.array(labels, dtype=np.int64)
    return Dataset(
        name="cats-and-dogs",
        images=np.stack(list(images.values())),
        labels=classes,
        class_names=("cat", "dog"),
        splits=stratified(classes, val=0.15, test=0.25, seed=SEED),
        licence="Microsoft's terms for the Kaggle Cats and Dogs data set; for research",
        source="Asirra, www.microsoft.com/en-us/download/details.aspx?id=54765",
        ids=tuple(images),
    )


def _read_pet_kind(
    archive: zipfile.ZipFile, kind: str, label: int, count: int, size: int, after_each: Callable[[], Any]
) -> tuple[dict[str, npt.NDArray[np.uint8]], list[str]]:
    """At most ``count`` images of "Cat" or "Dog", cut to squares, by name; and the names of damaged ones."""
    files = sorted(
        name for name in archive.namelist() if f"/{kind}/" in f"/{name}" and name.lower().endswith(".jpg")
    )
    images: dict[str, npt.NDArray[np.uint8]] = {}
    damaged: list[str] = []
    for position in np.random.default_rng([SEED, label]).permutation(len(files)):
        if len(images) == count:
            break
        name = files[position]
        try:
            image = decode(archive.read(name), name)
        except DataError:
            damaged.append(name)
            continue
        images[name] = central_square(image, size)
        after_each()
    return images, damaged


def _member(archive: tarfile.TarFile, name: str, path: Path) -> str:
    try:
        stream = archive.extractfile(name)
    except KeyError:
        stream = None
    if stream is None:
        raise DataError(f"{path} has no {name}.", "Run `tlcourse fetch oxford-pets` again.")
    return io.TextIOWrapper(stream, encoding="utf-8").read()
