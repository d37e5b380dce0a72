"""A small network, its weights in a file, and images in files: in colour, in grey, and with a palette."""

from __future__ import annotations

import itertools
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain, shuffled, tiny, words

TOP, BLOCKS = 5, 2
MODES = ("RGB", "L", "P")


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """A network's numbers before and after its weights are loaded, ``names``, a ``card``, and images."""
    classes, size = int(rng.integers(9, 14)), int(rng.integers(12, 20))
    while True:
        drawn = {
            "blocks": tiny.block_names(rng, BLOCKS),
            "width": int(rng.integers(5, 9)),
            "seeds": [int(seed) for seed in rng.integers(1, 10_000, 2)],
            "names": words(rng, classes),
            "card": {
                "size": size,
                "mean": [round(float(part), 3) for part in rng.uniform(0.3, 0.6, 3)],
                "std": [round(float(part), 3) for part in rng.uniform(0.15, 0.3, 3)],
            },
            "modes": shuffled(rng, MODES),
            "images": _images(rng, size),
        }
        if _clear(drawn):
            return drawn


def _images(rng: np.random.Generator, size: int) -> np.ndarray:
    """Uint8 (3, size, size, 3): stripes of some few colours, so that a palette holds them."""
    down, across = np.meshgrid(np.arange(size), np.arange(size), indexing="ij")
    images = []
    for _ in MODES:
        colours = rng.integers(0, 256, (24, 3)) * rng.uniform(0.4, 1, 3)
        stripe = (across // int(rng.integers(1, 3)) + down // int(rng.integers(4, 7))) % len(colours)
        images.append(colours[stripe])
    return np.stack(images).astype("uint8")


def seen_as(image: np.ndarray, mode: str) -> np.ndarray:
    """What ``convert("RGB")`` makes of the file: uint8 (size, size, 3)."""

    return np.asarray(_saved_as(image, mode).convert("RGB"))


def _saved_as(image: np.ndarray, mode: str) -> Any:
    from PIL import Image

    picture = Image.fromarray(image)
    if mode == "P":
        # The colours are few: a palette without dithering keeps each of them.
        return picture.quantize(64, dither=Image.Dither.NONE)
    return picture.convert(mode)


def logits(inputs: dict[str, Any], images: np.ndarray, seed: int) -> np.ndarray:
    """What the network gives for images of its scale, float64 (N, classes)."""
    first = tiny.initial(inputs["blocks"], inputs["width"], len(inputs["names"]), seed)
    return tiny.logits(first, inputs["blocks"], images)


def ways(inputs: dict[str, Any], number: int) -> dict[str, np.ndarray]:
    """The logits of one image if it is read as it should be, and if something is forgotten."""
    image = seen_as(inputs["images"][number], inputs["modes"][number]).astype("float64")
    mean, std = (np.array(inputs["card"][part]) for part in ("mean", "std"))

    def scaled(pixels: np.ndarray) -> np.ndarray:
        return (pixels / 255 - mean) / std

    size = len(image)
    mixed = image.reshape(3, size, size).transpose(1, 2, 0)
    read = {
        "right": scaled(image),
        "unscaled": image,
        "by 255": image / 255,
        "not divided by 255": (image - mean) / std,
        "blue first": scaled(image[..., ::-1]),
        "mixed axes": scaled(mixed),
        "turned": scaled(image.transpose(1, 0, 2)),
    }
    before, after = inputs["seeds"]
    found = {way: logits(inputs, array[None], after)[0] for way, array in read.items()}
    return {**found, "not loaded": logits(inputs, read["right"][None], before)[0]}


def softmax(row: np.ndarray) -> np.ndarray:
    """Shares of 1."""
    weights = np.exp(row - row.max())
    return weights / weights.sum()


def _clear(inputs: dict[str, Any]) -> bool:
    """Whether no order hangs on rounding, and each way is told from the others, by one file at least."""
    told_apart: set[str] = set()
    for number in range(len(MODES)):
        found = ways(inputs, number)
        best = np.sort(found["right"])[::-1][: TOP + 1]
        if np.min(best[:-1] - best[1:]) < 2e-3 or softmax(found["right"]).max() > 0.95:
            return False
        shares = {way: softmax(row) for way, row in found.items()}
        names = {way: tuple(np.argsort(-row)[:TOP]) for way, row in found.items()}
        other = [way for way in found if names[way] != names["right"]]
        for one, two in itertools.combinations(other, 2):
            bytes_go_in = {one, two} == {"unscaled", "not divided by 255"}
            if np.abs(shares[one] - shares[two]).max() < 0.02 and not bytes_go_in:
                return False
        told_apart |= set(other)
    return len(told_apart) == len(found) - 1


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``cases``: for each file what came back, and all arrays ``after``."""
    with tempfile.TemporaryDirectory() as folder:
        weights = _save_weights(inputs, framework, Path(folder))
        return {"cases": [_asked(answer, inputs, n, weights, framework) for n in range(len(MODES))]}


def _network(inputs: dict[str, Any], framework: str, seed: int) -> Any:
    size, classes = inputs["card"]["size"], len(inputs["names"])
    return tiny.build(framework, inputs["blocks"], inputs["width"], classes, size, seed)


def _save_weights(inputs: dict[str, Any], framework: str, folder: Path) -> Path:
    model = _network(inputs, framework, inputs["seeds"][1])
    if framework == "torch":
        import torch

        torch.save(model.state_dict(), folder / "weights.pth")
        return folder / "weights.pth"
    model.save_weights(folder / "model.weights.h5")
    return folder / "model.weights.h5"


def _asked(answer: Any, inputs: dict[str, Any], number: int, weights: Path, framework: str) -> Any:
    model = _network(inputs, framework, inputs["seeds"][0])
    file = weights.parent / f"image{number}.png"
    _saved_as(inputs["images"][number], inputs["modes"][number]).save(file)
    card = {name: list(value) if isinstance(value, list) else value for name, value in inputs["card"].items()}
    returned = answer(model, str(weights), str(file), card, list(inputs["names"]))
    pairs = list(returned)[: TOP + 5] if hasattr(returned, "__iter__") else returned
    return {"pairs": plain(pairs), "after": tiny.arrays(model, framework, inputs["blocks"])}
