"""The loaders of the data sets that `fetch` downloads."""

from __future__ import annotations

import io
import tarfile
import warnings
import zipfile
from pathlib import Path

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
        At most so many of each breed from ``trainval``, and from the test set; each has about 100 (361 MB in
        all at 128 px).

    Raises
    ------
    DataError
        When the archives are not on this machine (the message says how to get them), or damaged.
    """
    archives = located("oxford-pets")
    images_path = next(path for path in archives if path.name.startswith("images"))
    annotations_path = next(path for path in archives if path.name.startswith("annotations"))
    with tarfile.open(annotations_path) as archive:
        lists = {part: _member(archive, f"annotations/{part}.txt", annotations_path) for part in PARTS}
    chosen: dict[str, tuple[int, str]] = {}
    names: dict[int, str] = {}
    for number, (part, text) in enumerate(lists.items()):
        by_label: dict[int, list[str]] = {}
        for line in text.splitlines():
            if line and not line.startswith("#"):
                stem, number_of_class = line.split()[:2]
                by_label.setdefault(int(number_of_class) - 1, []).append(stem)
                names.setdefault(int(number_of_class) - 1, stem.rsplit("_", 1)[0].replace("_", " "))
        for label, stems in sorted(by_label.items()):
            order = np.random.default_rng([SEED, number, label]).permutation(len(stems))
            for position in order[:per_class]:
                chosen[stems[position]] = (label, part)
    images: dict[str, npt.NDArray[np.uint8]] = {}
    from tqdm.auto import tqdm

    # A compressed tar can only be read from front to back.
    with tarfile.open(images_path) as archive, tqdm(total=len(chosen), desc="reading", unit="image") as bar:
        for member in archive:
            stem = Path(member.name).stem
            if stem in chosen and member.name.endswith(".jpg") and not Path(member.name).name.startswith("."):
                stream = archive.extractfile(member)
                assert stream is not None
                images[stem] = central_square(decode(stream.read(), member.name), size)
                bar.update()
    missing = sorted(set(chosen) - set(images))
    if missing:
        raise DataError(
            f"{images_path} lacks {len(missing)} images of the annotations, first {missing[0]}.jpg.",
            "Run `tlcourse fetch oxford-pets` again.",
        )
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
    images: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    ids: list[str] = []
    skipped: list[str] = []
    from tqdm.auto import tqdm

    with zipfile.ZipFile(path) as archive, tqdm(total=2 * per_class, desc="reading", unit="image") as bar:
        members = archive.namelist()
        for label, kind in enumerate(("Cat", "Dog")):
            files = sorted(
                name for name in members if f"/{kind}/" in f"/{name}" and name.lower().endswith(".jpg")
            )
            wanted = labels.count(label) + per_class
            for position in np.random.default_rng([SEED, label]).permutation(len(files)):
                if labels.count(label) == wanted:
                    break
                try:
                    image = decode(archive.read(files[position]), files[position])
                except DataError:
                    skipped.append(files[position])
                    continue
                images.append(central_square(image, size))
                labels.append(label)
                ids.append(files[position])
                bar.update()
            if labels.count(label) < wanted:
                raise DataError(
                    f"{per_class} per class were asked for; {path} has {labels.count(label)} of {kind}.",
                    f"Ask for {labels.count(label)} or fewer.",
                )
    if skipped:
        warnings.warn(f"{len(skipped)} damaged images were left out: {', '.join(skipped)}", stacklevel=2)
    classes = np.array(labels, dtype=np.int64)
    return Dataset(
        name="cats-and-dogs",
        images=np.stack(images),
        labels=classes,
        class_names=("cat", "dog"),
        splits=stratified(classes, val=0.15, test=0.25, seed=SEED),
        licence="Microsoft's terms for the Kaggle Cats and Dogs data set; for research",
        source="Asirra, www.microsoft.com/en-us/download/details.aspx?id=54765",
        ids=tuple(ids),
    )


def _member(archive: tarfile.TarFile, name: str, path: Path) -> str:
    try:
        stream = archive.extractfile(name)
    except KeyError:
        stream = None
    if stream is None:
        raise DataError(f"{path} has no {name}.", "Run `tlcourse fetch oxford-pets` again.")
    return io.TextIOWrapper(stream, encoding="utf-8").read()
