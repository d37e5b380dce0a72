"""Pictures and texts with labels: what the course brings, what its packages bring, and your own.

Everything here works without a network but `fetch`, which downloads only when you ask for it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tlcourse.data.bundles import STYLES, fashion_mnist, three_styles
from tlcourse.data.collages import Collages, collages
from tlcourse.data.dataset import Dataset
from tlcourse.data.decoding import read_image
from tlcourse.data.docstrings import Documented, documented
from tlcourse.data.download import fetch
from tlcourse.data.fetched import cats_and_dogs, oxford_pets
from tlcourse.data.folder import image_folder
from tlcourse.data.packaged import digits, photographs, textile
from tlcourse.data.rated import CORPORA, rated_text
from tlcourse.data.rows import SPLITS
from tlcourse.data.texts import TextDataset
from tlcourse.errors import UnknownNameError

__all__ = [
    "CORPORA",
    "SPLITS",
    "STYLES",
    "Collages",
    "Dataset",
    "Documented",
    "TextDataset",
    "cats_and_dogs",
    "collages",
    "digits",
    "documented",
    "fashion_mnist",
    "fetch",
    "image_folder",
    "load",
    "names",
    "oxford_pets",
    "photographs",
    "rated_text",
    "read_image",
    "textile",
    "three_styles",
]

# For pictures. Texts have one loader, `rated_text`, and the corpus is its argument.
_LOADERS: dict[str, Callable[..., Dataset]] = {
    "three-styles": three_styles,
    "fashion-mnist": fashion_mnist,
    "textile": textile,
    "digits": digits,
    "oxford-pets": oxford_pets,
    "cats-and-dogs": cats_and_dogs,
}


def names() -> tuple[str, ...]:
    """The names that `load` takes, all of pictures. The last two must be fetched first.

    Examples
    --------
    >>> names()
    ('three-styles', 'fashion-mnist', 'textile', 'digits', 'oxford-pets', 'cats-and-dogs')
    """
    return tuple(_LOADERS)


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
    if key not in _LOADERS or (style and key != "three-styles"):
        raise UnknownNameError("data set", name, names())
    if style:
        options["style"] = style
    return _LOADERS[key](**options)
