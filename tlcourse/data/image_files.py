"""`as_folder`: a data set as people have it, a folder of image files."""

from __future__ import annotations

import csv
import hashlib
import io
import os
import re
import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from tlcourse.data.dataset import Dataset
from tlcourse.data.rows import SPLITS
from tlcourse.errors import DataError

__all__ = ["as_folder"]

CREDITS = "credits.csv"
COLUMNS = ("file", "class", "id", "author", "licence", "source", "pixels")
#: What no file or folder may be called on some systems.
RESERVED = re.compile(r'[<>:"/\\|?*\x00-\x1f]|[ .]+$')


def as_folder(data: str | Dataset, folder: str | Path, splits: bool = True) -> Path:
    """Write a data set as a folder of image files, a folder for each class.

    The layout that ``torchvision.datasets.ImageFolder``, ``keras.utils.image_dataset_from_directory`` and
    `image_folder` read::

        my_images/credits.csv
        my_images/train/bird/0000-adelaide-rosella.png
        my_images/train/flower/0036-anemone-red.png
        my_images/val/...
        my_images/test/...

    The files are PNG, so no pixel changes; a file's number is its row. ``credits.csv`` has a line for each
    image, with its author, licence and source. All readers number the classes by the alphabet, which may be
    another order than ``data.class_names`` has. A folder that was written already is left as it is, so a
    notebook can be run again.

    Parameters
    ----------
    data : str or Dataset
        One of `names`, or a data set of images, for example one that was resized.
    folder : str or Path
        It must not exist, or be empty, or hold the same data set from an earlier call.
    splits : bool
        Whether there are folders ``train``, ``val`` and ``test`` with the classes in them. False: only the
        classes, and rows of no split are written as well.

    Returns
    -------
    Path
        The folder.

    Raises
    ------
    DataError
        When the folder holds anything else, is a file or cannot be written; when the data set is empty, has
        no images in one class of a split, or classes whose names are one on some systems.
    UnknownNameError
        For an unknown name.

    Examples
    --------
    >>> from tlcourse.data import digits
    >>> where = as_folder(digits().split("val").resized(16), Path(tempfile.mkdtemp()) / "digits")
    >>> sorted(entry.name for entry in where.iterdir())
    ['credits.csv', 'val']
    >>> len(list(where.glob("val/7/*.png")))
    27
    """
    data = _dataset(data)
    root = Path(folder).expanduser()
    files = _names(data, splits)
    credits = _credits(data, files)
    if _is_there(root, files, credits):
        return root
    try:
        root.parent.mkdir(parents=True, exist_ok=True)
        # Whole or not at all: a folder that is half written would be read as one with fewer images.
        made = Path(tempfile.mkdtemp(dir=root.parent, prefix=f".{root.name[:60]}."))
        try:
            made.chmod(0o755)
            _write(made, data, files, credits)
            if root.exists():
                root.rmdir()
            os.replace(made, root)
        except BaseException:
            shutil.rmtree(made, ignore_errors=True)
            raise
    except OSError as error:
        raise DataError(
            f"The folder {root} cannot be written: {error.strerror or error}.",
            "Give another folder, or make room or permission for this one.",
        ) from None
    return root


def _dataset(data: str | Dataset) -> Dataset:
    """The data set itself, checked."""
    if isinstance(data, str):
        from tlcourse.data import load

        data = load(data)
    if not isinstance(data, Dataset):
        raise DataError(
            f"as_folder got {type(data).__name__}, not a data set of images.",
            'Give a name, as_folder("photos", "my_images"), or a Dataset.',
        )
    if not len(data):
        raise DataError(f"The data set {data.name} is empty.", "Give one with images.")
    return data


def _names(data: Dataset, splits: bool) -> dict[int, str]:
    """The file of each row, as a path inside the folder."""
    classes = [RESERVED.sub("_", name) or "_" for name in data.class_names]
    twice = [name for name, count in Counter(name.lower() for name in classes).items() if count > 1]
    if twice:
        same = [
            name for name, safe in zip(data.class_names, classes, strict=True) if safe.lower() == twice[0]
        ]
        raise DataError(
            f"The classes {' and '.join(map(repr, same))} of {data.name} would be one folder.",
            "Name them differently: dataclasses.replace(data, class_names=...).",
        )
    digits = len(str(len(data) - 1))

    def file(row: int) -> str:
        slug = re.sub(r"[^a-z0-9]+", "-", data.ids[row].lower())[:60].strip("-")
        return f"{classes[data.labels[row]]}/{row:0{digits}d}{'-' if slug else ''}{slug}.png"

    if not splits:
        _each_class_has_some(data, range(len(data)), "")
        return {row: file(row) for row in range(len(data))}
    made: dict[int, str] = {}
    for split in SPLITS:
        rows = data.splits[split].tolist()
        if rows:
            _each_class_has_some(data, rows, f" in the split {split!r}")
            made |= {row: f"{split}/{file(row)}" for row in rows}
    if not made:
        raise DataError(f"No image of {data.name} is in a split.", "Write it with splits=False.")
    return made


def _each_class_has_some(data: Dataset, rows: range | list[int], where: str) -> None:
    """Readers number the folders that they find: a class without one would shift all labels after it."""
    there = {int(data.labels[row]) for row in rows}
    missing = [name for label, name in enumerate(data.class_names) if label not in there]
    if missing:
        raise DataError(
            f"The class {missing[0]!r} of {data.name} has no image{where}, so its folder would be missing "
            "and other classes would get its number.",
            "Leave the class out with select(), or write the data set with splits=False.",
        )


def _credits(data: Dataset, files: dict[int, str]) -> str:
    """The text of the file of credits: a line for each image."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(COLUMNS)
    authors, licences = getattr(data, "authors", ()), getattr(data, "licences", ())
    for row, file in files.items():
        table.writerow(
            (
                file,
                data.class_names[data.labels[row]],
                data.ids[row],
                authors[row] if authors else "see source",
                licences[row] if licences else data.licence,
                data.source,
                hashlib.sha256(data.images[row].tobytes()).hexdigest()[:16],
            )
        )
    return out.getvalue()


def _is_there(root: Path, files: dict[int, str], credits: str) -> bool:
    """Whether the folder has all of this already; raises DataError where it holds anything else."""
    if root.is_symlink() or (root.exists() and not root.is_dir()):
        raise DataError(f"{root} is a file or a link, not a folder.", "Give the name of a new folder.")
    if not root.exists():
        return False
    try:
        held = set(_held(root))
        if not held:
            return False
        known = {CREDITS, *files.values()}
        same = CREDITS in held and (root / CREDITS).read_text(encoding="utf-8") == credits
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"The folder {root} cannot be read: {error}.", "Give another folder.") from None
    if same and held == known:
        return True
    other = sorted(held - known) or sorted(known - held)
    how = (
        f"holds other things, for example {other[0]}"
        if held - known
        else f"was written before and has lost {other[0]}"
        if other
        else "holds another data set, or other images of this one"
    )
    raise DataError(
        f"The folder {root} {how}. Nothing was written.",
        "Give another folder; or look into this one, and delete it yourself if nothing in it is yours.",
    )


def _held(root: Path) -> Iterator[str]:
    """All files below a folder, and the empty folders, as paths inside it."""
    for entry in root.rglob("*"):
        if not entry.is_dir() or entry.is_symlink() or not any(entry.iterdir()):
            yield entry.relative_to(root).as_posix()


def _write(root: Path, data: Dataset, files: dict[int, str], credits: str) -> None:
    from PIL import Image

    for row, file in files.items():
        path = root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(data.images[row]).save(path, "PNG")
    (root / CREDITS).write_text(credits, encoding="utf-8", newline="")
