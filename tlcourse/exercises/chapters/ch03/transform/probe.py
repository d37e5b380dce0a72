"""Three cards; the pipeline made for each is given a colour image and a grey one, and their mirror images."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array, shuffled

KINDS = ("colour", "grey")


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Three cards, and for each the numbers of its images: sizes, and how each channel rises and falls."""
    cards = [
        {
            "range": 1,
            "order": "RGB",
            "mean": [float(v) for v in rng.permutation([0.38, 0.46, 0.52])],
            "deviation": [float(v) for v in rng.permutation([0.2, 0.25, 0.31])],
        },
        {
            "range": 255,
            "order": "BGR",
            "mean": [float(v) for v in rng.permutation([92.0, 117.0, 140.0])],
            "deviation": [1.0, 1.0, 1.0],
        },
        {"range": 1, "order": "BGR", "mean": [0.5, 0.5, 0.5], "deviation": [0.5, 0.5, 0.5]},
    ]
    sizes = rng.permutation(np.arange(20, 30))[:3]
    slopes = []
    for _ in cards:
        signs = np.array(shuffled(rng, [[1, 1], [1, -1], [-1, 1]])) * rng.choice([-1, 1])
        slopes.append((signs * rng.integers(70, 110, (3, 2))).astype("float64"))
    return {
        "cards": [
            {"size": int(size), **card} for size, card in zip(sizes, shuffled(rng, cards), strict=True)
        ],
        "slopes": np.stack(slopes),
        "height": int(rng.integers(30, 36)),
        "width": int(rng.integers(54, 60)),
    }


def ramps(slopes: np.ndarray, height: int, width: int) -> np.ndarray:
    """An image whose channels rise and fall evenly, so that every way to resize it gives the same one.

    float64 (height, width, 3), in steps of grey from 0 to 255.
    """
    down = (np.arange(height) + 0.5) / height - 0.5
    across = (np.arange(width) + 0.5) / width - 0.5
    return 128 + down[:, None, None] * slopes[:, 0] + across[None, :, None] * slopes[:, 1]


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: for each card and kind of image the ``outputs``, and which axis has the channels."""
    cases = []
    for card, slopes in zip(inputs["cards"], np.asarray(inputs["slopes"]), strict=True):
        copy = {**card, "mean": list(card["mean"]), "deviation": list(card["deviation"])}
        transform = answer(copy)
        for kind in KINDS:
            image = ramps(slopes, inputs["height"], inputs["width"]).round().astype("uint8")
            image = image if kind == "colour" else image[..., :1]
            if not callable(transform):
                outputs: Any = describe(transform)
            elif framework == "torch":
                outputs = _torch(transform, image)
            else:
                outputs = plain_array(transform(np.stack([image, image[:, ::-1]])))
            cases.append({"outputs": outputs, "channels": 1 if framework == "torch" else 3})
    return {"cases": cases}


def _torch(transform: Any, image: np.ndarray) -> np.ndarray | str:
    from PIL import Image

    made = []
    for pixels in (image, image[:, ::-1]):
        pixels = np.ascontiguousarray(pixels)
        one = plain_array(transform(Image.fromarray(pixels[..., 0] if pixels.shape[-1] == 1 else pixels)))
        if isinstance(one, str):
            return one
        made.append(one)
    return np.stack(made)
