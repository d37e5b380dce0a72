"""A point for files that are as they look, one for those a camera turned, one for the transparent one."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, WrongAnswerError, always, read, right, show, total, wrong

from .probe import stored, upright

NEAR = 14.0
"""Steps of grey, in the mean over the middle of the four quarters."""
PARTS = (("wide", "tall", "grey"), ("turned",), ("transparent",))
NAMES = {
    "wide": "a wide JPEG",
    "tall": "a tall JPEG",
    "grey": "a grey PNG",
    "turned": "a JPEG from a camera that was held sideways or upside down",
    "transparent": "a PNG with a transparent part",
}


class Seen:
    """What came of one file."""

    def __init__(self, file: dict[str, Any], value: Any, channels: int, size: int) -> None:
        if not isinstance(value, np.ndarray) or value.ndim < 2:
            shown = show(value.tolist()) if isinstance(value, np.ndarray) else value
            raise WrongAnswerError(
                f"`read_image` should give an array of pixels; for one file yours gave {shown}.",
                "not an array",
            )
        self.file, self.kind, self.side = file, file["kind"], size
        self.got = value.astype("float64")
        self.shape, self.what = value.shape, NAMES[file["kind"]]
        self.last = np.moveaxis(self.got, channels, -1) if self.got.ndim == 3 else self.got

    @cached_property
    def fits(self) -> bool:
        return self.last.shape == (self.side, self.side, 3)

    @cached_property
    def square(self) -> bool:
        return sorted(self.shape) == sorted((self.side, self.side, 3))

    @cached_property
    def count(self) -> int:
        return int(self.last.shape[-1]) if self.last.ndim == 3 else 1

    @cached_property
    def highest(self) -> str:
        return show(float(np.nanmax(self.got)), 3)

    @cached_property
    def quarters(self) -> np.ndarray:
        return _quarters(self.last)

    def like(self, pixels: np.ndarray, near: float = NEAR) -> bool:
        return bool(np.abs(self.quarters - _quarters(pixels)).max() < near)

    def on(self, colour: int, pixels: np.ndarray | None = None) -> np.ndarray:
        """The image on a ground of one grey."""
        pixels = upright(self.file) if pixels is None else pixels
        return np.where(pixels[..., 3:] == 0, colour, pixels[..., :3]).astype("float64")

    @cached_property
    def is_right(self) -> bool:
        return self.like(_middle(self.on(255)))

    @cached_property
    def sideways(self) -> bool:
        return self.like(_middle(self.on(255, stored(self.file))))

    @cached_property
    def on_black(self) -> bool:
        return self.like(_middle(self.on(0)))

    @cached_property
    def stretched(self) -> bool:
        return self.like(self.on(255)) or self.like(self.on(255, stored(self.file)))

    @cached_property
    def corner(self) -> bool:
        """Whether the square was cut at the beginning in place of the middle."""
        pixels = self.on(255)
        short = min(pixels.shape[:2])
        # Here a border of colours runs through the quarters, and ways to resize differ there.
        return any(self.like(part, 2 * NEAR) for part in (pixels[:short, :short], pixels[-short:, -short:]))


def _middle(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    side = min(height, width)
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def _quarters(pixels: np.ndarray) -> np.ndarray:
    """The mean colour in the middle of each quarter, (4, 3): ways to resize differ at the borders."""
    height, width = (side // 2 for side in pixels.shape[:2])
    found = []
    for top in (0, height):
        for left in (0, width):
            part = pixels[top : top + height, left : left + width]
            y, x = height // 4, width // 4
            found.append(part[y : height - y, x : width - x].mean((0, 1)))
    return np.stack(found)


SHAPE = (
    wrong(
        lambda seen: not np.isfinite(seen.got).all(),
        "There is NaN or infinity among the pixels.",
        "not finite",
    ),
    wrong(
        lambda seen: seen.square and not seen.fits,
        "{what} becomes {shape}: the axis of the channels is not where your framework wants it.",
        "channels at the other end",
    ),
    wrong(
        lambda seen: seen.count == 4,
        "{what} becomes {shape}. The fourth channel says where one can see through; put the image on white,"
        " and keep three.",
        "four channels",
    ),
    wrong(
        lambda seen: seen.count == 1,
        "{what} becomes {shape}. The network reads three channels, also of a grey image.",
        "grey stays one channel",
    ),
    wrong(
        lambda seen: not seen.fits,
        "{what} becomes {shape}. The network wants a square of {side} by {side} with three channels.",
        "not the size",
    ),
    wrong(
        lambda seen: seen.got.max() <= 1.5,
        "The highest number is {highest}. Give the pixels as they are, from 0 to 255.",
        "scaled already",
    ),
)
VALUES = (
    right(lambda seen: seen.is_right, "Right: {what}.", 1),
    wrong(
        lambda seen: seen.kind == "turned" and seen.sideways,
        "{what} lies on its side or stands on its head. The file holds the pixels as the sensor saw them, and"
        " beside them, in its EXIF data, how the camera was held.",
        "EXIF orientation ignored",
    ),
    wrong(
        lambda seen: seen.kind == "transparent" and seen.on_black,
        "The transparent part of a PNG comes out black. Its pixels have some colour that nobody sees; put the"
        " image on white before you drop the fourth channel.",
        "transparent becomes black",
    ),
    wrong(
        lambda seen: seen.stretched,
        "{what} is pressed into the square: everything in it changes its shape. Cut the square in the middle"
        " first, or resize so that the shorter side fits.",
        "stretched",
    ),
    wrong(
        lambda seen: seen.corner,
        "{what}: your square is not from the middle.",
        "cut at the edge",
    ),
    wrong(
        always,
        "{what}: the colours of your square are not those of the middle of the image, upright and on white.",
        "other pixels",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Each part counts if all of its files are right."""
    seen = [
        Seen(file, value, int(observed["channels"]), inputs["size"])
        for file, value in zip(inputs["files"], observed["images"], strict=True)
    ]
    return total(*(read((*SHAPE, *VALUES), [one for one in seen if one.kind in part]) for part in PARTS))
