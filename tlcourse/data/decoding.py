"""From the bytes of an image file to uint8 RGB: one function, wherever the course reads an image.

The file's type says what a number in it means, never the other numbers in the file: 16 bits are scaled by
65535, whether the image is dark or bright. Broken metadata never costs an image: where EXIF or a colour
profile is broken, the pixels are read without it.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.data.resizing import central_square
from tlcourse.errors import DataError

__all__ = ["decode", "read_image"]

ORIENTATION = 0x0112  # EXIF
# TIFF
BITS, PHOTOMETRIC, PLANES, SAMPLE_FORMAT = 258, 262, 284, 339
WHITE_IS_ZERO, SIGNED = 0, 2
# PNG's chunks that pixels and their transparency need.
NEEDED = (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"eXIf")


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
    for variant, exif in _variants(data):
        try:
            return _decoded(variant, exif)
        except _Unclear as error:
            raise DataError(f"The image {name} {error}.", error.fix) from None
        except Exception as error:  # Pillow's formats raise whatever their parsing stumbles over
            first = first or error
    assert first is not None
    raise _unreadable(first, name)


class _Unclear(Exception):
    """The pixels could be read, but it is not clear what they mean."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.fix = fix


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


def _variants(data: bytes) -> Iterator[tuple[bytes, bool]]:
    """The file, then the same pixels with less and less metadata; each with whether to look at EXIF."""
    yield data, True
    # In a phone's JPEG the maker's blocks may be broken while the orientation is still right.
    strip = {b"\xff\xd8": _bare_jpeg, b"\x89P": _bare_png}.get(data[:2])
    bare = strip(data) if strip else None
    if bare is not None:
        yield bare, True
        yield bare, False
    yield data, False


def _bare_jpeg(data: bytes) -> bytes | None:
    """A JPEG with the blocks that colours need, and EXIF: not profiles, previews, or the maker's own."""
    blocks, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if marker == 0xFF:  # a filling byte
            at += 1
            continue
        end = at + 2 + length
        block = data[at:end]
        metadata = 0xE0 <= marker <= 0xEF or marker == 0xFE
        # Adobe's block says whether a CMYK image is inverted.
        adobe = block[4:9] == b"Adobe" and length >= 14
        if not metadata or adobe or block[4:10] == b"Exif\0\0":
            blocks.append(block)
        at = end
        if marker == 0xDA:
            return b"".join([*blocks, data[at:]])
    return None


def _bare_png(data: bytes) -> bytes | None:
    """A PNG without the chunks that are not needed, the others with checksums that fit them."""
    chunks, at = [data[:8]], 8
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        if length > len(data) - at - 12:
            break  # cut short: the rest is passed on as it is
        if kind in NEEDED:
            body = data[at + 4 : at + 8 + length]
            # The pixels keep their checksum, so that damage is noticed. Elsewhere it does not matter.
            check = data[at + 8 + length : at + 12 + length]
            if kind == b"eXIf":
                check = struct.pack(">I", zlib.crc32(body))
            chunks.append(data[at : at + 4] + body + check)
        at += 12 + length
        if kind == b"IEND":
            break
    chunks.append(data[at:])
    return b"".join(chunks)


def _decoded(data: bytes, exif: bool) -> npt.NDArray[np.uint8]:
    from PIL import Image

    with warnings.catch_warnings():
        # Pillow warns of odd metadata without a file's name; what matters comes back as an error.
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data)) as image:
            if not exif:
                image.getexif = Image.Exif  # type: ignore[method-assign]  # TIFF reads it while loading
            tags = getattr(image, "tag_v2", {})
            if tags.get(PLANES) == 2 and int(_first(tags.get(BITS), 8)) > 8:
                # Pillow would read the two bytes of one number as two pixels.
                raise _Unclear(
                    "is a TIFF of 16 bits with its colours in planes, which Pillow does not read",
                    "Save it again as PNG, or with 8 bits.",
                )
            image.load()
            return _rgb(_upright(image))


def _upright(image: Any) -> Any:
    """The image turned as EXIF says; as it is where EXIF is broken."""
    from PIL import Image

    try:
        orientation = image.getexif().get(ORIENTATION)
    except Exception:
        return image
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    turn = turns.get(orientation) if isinstance(orientation, int) else None
    if turn is None:
        return image
    turned = image.transpose(turn)
    # `transpose` returns a plain image, so what the file says about its numbers is copied.
    turned.format, turned.tag_v2 = image.format, getattr(image, "tag_v2", {})
    return turned


def _rgb(image: Any) -> npt.NDArray[np.uint8]:
    """A loaded Pillow image as uint8 RGB (height, width, 3)."""
    from PIL import Image

    if image.mode == "F" or image.mode.startswith("I"):
        grey = _grey(image)
        return np.repeat(grey[..., None], 3, axis=2)
    if image.mode in ("La", "RGBa"):  # colours multiplied by the transparency; Pillow goes back by one step
        image = image.convert({"La": "LA", "RGBa": "RGBA"}[image.mode])
    if image.mode == "LAB":
        from PIL import ImageCms

        profiles = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        image = ImageCms.profileToProfile(image, *profiles, outputMode="RGB")
    clear = image.info.get("transparency")
    if image.mode == "RGB" and isinstance(clear, tuple) and max(clear) > 255:
        # Of an image of 16 bits Pillow keeps the upper 8, and the transparent colour as it was.
        image.info["transparency"] = tuple(value >> 8 for value in clear)
    if "A" in image.getbands() or clear is not None:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, (255, 255, 255, 255))
        image = Image.alpha_composite(white, image)
    return np.array(image.convert("RGB"))


def _grey(image: Any) -> npt.NDArray[np.uint8]:
    """Grey of more than 8 bits, scaled by the range of its type: uint8 (height, width)."""
    tags = getattr(image, "tag_v2", {}) if image.format == "TIFF" else {}
    values = np.asarray(image)
    if image.mode == "F":
        values = values.astype(np.float64)
        white = 1.0
        known = values[np.isfinite(values)]
        low, high = known.min(initial=0), known.max(initial=0)
        if known.size < values.size or not (low >= 0 and high <= 1):
            also = " and NaN or infinity" if known.size < values.size else ""
            raise _Unclear(
                f"holds floating-point numbers from {low:.4g} to {high:.4g}{also}, not from 0 to 1 (white)",
                "Divide by the value that is white, and save it again; or save it with 8 bits.",
            )
    else:
        # PNG and PGM have 16 bits at most, and old versions of Pillow keep them in 32.
        usual = 16 if image.mode.startswith("I;16") or image.format in ("PNG", "PPM") else 32
        bits = int(_first(tags.get(BITS), usual))
        signed = usual == 32 and _first(tags.get(SAMPLE_FORMAT), SIGNED if not tags else 1) == SIGNED
        if bits == 32 and not signed and values.dtype == np.int32:
            values = values.view(np.uint32)
        white = float(2 ** (bits - signed) - 1)
        values = values.astype(np.float64)
        low, high = values.min(initial=0), values.max(initial=0)
        if low < 0:
            raise _Unclear(
                f"holds numbers below 0 (from {low:.0f} to {high:.0f}), which cannot be brightness",
                "Shift and scale its values, and save it again with 8 or 16 bits.",
            )
        if bits == 32 and 0 < high < white / 510:
            # No camera fills 32 bits: scaled by the range of the type, the image would be black.
            raise _Unclear(
                f"holds numbers up to {high:.0f} in 32 bits, where white is {white:.0f}: it would be black",
                "Save it again with 8 or 16 bits, so that the largest number of the type is white.",
            )
    grey = np.rint(values * (255.0 / white)).astype(np.uint8)
    if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO:
        grey = 255 - grey
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        grey[values == clear] = 255
    return grey


def _first(value: Any, default: int) -> Any:
    """A TIFF tag's value; the first where there is one for each channel."""
    if isinstance(value, (tuple, list)):
        value = value[0] if value else None
    return default if value is None else value
