"""From the bytes of an image file to uint8 RGB: one function, wherever the course reads an image.

The file's type says what a number in it means, never the other numbers in the file: 16 bits are scaled by
65535, whether the image is dark or bright (`pixels`). Broken metadata never costs an image: where EXIF or a
colour profile is broken, the pixels are read without it (`metadata`).
"""

from __future__ import annotations

import io
import warnings
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.data.decoding.metadata import variants
from tlcourse.data.decoding.pixels import Unclear, check_planes, rgb, upright
from tlcourse.data.resizing import central_square
from tlcourse.errors import DataError

__all__ = ["decode", "read_image"]


def read_image(path: str | Path, size: int | None = None) -> npt.NDArray[np.uint8]:
    """One image from a file, as `image_folder` reads it.

    Parameters
    ----------
    path : str or Path
        A file of any kind that Pillow reads: JPEG, PNG, WebP, GIF (its first frame), BMP, TIFF, ...
    size : int, optional
        Scale the image so that its shorter side has this many pixels, and cut it to the square in its
        middle. Default: it stays as it is.

    Returns
    -------
    uint8 array (height, width, 3), or (size, size, 3)
        RGB, turned upright as EXIF says, transparent parts on white. Images of 16 or 32 bits are scaled by
        the range of their type, so equal values give equal results in all files; those of floating-point
        numbers from 0 (black) to 1 (white).

    Raises
    ------
    DataError
        When the file is missing, empty, damaged or not an image, or its numbers do not say what is white.
    SettingError
        If the size is not a whole number of at least 1.

    Examples
    --------
    >>> import pathlib, tempfile
    >>> from PIL import Image
    >>> file = pathlib.Path(tempfile.mkdtemp()) / "deep.png"
    >>> Image.fromarray(np.full((2, 3), 257 * 100, np.uint16)).save(file)
    >>> read_image(file)[0].tolist()
    [[100, 100, 100], [100, 100, 100], [100, 100, 100]]
    """
    if size is not None:
        size = whole("The image's size", size, 1)
    file = Path(path).expanduser()
    try:
        data = file.read_bytes()
    except FileNotFoundError:
        raise DataError(f"There is no image {file}.", "Check the name and the folder.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"The image {file} cannot be read: {reason}.", "Check its permissions.") from None
    if not data:
        raise DataError(f"The image {file} is empty (0 bytes).", "Copy it again, or delete it.")
    image = decode(data, str(file))
    return image if size is None else central_square(image, size)


def decode(data: bytes, name: str) -> npt.NDArray[np.uint8]:
    """An image from its bytes: uint8 RGB (height, width, 3); see `read_image`.

    Parameters
    ----------
    data : bytes
        The whole file.
    name : str
        What the message calls it.

    Raises
    ------
    DataError
        When the bytes are not an image, or a damaged one; the message has ``name``.
    """
    first: Exception | None = None
    for variant, exif in variants(data):
        try:
            return _decoded(variant, exif)
        except Unclear as error:
            raise DataError(f"The image {name} {error}.", error.fix) from None
        except Exception as error:  # Pillow's formats raise whatever their parsing stumbles over
            first = first or error
    assert first is not None
    raise _unreadable(first, name)


def _unreadable(error: Exception, name: str) -> DataError:
    from PIL import Image, UnidentifiedImageError

    if isinstance(error, UnidentifiedImageError):
        return DataError(
            f"The image {name} cannot be read: it is damaged, or of a kind that Pillow does not know.",
            "Open it in an image viewer and save it as PNG; if that fails too, replace or delete it.",
        )
    if isinstance(error, (Image.DecompressionBombError, MemoryError)):
        return DataError(
            f"The image {name} cannot be read: it has too many pixels.",
            "Make it smaller first: a few thousand pixels a side are more than any network reads.",
        )
    fix = "Open it in an image viewer; if that fails too, replace or delete it."
    reason = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
    return DataError(f"The image {name} cannot be read: {reason}.", fix)


def _decoded(data: bytes, exif: bool) -> npt.NDArray[np.uint8]:
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns of odd metadata without a file's name; what matters comes back as an error.
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data)) as image:
            if not exif:
                image.getexif = Image.Exif  # type: ignore[method-assign]  # TIFF reads it while loading
            check_planes(image)
            image.load()
            return rgb(upright(image))
