"""What gives the course's labelled data: withheld from an answer that is judged on images drawn from them."""

from __future__ import annotations

from pathlib import Path

from tlcourse.data import prepared
from tlcourse.data.brain import PACK as BRAIN_PACK
from tlcourse.data.files import FOLDER, package_file, package_files
from tlcourse.data.packaged import DIGITS_FILE, DIGITS_PACKAGE, TEXTILE_FOLDER, TEXTILE_PACKAGE
from tlcourse.data.solar import FOLDER as SOLAR_FOLDER
from tlcourse.data.solar import PACKAGE as SOLAR_PACKAGE
from tlcourse.errors import DataError

__all__ = ["LOADERS", "places"]

LOADERS = (
    "tlcourse.data.brain.brain_mri",
    "tlcourse.data.bundles.fashion_mnist",
    "tlcourse.data.bundles.three_styles",
    "tlcourse.data.fetched.cats_and_dogs",
    "tlcourse.data.fetched.oxford_pets",
    "tlcourse.data.packaged.digits",
    "tlcourse.data.packaged.textile",
    "tlcourse.data.photos.photos",
    "tlcourse.data.rated.rated_text",
    "tlcourse.data.solar.solar_cells",
    "tlcourse.data.speech.spoken_digits",
    "tlcourse.data.speech.voices",
)
"""The functions that give labelled data, where they are defined."""
_NO_DATA = (".md", ".txt", ".safetensors")  # texts about them, and weights
_IN_PACKAGES = (
    (TEXTILE_PACKAGE, TEXTILE_FOLDER),
    (DIGITS_PACKAGE, DIGITS_FILE),
    (SOLAR_PACKAGE, SOLAR_FOLDER),
)


def places() -> tuple[Path, ...]:
    """The files and folders that hold labelled data on this machine, apart from what was fetched.

    Examples
    --------
    >>> "photos.zip" in {path.name for path in places()}
    True
    """
    bundled = [path for path in sorted(FOLDER.iterdir()) if path.is_file()]
    found = [path for path in bundled if path.suffix not in _NO_DATA]
    for distribution, name in _IN_PACKAGES:
        try:
            found.append(_place(distribution, name))
        except DataError:  # a package that is not installed holds nothing
            continue
    from tlcourse import packs  # here, so that only what reads packs depends on them
    from tlcourse.packs import cached

    kept = (prepared.place(), cached.place(packs.pack(BRAIN_PACK)))
    return (*found, *(place for place in kept if place.exists()))


def _place(distribution: str, name: str) -> Path:
    """A file of a package, or a folder of it."""
    if Path(name).suffix:
        return package_file(distribution, name)
    inside = package_files(distribution, name)[0]
    up = inside.count("/") - name.count("/")
    return package_file(distribution, inside).parents[up - 1]
