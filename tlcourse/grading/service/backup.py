"""Back a class up into one file while it runs, and restore it into a new folder."""

from __future__ import annotations

import os
import sqlite3
import tempfile
import zipfile
from pathlib import Path, PurePosixPath

from tlcourse.errors import CourseError
from tlcourse.grading.keeping import private_folder, write_safely, writing
from tlcourse.grading.service.database import Database

__all__ = ["back_up", "restore"]

_DATABASE = "service.db"
_FILES = ("course.toml", "roster.csv", "seed.txt")


def back_up(folder: Path, to: Path) -> None:
    """Write a class into a zip: a state that it really had, even if the service runs meanwhile.

    Parameters
    ----------
    folder : pathlib.Path
        The class's.
    to : pathlib.Path
        A new file, for its owner alone: students' work and the secret seed are in it.

    Raises
    ------
    CourseError
        If the file is there already, lies in the class's folder, or cannot be written.
    """
    if to.exists():
        raise CourseError(f"{to} is there already.", "Give a new name: a backup overwrites nothing.")
    if folder.resolve() in to.resolve().parents:
        raise CourseError(f"{to} lies in the class's folder.", "Put backups on another disk.")
    private_folder(to.parent)
    part = to.with_name(f".{to.name}.part")
    try:
        with (
            tempfile.TemporaryDirectory(dir=to.parent, prefix=".tlcourse-backup-") as scratch,
            writing(to),
            os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            copy = Path(scratch) / _DATABASE
            with Database(folder / _DATABASE).open() as source, _closing(copy) as target:
                source.backup(target)
            archive.write(copy, _DATABASE)
            for name in _FILES:
                if (folder / name).is_file():
                    archive.write(folder / name, name)
            for path in sorted((folder / "chapters").rglob("*")):
                if path.is_file() and not path.is_symlink() and not path.name.startswith("."):
                    archive.write(path, path.relative_to(folder).as_posix())
        os.replace(part, to)
    finally:
        part.unlink(missing_ok=True)


class _closing:
    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path)

    def __enter__(self) -> sqlite3.Connection:
        return self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()


def restore(backup: Path, folder: Path) -> None:
    """Lay a backup out in a new folder, where `tlcourse serve` goes on with it.

    Raises
    ------
    CourseError
        If the folder holds something, or the file is not a backup.
    """
    if folder.exists() and any(folder.iterdir()):
        raise CourseError(f"The folder {folder} is not empty.", "Give a new one: nothing is overwritten.")
    try:
        with zipfile.ZipFile(backup) as archive:
            names = [member.filename for member in archive.infolist() if not member.is_dir()]
            if _DATABASE not in names or any(not _is_ours(name) for name in names):
                raise CourseError(f"{backup} is not a backup of a class.", "Give a file of `class backup`.")
            private_folder(folder)
            folder.chmod(0o700)
            for name in names:
                write_safely(folder / name, archive.read(name))
    except (OSError, zipfile.BadZipFile) as error:
        raise CourseError(f"{backup} cannot be read ({error}).", "Give a file of `class backup`.") from None
    Database(folder / _DATABASE)


def _is_ours(name: str) -> bool:
    parts = PurePosixPath(name).parts
    inside = ".." not in parts and not name.startswith("/") and "\\" not in name
    return inside and (name in (*_FILES, _DATABASE) or parts[0] == "chapters")
