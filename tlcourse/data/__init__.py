"""Images, texts and sounds with labels: what the course brings, what its packages bring, and your own.

Everything here works without a network but `fetch`, which downloads only when you ask for it.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

# A line for each data set. One of images that needs no argument is loaded by name, too.
from tlcourse.data.brain import BrainMRI as BrainMRI
from tlcourse.data.brain import brain_mri as brain_mri
from tlcourse.data.bundles import STYLES as STYLES
from tlcourse.data.bundles import fashion_mnist as fashion_mnist
from tlcourse.data.bundles import three_styles as three_styles
from tlcourse.data.cards import card_payments as card_payments
from tlcourse.data.copies import NearCopies as NearCopies
from tlcourse.data.copies import near_copies as near_copies
from tlcourse.data.dataset import Dataset as Dataset
from tlcourse.data.decoding import read_image as read_image
from tlcourse.data.docstrings import Documented as Documented
from tlcourse.data.docstrings import documented as documented
from tlcourse.data.download import fetch as fetch
from tlcourse.data.fetched import cats_and_dogs as cats_and_dogs
from tlcourse.data.fetched import oxford_pets as oxford_pets
from tlcourse.data.folder import image_folder as image_folder
from tlcourse.data.image_files import as_folder as as_folder
from tlcourse.data.markets import MARKETS as MARKETS
from tlcourse.data.markets import Market as Market
from tlcourse.data.markets import transactions as transactions
from tlcourse.data.packaged import digits as digits
from tlcourse.data.packaged import photographs as photographs
from tlcourse.data.packaged import textile as textile
from tlcourse.data.photos import CutOuts as CutOuts
from tlcourse.data.photos import photos as photos
from tlcourse.data.rated import CORPORA as CORPORA
from tlcourse.data.rated import rated_text as rated_text
from tlcourse.data.rows import SPLITS as SPLITS
from tlcourse.data.solar import SolarCells as SolarCells
from tlcourse.data.solar import solar_cells as solar_cells
from tlcourse.data.speech import Clips as Clips
from tlcourse.data.speech import spoken_digits as spoken_digits
from tlcourse.data.speech import voices as voices
from tlcourse.data.texts import TextDataset as TextDataset
from tlcourse.errors import UnknownNameError


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
    ('brain-mri', 'cats-and-dogs', 'digits', 'fashion-mnist', 'oxford-pets')
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


__all__ = ["CORPORA", "MARKETS", "SPLITS", "STYLES"]
__all__ += [
    name
    for name, value in globals().items()
    if callable(value) and not name.startswith("_") and value.__module__.startswith(__name__)
]
