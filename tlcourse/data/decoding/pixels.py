"""From an image that Pillow has opened to uint8 RGB, scaled by the range of its type."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Unclear", "check_planes", "rgb", "upright"]

ORIENTATION = 0x0112  # EXIF
# TIFF
BITS, PHOTOMETRIC, PLANES, SAMPLE_FORMAT = 258, 262, 284, 339
WHITE_IS_ZERO, SIGNED = 0, 2


class Unclear(Exception):
    """The pixels could be read, but it is not clear what they mean."""

    def __init__(self, problem: str, fix: str) -> None:
        super().__init__(problem)
        self.fix = fix


def check_planes(image: Any) -> None:
    """Refuse a TIFF that Pillow would read wrongly."""
    tags = getattr(image, "tag_v2", {})
    if tags.get(PLANES) == 2 and int(_first(tags.get(BITS), 8)) > 8:
        # Pillow would read the two bytes of one number as two pixels.
        raise Unclear(
            "is a TIFF of 16 bits with its colours in planes, which Pillow does not read",
            "Save it again as PNG, or with 8 bits.",
        )


def upright(image: Any) -> Any:
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


def rgb(image: Any) -> npt.NDArray[np.uint8]:
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
    values, white = _floats(image) if image.mode == "F" else _integers(image, tags)
    grey = np.rint(values * (255.0 / white)).astype(np.uint8)
    if tags.get(PHOTOMETRIC) == WHITE_IS_ZERO:
        grey = 255 - grey
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        grey[values == clear] = 255
    return grey


def _floats(image: Any) -> tuple[npt.NDArray[np.float64], float]:
    """Floating-point numbers from 0 to 1, and the value that is white."""
    values = np.asarray(image).astype(np.float64)
    finite = values[np.isfinite(values)]
    low, high = finite.min(initial=0), finite.max(initial=0)
    if finite.size < values.size or not (low >= 0 and high <= 1):
        also = " and NaN or infinity" if finite.size < values.size else ""
        raise Unclear(
            f"holds floating-point numbers from {low:.4g} to {high:.4g}{also}, not from 0 to 1 (white)",
            "Divide by the value that is white, and save it again; or save it with 8 bits.",
        )
    return values, 1.0


def _integers(image: Any, tags: Any) -> tuple[npt.NDArray[np.float64], float]:
    """Whole numbers of 16 or 32 bits, and the value that is white."""
    values = np.asarray(image)
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
        raise Unclear(
            f"holds numbers below 0 (from {low:.0f} to {high:.0f}), which cannot be brightness",
            "Shift and scale its values, and save it again with 8 or 16 bits.",
        )
    if bits == 32 and 0 < high < white / 510:
        # No camera fills 32 bits: scaled by the range of the type, the image would be black.
        raise Unclear(
            f"holds numbers up to {high:.0f} in 32 bits, where white is {white:.0f}: it would be black",
            "Save it again with 8 or 16 bits, so that the largest number of the type is white.",
        )
    return values, white


def _first(value: Any, default: int) -> Any:
    """A TIFF tag's value; the first where there is one for each channel."""
    if isinstance(value, (tuple, list)):
        value = value[0] if value else None
    return default if value is None else value
