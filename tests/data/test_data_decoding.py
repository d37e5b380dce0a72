"""One function reads every image: the type tells what a number means, and no metadata costs an image."""

from __future__ import annotations

import contextlib
import io
import struct
import warnings
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from PIL import Image

from tlcourse.data import image_folder, read_image
from tlcourse.data.decoding import decode
from tlcourse.errors import DataError, SettingError

WIDE = np.array([[0, 250, 300, 257 * 100, 65535]], np.uint16)
SCALED = [0, 1, 1, 100, 255]
HALVES = np.concatenate([np.zeros((8, 16, 3), np.uint8), np.full((8, 16, 3), 255, np.uint8)])


def saved(image: Any, kind: str, **options: Any) -> bytes:
    buffer = io.BytesIO()
    (image if isinstance(image, Image.Image) else Image.fromarray(image)).save(buffer, kind, **options)
    return buffer.getvalue()


def tiff(array: np.ndarray, **options: Any) -> bytes:
    buffer = io.BytesIO()
    tifffile.imwrite(buffer, array, **options)
    return buffer.getvalue()


def chunk(kind: bytes, body: bytes, wrong: int = 0) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body) ^ wrong)


def png16(array: np.ndarray) -> bytes:
    """A PNG of 16 bits, which Pillow writes in grey only: colour type 2 or 4."""
    height, width, channels = array.shape
    lines = b"".join(b"\0" + row.astype(">u2").tobytes() for row in array)
    header = struct.pack(">IIBBBBB", width, height, 16, {2: 4, 3: 2}[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(lines)), chunk(b"IEND", b"")]
    )


def jpeg(*blocks: tuple[int, bytes]) -> bytes:
    """Black above white, with application blocks of our own: (number, body)."""
    data = saved(HALVES, "JPEG", quality=95)
    extra = b"".join(bytes([0xFF, 0xE0 + n]) + struct.pack(">H", len(body) + 2) + body for n, body in blocks)
    return data[:2] + extra + data[2:]


def exif(*entries: tuple[int, int, int, bytes]) -> bytes:
    """EXIF by hand, so that it can be wrong: (tag, type, count, four bytes)."""
    rows = b"".join(struct.pack("<HHI", tag, kind, count) + value for tag, kind, count, value in entries)
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<H", len(entries)) + rows + b"\0\0\0\0"


UPSIDE_DOWN = (0x0112, 3, 1, struct.pack("<HH", 3, 0))


@pytest.mark.parametrize(
    "data",
    [
        saved(WIDE, "PNG"),
        saved(WIDE, "TIFF"),
        saved(WIDE, "TIFF", compression="tiff_lzw"),
        saved(WIDE.astype(">u2"), "TIFF"),
        tiff(WIDE, byteorder=">"),
        tiff(65535 - WIDE, photometric="miniswhite"),
        tiff((WIDE // 2).astype(np.int16)),
        tiff(WIDE.astype(np.uint32) * 65537),
        saved((WIDE.astype(np.int64) * 32768).astype(np.int32), "TIFF"),
        saved((WIDE / 65535).astype(np.float32), "TIFF"),
        b"P5 5 1 65535\n" + WIDE.astype(">u2").tobytes(),
    ],
    ids=["png", "tif", "lzw", "I;16B", "big", "white is 0", "int16", "uint32", "int32", "float", "pgm"],
)
def test_grey_is_scaled_by_the_range_of_its_type(data: bytes) -> None:
    assert decode(data, "deep")[0, :, 0].tolist() == SCALED


@pytest.mark.parametrize("highest", [250, 300, 4095, 65535])
def test_a_number_means_the_same_in_every_image(highest: int) -> None:
    """It was scaled where one of its neighbours was above 255, and else taken as it was."""
    image = np.array([[250, highest]], np.uint16)
    assert decode(saved(image, "PNG"), "deep")[0, 0].tolist() == [1, 1, 1]


@pytest.mark.parametrize(
    "data",
    [
        tiff(np.repeat(WIDE[..., None], 3, 2), photometric="rgb"),
        tiff(np.repeat(WIDE[..., None], 3, 2), photometric="rgb", compression="deflate"),
        png16(np.repeat(WIDE[..., None], 3, 2)),
        png16(np.stack([WIDE, np.full_like(WIDE, 65535)], 2)),
    ],
    ids=["tif", "deflate", "png", "grey and alpha"],
)
def test_colours_of_16_bits(data: bytes) -> None:
    """Pillow keeps the upper eight bits, which is the same scale, rounded down."""
    np.testing.assert_allclose(decode(data, "deep")[0, :, 0].astype(int), SCALED, atol=1)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (saved(np.array([[0.0, 200.0]], np.float32), "TIFF"), "floating-point numbers from 0 to 200"),
        (saved(np.array([[0.0, 0.5, np.nan]], np.float32), "TIFF"), "NaN"),
        (saved(np.array([[-0.5, 0.5]], np.float32), "TIFF"), "from -0.5 to 0.5"),
        (tiff(np.array([[-3, 9]], np.int16)), "below 0"),
        (saved(np.array([[0, 4095]], np.int32), "TIFF"), "it would be black"),
        (tiff(np.repeat(WIDE[None], 3, 0), photometric="rgb", planarconfig="separate"), "in planes"),
        (tiff(np.zeros((4, 4, 3)), photometric="rgb"), "Pillow does not know"),
    ],
)
def test_numbers_that_do_not_say_what_is_white(data: bytes, said: str) -> None:
    with pytest.raises(DataError, match=f"odd.tif .*{said}") as caught:
        decode(data, "odd.tif")
    assert "save it" in caught.value.fix.lower()


def test_a_black_image_of_32_bits_is_black() -> None:
    assert decode(saved(np.zeros((2, 2), np.int32), "TIFF"), "black").tolist() == [[[0] * 3] * 2] * 2


def test_transparency_lies_on_white() -> None:
    def palette() -> Image.Image:
        image = Image.new("P", (2, 1))
        image.putpalette([255, 0, 0, 0, 255, 0] + [9] * 762)
        image.putdata([0, 1])
        return image

    def first_row(data: bytes) -> list[list[int]]:
        return decode(data, "clear")[0].tolist()

    white, red = [255] * 3, [255, 0, 0]
    for kind in ("PNG", "GIF"):
        assert first_row(saved(palette(), kind, transparency=1)) == [red, white]
    assert first_row(saved(palette(), "PNG", transparency=bytes([128, 0]))) == [[255, 127, 127], white]
    grey = Image.fromarray(np.array([[[10, 0], [10, 255]]], np.uint8), "LA")
    assert first_row(saved(grey, "PNG")) == [white, [10] * 3]
    assert first_row(saved(np.array([[10, 20]], np.uint8), "PNG", transparency=10)) == [white, [20] * 3]
    assert first_row(saved(np.array([[300, 0]], np.uint16), "PNG", transparency=300)) == [white, [0] * 3]
    assert first_row(saved(Image.new("RGB", (1, 1), (1, 2, 3)), "PNG", transparency=(1, 2, 3))) == [white]


@pytest.mark.parametrize(
    ("mode", "colour", "kind", "shown"),
    [
        ("1", 1, "PNG", [255] * 3),
        ("1", 0, "TIFF", [0] * 3),
        ("CMYK", (0, 255, 255, 0), "JPEG", [255, 0, 0]),
        ("CMYK", (0, 255, 255, 0), "TIFF", [255, 0, 0]),
        ("YCbCr", (128, 128, 128), "TIFF", [128] * 3),
        ("LAB", (128, 128, 128), "TIFF", [119] * 3),
    ],
)
def test_other_modes(mode: str, colour: Any, kind: str, shown: list[int]) -> None:
    got = decode(saved(Image.new(mode, (8, 8), colour), kind), "other")
    np.testing.assert_allclose(got.reshape(-1, 3).astype(int), [shown] * 64, atol=1)


@pytest.mark.parametrize(
    "resolution",
    [
        (282, 2, 4, b"ab\0\0"),  # a text
        (282, 3, 1, struct.pack("<HH", 72, 0)),  # a whole number
        (282, 11, 1, struct.pack("<f", float("nan"))),
        (282, 5, 1, struct.pack("<I", 99_999)),  # beyond the end
        (282, 5, 0, b"\0" * 4),
        (282, 99, 1, b"\0" * 4),  # a type that is none
        (37500, 7, 1_000_000, b"\x08\0\0\0"),  # a maker's note longer than the file
        (34665, 4, 1, struct.pack("<I", 8)),  # EXIF inside itself
    ],
)
def test_a_phone_s_odd_exif_costs_no_image(resolution: tuple[int, int, int, bytes]) -> None:
    got = decode(jpeg((1, exif(UPSIDE_DOWN, resolution))), "phone.jpg")
    assert got[0].min() > 250, "the orientation can be read, so it counts"
    assert got[-1].max() < 5


@pytest.mark.parametrize("orientation", [0, 9, 65535])
def test_an_orientation_that_is_none_is_ignored(orientation: int) -> None:
    got = decode(jpeg((1, exif((0x0112, 3, 1, struct.pack("<HH", orientation, 0))))), "phone.jpg")
    assert got[0].max() < 5


@pytest.mark.parametrize(
    "body", [b"", b"II*\0", bytes(range(200)), b"MM\0*\0\0\0\x08\0\x09\x01\x12\0\x03"], ids=len
)
def test_broken_exif_is_ignored(body: bytes) -> None:
    assert decode(jpeg((1, b"Exif\0\0" + body)), "phone.jpg")[0].max() < 5


@pytest.mark.parametrize(
    "block",
    [
        (2, b"MPF\0"),
        (2, b"MPF\0II*\0\x08\0\0\0\xff\xff"),
        (2, b"ICC_PROFILE\0"),
        (13, b"Photoshop 3.0\x008BIM\x03\xed"),
        (14, b"Adobe\0"),
        (0, b"JFIF\0"),
    ],
)
def test_broken_blocks_of_a_jpeg_cost_neither_pixels_nor_orientation(block: tuple[int, bytes]) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        got = decode(jpeg(block, (1, exif(UPSIDE_DOWN))), "phone.jpg")
    assert got[0].min() > 250


@pytest.mark.parametrize(
    "extra",
    [
        chunk(b"zTXt", b"a\0\0" + zlib.compress(b"x" * 10**8)),
        chunk(b"tEXt", b"a\0b", wrong=1),
        chunk(b"iCCP", b"a"),
        chunk(b"pHYs", b"1"),
        chunk(b"eXIf", b"junk", wrong=1),
        chunk(b"gAMA", b""),
        chunk(b"acTL", b"\0"),
        chunk(b"fcTL", b"\0" * 26),
    ],
    ids=lambda extra: extra[4:8].decode(),
)
def test_broken_metadata_of_a_png_cost_no_image(extra: bytes) -> None:
    data = saved(Image.new("RGB", (2, 2), (9, 8, 7)), "PNG")
    assert decode(data[:33] + extra + data[33:], "odd.png").tolist() == [[[9, 8, 7]] * 2] * 2


def test_orientation_of_a_tiff_is_applied_once() -> None:
    data = tiff(HALVES, photometric="rgb", extratags=[(274, "H", 1, 3, True)])
    assert decode(data, "turned.tif")[0].min() == 255


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP"])
def test_a_file_cut_short_or_damaged_is_refused_or_read(kind: str) -> None:
    """Whatever Pillow raises on a file, what comes out is an image or a DataError with the file's name."""
    rng = np.random.default_rng(0)
    whole = saved(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8), kind)
    full = decode(whole, "whole")

    def tried(data: bytes) -> np.ndarray | None:
        with contextlib.suppress(DataError):
            return decode(data, "odd.img")
        with pytest.raises(DataError, match=r"^The image odd\.img (?!.* at 0x)"):
            decode(data, "odd.img")
        return None

    for cut in range(0, len(whole), max(1, len(whole) // 40)):
        got = tried(whole[:cut])
        if got is None:
            continue
        np.testing.assert_array_equal(got, full, err_msg="a part of the image was taken for all of it")
    for _ in range(100):
        damaged = bytearray(whole)
        for place in rng.integers(0, min(len(whole), 120), 4):
            damaged[place] = rng.integers(0, 256)
        got = tried(bytes(damaged))
        assert got is None or got.shape[2] == 3


@pytest.mark.parametrize(
    "error", [OSError, SyntaxError, struct.error, ZeroDivisionError, ValueError, MemoryError, RuntimeError]
)
def test_whatever_pillow_raises_is_told_with_the_name_or_skipped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: type[Exception]
) -> None:
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for number in range(3):
            Image.new("RGB", (8, 8)).save(tmp_path / name / f"{number}.png")
    (tmp_path / "cat" / "odd.png").write_bytes(b"odd")
    opened = Image.open

    def refuse(stream: io.BytesIO) -> Image.Image:
        if stream.getvalue() == b"odd":
            raise error
        return opened(stream)

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(DataError, match=r"odd\.png cannot be read"):
        image_folder(tmp_path)
    with pytest.warns(UserWarning, match=r"cat/odd\.png"):
        assert len(image_folder(tmp_path, skip_unreadable=True)) == 6


def test_too_many_pixels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 10)
    with pytest.raises(DataError, match=r"big\.png .* too many pixels") as caught:
        decode(saved(Image.new("L", (8, 8)), "PNG"), "big.png")
    assert "smaller" in caught.value.fix


def test_read_image_cuts_to_the_square_that_a_folder_gives(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for name in ("cat", "dog"):
        (tmp_path / name).mkdir()
        for number, shape in enumerate([(40, 60, 3), (33, 21, 3), (50, 50, 3)]):
            image = rng.integers(0, 256, shape, dtype=np.uint8)
            Image.fromarray(image).save(tmp_path / name / f"{number}.png")
    folder = image_folder(tmp_path, size=24)
    for name, image in zip(folder.ids, folder.images, strict=True):
        np.testing.assert_array_equal(read_image(tmp_path / name, size=24), image)
        assert read_image(tmp_path / name).shape in ((40, 60, 3), (33, 21, 3), (50, 50, 3))
    with pytest.raises(SettingError, match="size is 0"):
        read_image(tmp_path / folder.ids[0], size=0)


def test_read_image_tells_what_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There is no image"):
        read_image(tmp_path / "none.png")
    (tmp_path / "empty.png").touch()
    with pytest.raises(DataError, match="empty"):
        read_image(tmp_path / "empty.png")
    with pytest.raises(DataError, match="cannot be read"):
        read_image(tmp_path)
    with pytest.raises(DataError, match="cannot be read"):
        read_image("a\0b.png")
