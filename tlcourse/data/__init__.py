"""Images and texts with labels: what the course brings, what its packages bring, and your own.

Everything here works without a network but `fetch`, which downloads only when you ask for it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from tlcourse.errors import UnknownNameError

# A line for each data set. One of images that needs no argument is loaded by name, too.
from .bundles import STYLES as STYLES
from .bundles import fashion_mnist as fashion_mnist
from .bundles import three_styles as three_styles
from .collages import Collages as Collages
from .collages import collages as collages
from .dataset import Dataset as Dataset
from .decoding import read_image as read_image
from .docstrings import Documented as Documented
from .docstrings import documented as documented
from .download import fetch as fetch
from .fetched import cats_and_dogs as cats_and_dogs
from .fetched import oxford_pets as oxford_pets
from .folder import image_folder as image_folder
from .packaged import digits as digits
from .packaged import photographs as photographs
from .packaged import textile as textile
from .photos import CutOuts as CutOuts
from .photos import photos as photos
from .picture_files import as_folder as as_folder
from .rated import CORPORA as CORPORA
from .rated import rated_text as rated_text
from .rows import SPLITS as SPLITS
from .solar import SolarCells as SolarCells
from .solar import solar_cells as solar_cells
from .texts import TextDataset as TextDataset


def _loaders() -> dict[str, Callable[..., Dataset]]:
    """The functions here that return images and need no argument, by the names of their data sets."""
    return {
        name.replace("_", "-"): value
        for name, value in sorted(globals().items())
        if inspect.isfunction(value)
        and value.__module__.startswith(f"{__name__}.")
        and inspect.signature(value).return_annotation == "Dataset"
        and all(
            parameter.default is not parameter.empty
            for parameter in inspect.signature(value).parameters.values()
        )
    }


def names() -> tuple[str, ...]:
    """The names that `load` takes, all of images. Pets, cats and dogs must be fetched first.

    Examples
    --------
    >>> names()[:5]
    ('cats-and-dogs', 'digits', 'fashion-mnist', 'oxford-pets', 'photos')
    """
    return tuple(_loaders())


def load(name: str, **options: Any) -> Dataset:
    """A data set by name.

    Parameters
    ----------
    name : str
        One of `names`; a style may follow: ``"three-styles/noto"``.
    **options
        What the loader of that data set takes.

    Raises
    ------
    UnknownNameError
        For a name that is not in `names`.

    Examples
    --------
    >>> load("three-styles/twemoji", min_per_class=0)
    Dataset three-styles/twemoji: 565 images 64x64 in 17 classes; train 314, val 68, test 183
    """
    key, _, style = str(name).replace("_", "-").partition("/")
    if key not in names() or (style and key != "three-styles"):
        raise UnknownNameError("data set", name, names())
    if style:
        options["style"] = style
    return _loaders()[key](**options)


__all__ = ["CORPORA", "SPLITS", "STYLES"]
__all__ += [
    name
    for name, value in globals().items()
    if callable(value) and not name.startswith("_") and value.__module__.startswith(__name__)
]
