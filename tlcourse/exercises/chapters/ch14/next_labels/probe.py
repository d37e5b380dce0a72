"""A tiny network and unlabelled images in series: shots of one thing, more alike than different."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, tiny
from tlcourse.probabilities import softmax

SIZE, CLASSES, BLOCKS = 6, 4, 2
SERIES, SHOTS = 16, 3
GAP = 1e-3
"""So far is the highest probability of an image that is chosen from that of the next one."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's numbers, ``images`` float32 (48, 6, 6, 3), ``series`` int64 (48,), and how many to name.

    Drawn again until no choice hangs on rounding and each known wrong way chooses otherwise.
    """
    while True:
        first = tiny.batch(rng, SERIES, SIZE, CLASSES)["images"]
        images = np.repeat(first, SHOTS, axis=0) + rng.normal(0, 0.15, (SERIES * SHOTS, SIZE, SIZE, 3))
        order = rng.permutation(len(images))
        names = rng.permutation(np.arange(100, 400))[:SERIES]
        given: dict[str, Any] = {
            "blocks": tiny.block_names(rng, BLOCKS),
            "width": int(rng.integers(5, 9)),
            "seed": int(rng.integers(1, 10_000)),
            "images": images[order].astype("float32"),
            "series": np.repeat(names, SHOTS)[order].astype("int64"),
            "n": int(rng.integers(4, 8)),
        }
        if _clear(given):
            return given


def outputs(given: dict[str, Any]) -> np.ndarray:
    """The logits in evaluation mode, float64 (48, 4)."""
    return tiny.logits(_arrays(given), given["blocks"], given["images"])


def _arrays(given: dict[str, Any]) -> dict[str, np.ndarray]:
    arrays = tiny.initial(given["blocks"], given["width"], CLASSES, given["seed"])
    return arrays | {"classifier.weight": arrays["classifier.weight"] * 3}


def _one_each(order: np.ndarray, series: np.ndarray) -> np.ndarray:
    """The first row of each series, in this order."""
    _, first = np.unique(series[order], return_index=True)
    return order[np.sort(first)]


def chosen(given: dict[str, Any]) -> dict[str, set[int]]:
    """The rows that come out the right way and each known wrong way."""
    return _chosen(outputs(given), np.asarray(given["series"]), given["n"])


def _chosen(z: np.ndarray, series: np.ndarray, n: int) -> dict[str, set[int]]:
    top = softmax(z).max(axis=1)
    rows = np.arange(len(series))
    ways = {
        "right": _one_each(np.argsort(top), series),
        "several of a series": np.argsort(top),
        "the surest": _one_each(np.argsort(-top), series),
        "logits": _one_each(np.argsort(z.max(axis=1)), series),
        "the first of each series": (first := _one_each(rows, series))[np.argsort(top[first])],
    }
    return {name: {int(row) for row in order[:n]} for name, order in ways.items()}


def _clear(given: dict[str, Any]) -> bool:
    z, series = outputs(given), given["series"]
    ways = _chosen(z, series, given["n"])
    if any(len(one & two) > given["n"] - 2 for one, two in itertools.combinations(ways.values(), 2)):
        return False
    top = softmax(z).max(axis=1)
    of = sorted((np.sort(top[series == name]) for name in np.unique(series)), key=lambda shots: shots[0])
    edge = of[given["n"]][0] - of[given["n"] - 1][0]
    return bool(min(edge, *(shots[1] - shots[0] for shots in of[: given["n"]])) > GAP)


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``rows``: what the answer gives."""
    model = tiny.build(framework, inputs["blocks"], inputs["width"], CLASSES, SIZE, inputs["seed"])
    tiny.put(model, framework, inputs["blocks"], _arrays(inputs))
    images, series = np.array(inputs["images"]), np.array(inputs["series"])
    if framework == "torch":
        import torch

        model.train()  # as a loop may have left it
        return {
            "rows": plain_array(
                answer(model, tiny.torch_images(images), torch.from_numpy(series), inputs["n"])
            )
        }
    return {"rows": plain_array(answer(model, images, series, inputs["n"]))}
