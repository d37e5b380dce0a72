"""The instructor's images, read and made alike: nothing of a file is kept but its pixels."""

from __future__ import annotations

import hashlib
import io
import os
import unicodedata
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tlcourse.data.decoding import decode
from tlcourse.data.folder import EXTENSIONS, class_folders, hidden
from tlcourse.data.resizing import central_square, resize_for_storage
from tlcourse.errors import DataError
from tlcourse.grading.words import clean

__all__ = ["LeftOut", "Picture", "Read", "read_pictures"]

SMALLEST = 32
"""Pixels of the shorter side: what is smaller is a thumbnail or an icon."""
LARGEST = 200_000_000
"""Bytes of a file."""
THUMB = 32
"""Pixels a side of the small copy in which near copies are looked for."""
QUALITY = 92
_HEIC = (".heic", ".heif", ".hif")
_HEIC_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_MOVIES = (".mov", ".mp4", ".m4v", ".avi", ".3gp", ".mkv", ".webm")


@dataclass(frozen=True, eq=False)
class Picture:
    """An image of the instructor's, ready to be published.

    Attributes
    ----------
    inside : str
        Its path inside the instructor's folder. Never published.
    label : str
        Its class.
    encoded : bytes
        A JPEG of the square in its middle, without metadata.
    thumb : uint8 array (THUMB, THUMB, 3)
    digest : str
        SHA-256 of the square's pixels before they were encoded.
    facts : mapping of str to str
        What the original file says besides its pixels: "size", "format", "camera".
    """

    inside: str
    label: str
    encoded: bytes
    thumb: npt.NDArray[np.uint8]
    digest: str
    facts: Mapping[str, str]


@dataclass(frozen=True)
class LeftOut:
    """A file of the instructor's that is in no part of the challenge, and why."""

    inside: str
    reason: str


@dataclass
class Read:
    """What was found in the instructor's folder."""

    classes: tuple[str, ...]
    pictures: list[Picture] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)


def read_pictures(folder: Path, size: int, progress: Callable[[int, int], object] | None = None) -> Read:
    """Read a folder with one sub-folder of images for each class.

    Each image is turned upright, cut to the square in its middle, scaled and encoded again, all in the same
    way: proportions, size, format, date, camera and place of the original are gone.

    Parameters
    ----------
    folder : pathlib.Path
    size : int
        Pixels a side of the published images.
    progress : callable, optional
        Called with the number of files that were looked at, and that of all.

    Returns
    -------
    Read
        Images that cannot be used are named in ``left_out``, each with its reason.

    Raises
    ------
    DataError
        If there are no two class folders, if two names are one class, or a name cannot be used in a table.
    """
    folders = _folders(folder)
    read = Read(_class_names(folders))
    files = [
        (label, path)
        for label, of_class in zip(read.classes, folders, strict=True)
        for path in _below(of_class)
    ]
    read.left_out += _loose(folder)
    for number, (label, path) in enumerate(files):
        inside = path.relative_to(folder).as_posix()
        try:
            read.pictures.append(_picture(path, inside, label, size))
        except _Unusable as problem:
            read.left_out.append(LeftOut(clean(inside, 300), str(problem)))
        if progress is not None:
            progress(number + 1, len(files))
    return read


def _folders(folder: Path) -> list[Path]:
    try:
        return class_folders(folder)
    except DataError as error:
        if "image_folder(" not in error.fix:
            raise
        raise DataError(
            error.problem,
            "The border between training and test is drawn here: put all images of a class into one folder.",
        ) from None


class _Unusable(Exception):
    """Why an image is left out: a clause without a full stop."""


def _class_names(folders: list[Path]) -> tuple[str, ...]:
    """The classes, checked: students write these names into a table."""
    names = [unicodedata.normalize("NFC", each.name) for each in folders]
    seen: dict[str, str] = {}
    for name in names:
        if clean(name) != name or name != name.strip() or name[0] in "=+-@|%":
            raise DataError(
                f"The class folder {clean(name)!r} has a name that does not fit into a table.",
                "Rename it: letters, digits, spaces and hyphens, and no = or @ at the beginning.",
            )
        other = seen.setdefault(name.casefold(), name)
        if other != name or names.count(name) > 1:
            raise DataError(
                f"The class folders {other!r} and {name!r} differ only in how they are written.",
                "Put their images into one folder, or rename one of them.",
            )
    return tuple(names)


def _below(folder: Path) -> Iterator[Path]:
    """The files below a class folder, sorted; no linked folder is entered."""
    for where, inner, files in os.walk(folder):
        inner[:] = sorted(name for name in inner if not hidden(name))
        yield from (Path(where, name) for name in sorted(files) if not hidden(name))


def _loose(folder: Path) -> list[LeftOut]:
    """Images beside the class folders belong to no class."""
    return [
        LeftOut(clean(path.name, 300), "it lies in no class folder")
        for path in sorted(folder.iterdir())
        if path.suffix.lower() in (*EXTENSIONS, *_HEIC) and not hidden(path.name) and not path.is_dir()
    ]


def _picture(path: Path, inside: str, label: str, size: int) -> Picture:
    data = _bytes(path)
    try:
        whole = decode(data, inside)
    except DataError as error:
        raise _Unusable(_reason(error.problem, inside)) from None
    if min(whole.shape[:2]) < SMALLEST:
        raise _Unusable(f"it has only {whole.shape[1]} x {whole.shape[0]} pixels")
    square = np.ascontiguousarray(central_square(whole, size))
    return Picture(
        inside,
        label,
        _jpeg(square),
        resize_for_storage(square, THUMB, THUMB),
        hashlib.sha256(square.tobytes()).hexdigest(),
        _facts(data),
    )


def _bytes(path: Path) -> bytes:
    """An image file's bytes, if it is one by its name and its beginning."""
    ending = path.suffix.lower()
    if path.is_symlink():
        raise _Unusable("it is a link")
    if ending in _MOVIES:
        raise _Unusable("it is a film")
    if ending not in (*EXTENSIONS, *_HEIC):
        raise _Unusable("by its name it is not an image")
    try:
        if not path.is_file():
            raise _Unusable("it is not a file")
        if path.stat().st_size > LARGEST:
            raise _Unusable("the file is too large")
        data = path.read_bytes()
    except OSError as error:
        raise _Unusable(f"it cannot be read ({error.strerror})") from None
    if not data:
        raise _Unusable("it is empty (0 bytes)")
    if ending in _HEIC or (data[4:8] == b"ftyp" and data[8:12] in _HEIC_BRANDS):
        raise _Unusable("it is in the phone's format HEIC, which is not read here: export it as JPEG")
    return data


def _reason(problem: str, inside: str) -> str:
    """A DataError's sentence as a clause."""
    text = problem.removeprefix(f"The image {inside} ").rstrip(".")
    return clean(f"it {text}", 300)


def _jpeg(square: npt.NDArray[np.uint8]) -> bytes:
    """The same settings for every image, whatever it was before."""
    from PIL import Image

    out = io.BytesIO()
    Image.fromarray(square).save(out, "JPEG", quality=QUALITY, subsampling=0)
    return out.getvalue()


def _facts(data: bytes) -> dict[str, str]:
    """What the file says about where it comes from; "" where it says nothing."""
    from PIL import Image

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data)) as image:
                exif = image.getexif()
                camera = " ".join(str(exif.get(tag, "")).strip("\0 ") for tag in (0x010F, 0x0110)).strip()
                size = f"{max(image.size)} x {min(image.size)}"
                return {"size": size, "format": str(image.format), "camera": camera}
    except Exception:  # broken metadata raise whatever their parsing stumbles over
        return {}
