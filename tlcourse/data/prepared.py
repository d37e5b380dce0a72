"""An array that takes seconds to make, kept in the course's cache for the next process."""

from __future__ import annotations

import contextlib
import hashlib
import io
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tlcourse.files import cache_folder, write_whole

__all__ = ["LIMIT", "place", "prepared"]

LIMIT = 80_000_000
"""Larger arrays, in bytes, are made each time."""


def place() -> Path:
    """The folder in which arrays are kept."""
    return cache_folder() / "prepared"


def prepared(name: str, made_from: str, make: Callable[[], npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    """``make()``, or what it gave before: in this process or another, from the same.

    Where the cache cannot be written, or holds something else than it should, the array is made again.

    Parameters
    ----------
    name : str
        The beginning of the file's name.
    made_from : str
        All that the array depends on, as text: a change of it makes another file.
    make : callable
        Gives the array.
    """
    path = place() / f"{name}-{hashlib.sha256(made_from.encode()).hexdigest()[:12]}.npz"
    # The archive has a checksum, so half a file or a changed one is not taken for the whole.
    with contextlib.suppress(OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        with np.load(path, allow_pickle=False) as kept:
            return np.asarray(kept["array"], np.uint8)
    array = make()
    if array.nbytes <= LIMIT:
        file = io.BytesIO()
        np.savez(file, array=array)
        with contextlib.suppress(OSError):
            write_whole(path, file.getvalue())
    return array
