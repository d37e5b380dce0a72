"""Two points for colour images by every card, one for grey ones, for what comes out, turned into pixels."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, WrongAnswerError, always, read, right, total, wrong

from .probe import KINDS, ramps

NEAR = 4.0  # steps of grey, in the mean: less than any way to resize these images moves them
EDGE = 2  # pixels that are left out at the border, where ways to resize differ


class Fed:
    """What a pipeline made of one kind of image, beside what the card asks for."""

    def __init__(self, card: dict[str, Any], kind: str, slopes: Any, seen: dict[str, Any], size: Any) -> None:
        if not isinstance(seen["outputs"], np.ndarray):
            raise WrongAnswerError(
                "`make_transform` should give a function that turns an image into an array of numbers; yours"
                f" gave {seen['outputs']}.",
                "not an array of numbers",
            )
        self.card, self.kind, self.got = card, kind, seen["outputs"]
        self.side, self.channels = card["size"], int(seen["channels"])
        ramp = ramps(np.asarray(slopes), self.side, self.side)
        ramp = ramp if kind == "colour" else np.repeat(ramp[..., :1], 3, axis=-1)
        self.pixels = np.stack([ramp, ramp[:, ::-1]])
        self.mean, self.deviation = np.array(card["mean"]), np.array(card["deviation"])
        height, width = size
        self.images = f"{kind.capitalize()} images"
        self.image = f"A {kind} image {height} high and {width} wide"
        self.order = card["order"]
        self.whole, self.shape = self.got.shape, self.got.shape[1:]

    @cached_property
    def last(self) -> np.ndarray:
        """With the channels last."""
        return np.moveaxis(self.got, self.channels, -1)

    @cached_property
    def turned(self) -> np.ndarray:
        """The image's channels in the network's order."""
        return self.pixels[..., ::-1] if self.card["order"] == "BGR" else self.pixels

    @cached_property
    def span(self) -> str:
        low, high = float(self.got.min()), float(self.got.max())
        return " to ".join(f"{value:.0f}" if abs(value) >= 10 else f"{value:.1f}" for value in (low, high))

    @cached_property
    def square(self) -> bool:
        return sorted(self.shape) == sorted((self.side, self.side, 3))

    @cached_property
    def fits(self) -> bool:
        return self.last.shape == self.pixels.shape

    def like(self, other: np.ndarray) -> bool:
        """Whether these are the numbers, up to what ways to resize differ by."""
        inside = (slice(None), slice(EDGE, -EDGE), slice(EDGE, -EDGE))
        step = max(1e-6, float(np.abs(np.diff(other, axis=2)).mean()))
        return bool(np.abs(self.last - other)[inside].mean() < step)

    @cached_property
    def is_right(self) -> bool:
        """Whether the card's steps, undone, give the image's pixels."""
        pixels = (self.last * self.deviation + self.mean) * 255 / self.card["range"]
        inside = (slice(None), slice(EDGE, -EDGE), slice(EDGE, -EDGE))
        return bool(np.abs(pixels - self.turned)[inside].mean() < NEAR)

    def normalised(self, x: np.ndarray) -> np.ndarray:
        return (x - self.mean) / self.deviation

    @cached_property
    def scaled(self) -> np.ndarray:
        """The right numbers before the mean is taken off."""
        return self.turned * self.card["range"] / 255

    @cached_property
    def cropped(self) -> bool:
        """Whether it is a square out of the middle, its shape kept: the ramps across are flatter then."""
        pixels = (self.last * self.deviation + self.mean) * 255 / self.card["range"]
        ours, whole = (np.abs(np.diff(x, axis=2)).mean() for x in (pixels, self.turned))
        middle = slice(self.side // 2 - 1, self.side // 2 + 1)
        level = np.abs((pixels - self.turned)[:, middle, middle]).mean()
        return bool(level < 2 * NEAR and 0.3 < ours / whole < 0.85)


SHAPE = (
    wrong(
        lambda fed: not np.isfinite(fed.got).all(),
        "There is NaN or infinity among your numbers.",
        "not finite",
    ),
    wrong(
        lambda fed: fed.got.ndim != 4,
        "{images}: what comes back, one after the other, has shape {whole}. Each image is three axes:"
        " channels, height and width, in the order of your framework.",
        "not an image each",
    ),
    wrong(
        lambda fed: fed.square and not fed.fits,
        "{image} becomes {shape}: the axis of the channels is not where your framework wants it.",
        "channels at the other end",
    ),
    wrong(
        lambda fed: (
            fed.last.ndim == 4 and fed.last.shape[1:3] == (fed.side, fed.side) and fed.last.shape[3] == 1
        ),
        "{image} becomes {shape}. The network reads three channels, also of a grey image.",
        "grey stays one channel",
    ),
    wrong(
        lambda fed: not fed.fits,
        "{image} becomes {shape}. The card asks for a square of {side} by {side} with three channels.",
        "not the card's size",
    ),
)
VALUES = (
    right(lambda fed: fed.is_right, "{images} come out as every card asks.", 1),
    wrong(
        lambda fed: fed.card["range"] == 1 and fed.like(fed.normalised(fed.turned)),
        "By one card your numbers go from {span}. The mean of that card is for pixels from 0 to 1, and yours"
        " were still 0 to 255 when it was taken off.",
        "not scaled to 0 to 1",
    ),
    wrong(
        lambda fed: fed.card["range"] == 255 and fed.like(fed.normalised(fed.turned / 255)),
        "By one card your numbers go from {span}. That card's network reads pixels from 0 to 255, and yours"
        " were divided by 255.",
        "scaled where the card keeps 255",
    ),
    wrong(
        lambda fed: fed.like(fed.scaled) or fed.like(fed.pixels * fed.card["range"] / 255),
        "Your numbers go from {span}: the mean of the card has not been taken off.",
        "not normalised",
    ),
    wrong(
        lambda fed: fed.like(fed.scaled - fed.mean),
        "Your numbers go from {span}: the card's mean was taken off, and its deviation forgotten.",
        "deviation forgotten",
    ),
    wrong(
        lambda fed: fed.like((fed.scaled - fed.mean) / np.sqrt(fed.deviation)),
        "Your numbers go from {span}. The card gives deviations, and your layer asks for variances, which are"
        " their squares.",
        "deviation given as variance",
    ),
    wrong(
        lambda fed: fed.kind == "colour" and fed.like(fed.normalised(fed.scaled[..., ::-1])),
        "Red and blue are the wrong way round for a card with the order {order}.",
        "order of the colours",
    ),
    wrong(
        lambda fed: fed.like((fed.scaled - fed.mean[::-1]) / fed.deviation[::-1]),
        "The card gives mean and deviation in the network's order. You took them off before you turned the"
        " channels round.",
        "mean in the other order",
    ),
    wrong(
        lambda fed: fed.cropped,
        "{image}: its left and right ends are missing. This card wants the whole image, both of its sides"
        " scaled to {side} pixels.",
        "cropped",
    ),
    wrong(
        always,
        "{images}: your numbers go from {span}, and they are not what the card asks for. Take its steps in"
        " this order: three channels, the size, the range, the order of the colours, mean and deviation.",
        "other numbers",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Colour is worth two points, grey one; each for all cards together."""
    size = inputs["height"], inputs["width"]
    seen = iter(observed["cases"])
    fed = [
        Fed(card, kind, slopes, next(seen), size)
        for card, slopes in zip(inputs["cards"], inputs["slopes"], strict=True)
        for kind in KINDS
    ]
    parts = []
    for worth, kind in zip((2, 1), KINDS, strict=True):
        points, finding = read((*SHAPE, *VALUES), [each for each in fed if each.kind == kind])
        parts.append((worth * points, finding))
    return total(*parts)
