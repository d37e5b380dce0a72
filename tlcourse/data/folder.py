"""`image_folder`: a learner's own images."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.data.dataset import Dataset
from tlcourse.data.decoding import read_image
from tlcourse.data.packaged import stratified
from tlcourse.errors import DataError

__all__ = ["EXTENSIONS", "class_folders", "hidden", "image_folder"]

EXTENSIONS = (".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff")
SPLIT_NAMES = {"train", "training", "val", "valid", "validation", "test", "testing"}
#: What systems leave in folders beside the dotted ones of Jupyter and macOS: copies and previews.
LEFT_BEHIND = {
    "__macosx",
    "__pycache__",
    "@eadir",
    "#recycle",
    "$recycle.bin",
    "system volume information",
    "lost+found",
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
}
LAYOUT = "Make one sub-folder for each class, with its images in it: mine/cat/1.jpg, mine/dog/1.jpg, ..."


def image_folder(
    path: str | Path,
    size: int = 128,
    val: float = 0.15,
    test: float = 0.15,
    seed: int = 0,
    skip_unreadable: bool = False,
) -> Dataset:
    """Your own images: one sub-folder for each class.

    Each image is turned upright, scaled so that its shorter side has ``size`` pixels and cut to the square
    in its middle; `tlcourse.data.read_image` says how its numbers are read. Sub-folders of a class are
    searched too. Files that are not images by their ending are left out, and so is what is hidden or left
    behind by a system, anywhere below the folder: ``.ipynb_checkpoints``, ``__MACOSX``, ``._1.jpg``, ... The
    split is the same in every run with the same files and seed.

    Parameters
    ----------
    path : str or Path
        The folder with the class folders.
    size : int
        Side of the square images, in pixels.
    val, test : float
        Shares of each class for validation and testing (at least one image each); 0 leaves a split empty.
    seed : int
    skip_unreadable : bool
        Leave out images that cannot be read and list them in a warning, instead of stopping at the first.

    Returns
    -------
    Dataset
        Class names are the names of the sub-folders, sorted; ids are paths inside the folder.

    Raises
    ------
    DataError
        When the folder is missing or not a folder, has fewer than two classes, a class has no or too few
        images, or an image cannot be read; the message has its name.
    SettingError
        If the size is not a whole number of at least 1.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from PIL import Image
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> for name, colour in [("red", (200, 0, 0)), ("blue", (0, 0, 200))]:
    ...     (folder / name).mkdir()
    ...     for number in range(5):
    ...         Image.new("RGB", (40, 30), colour).save(folder / name / f"{number}.png")
    >>> data = image_folder(folder, size=16, test=0.2, val=0.2)
    >>> data.class_names, len(data), data.images.shape
    (('blue', 'red'), 10, (10, 16, 16, 3))
    """
    size = whole("The images' size", size, 1)
    if not (0 <= val < 1 and 0 <= test < 1 and val + test < 1):
        raise DataError(
            f"The shares val={val} and test={test} leave nothing to train on, or are not shares.",
            "Give numbers from 0 to 1 whose sum is less than 1, for example val=0.15, test=0.15.",
        )
    root = Path(path).expanduser()
    classes = _classes(root)
    images: list[npt.NDArray[np.uint8]] = []
    labels: list[int] = []
    ids: list[str] = []
    unreadable: list[str] = []
    for label, (name, files) in enumerate(classes.items()):
        of_class, broken = _read_class(root, files, size, skip_unreadable)
        _check_count(name, root, len(of_class), val, test)
        images += of_class.values()
        labels += [label] * len(of_class)
        ids += of_class
        unreadable += broken
    if unreadable:
        listed = "\n  ".join(unreadable)
        warnings.warn(f"{len(unreadable)} unreadable images were left out:\n  {listed}", stacklevel=2)
    return Dataset(
        name=root.resolve().name or "folder",
        images=np.stack(images),
        labels=np.array(labels, dtype=np.int64),
        class_names=tuple(classes),
        splits=stratified(np.array(labels, dtype=np.int64), val, test, seed),
        licence="yours to know",
        source=str(root),
        ids=tuple(ids),
    )


def _read_class(
    root: Path, files: list[Path], size: int, skip_unreadable: bool
) -> tuple[dict[str, npt.NDArray[np.uint8]], list[str]]:
    """The images of a class by their paths inside the folder, and a line for each that cannot be read."""
    images: dict[str, npt.NDArray[np.uint8]] = {}
    unreadable: list[str] = []
    for file in files:
        inside = file.relative_to(root).as_posix()
        try:
            images[inside] = read_image(file, size)
        except DataError as error:
            if not skip_unreadable:
                raise DataError(
                    error.problem,
                    f"{error.fix} Or leave such images out: image_folder(..., skip_unreadable=True).",
                ) from None
            unreadable.append(f"{inside}: {error.problem}")
    return images, unreadable


def _check_count(name: str, root: Path, count: int, val: float, test: float) -> None:
    needed = 1 + (val > 0) + (test > 0)
    if count < needed:
        raise DataError(
            f"The class {name!r} has {count} readable images in {root / name}, and needs "
            f"{needed}: one for each split.",
            "Add images, or leave a split out with val=0 or test=0.",
        )


def _classes(root: Path) -> dict[str, list[Path]]:
    """The image files of each class folder, sorted, after checking the layout."""
    folders = class_folders(root)
    return {folder.name: _image_files(folder) for folder in folders}


def class_folders(root: Path) -> list[Path]:
    """The sub-folders that are classes, two or more, sorted."""
    if not root.exists():
        nearest = next((parent for parent in root.absolute().parents if parent.exists()), root)
        raise DataError(
            f"The folder {root} does not exist.", f"Check its name; {nearest} does exist. {LAYOUT}"
        )
    if not root.is_dir():
        raise DataError(
            f"{root} is a file, not a folder.", f"Give the folder that holds the classes. {LAYOUT}"
        )
    try:
        entries = [entry for entry in root.iterdir() if not hidden(entry.name)]
    except OSError as error:
        raise DataError(
            f"The folder {root} cannot be read: {error.strerror or error}.", "Check its permissions."
        ) from None
    folders = sorted(entry for entry in entries if entry.is_dir())
    if not folders:
        loose = sum(entry.suffix.lower() in EXTENSIONS for entry in entries)
        content = f"{loose} images but no class folders" if loose else "no class folders"
        raise DataError(f"The folder {root} has {content}.", LAYOUT)
    if {folder.name.lower() for folder in folders} <= SPLIT_NAMES:
        raise DataError(
            f"The sub-folders of {root}, {', '.join(folder.name for folder in folders)}, are not classes.",
            f"Give one of them, for example image_folder({str(folders[0])!r}, val=0.2, test=0.2), "
            "or put all images of a class into one folder.",
        )
    if len(folders) == 1:
        raise DataError(
            f"The folder {root} has one class only, {folders[0].name!r}; a model has nothing to tell apart.",
            "Add a folder for a second class, for example one with images of something else.",
        )
    return folders


def _image_files(folder: Path) -> list[Path]:
    """The image files of a class folder and its sub-folders, one or more, sorted."""
    inside = [
        file
        for file in folder.rglob("*")
        if not any(hidden(part) for part in file.relative_to(folder).parts) and file.is_file()
    ]
    files = sorted(file for file in inside if file.suffix.lower() in EXTENSIONS)
    if not files:
        others = sorted({file.suffix.lower() for file in inside} - {""})
        instead = f" (it has {', '.join(others)} files)" if others else ""
        raise DataError(
            f"The class {folder.name!r} has no images: {folder} has no file ending in "
            f"{', '.join(EXTENSIONS)}{instead}.",
            "Put images into it, or delete the folder if it is not a class.",
        )
    return files


def hidden(name: str) -> bool:
    """Whether a file or folder is hidden, or was left behind by a system."""
    return name.startswith(".") or name.lower() in LEFT_BEHIND
