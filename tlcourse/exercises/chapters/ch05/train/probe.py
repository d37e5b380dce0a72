"""Solar cells with their probabilities, and others without: drawn anew for each seed, and turned."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, random_state_kept, turned

SIZE = 64
LEARNED, NEW = 500, 300
KEPT = ("new_probabilities",)


@cache
def _cells() -> Any:
    """On the judge's side only."""
    from tlcourse import data

    return data.solar_cells(size=SIZE)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` uint8 (500, 64, 64), ``probabilities`` float32 (500,), ``new_images`` and their
    ``new_probabilities``, which stay with the judge.

    Cells at random, so of the same modules: between whole modules what the same head explains goes from
    -0.15 to 0.5, by which modules they are, and no bar would be fair.
    """
    cells = _cells()
    rows = rng.permutation(len(cells))
    learned, new = rows[:LEARNED], rows[LEARNED : LEARNED + NEW]
    return {
        "images": turned(rng, cells.images[learned, ..., 0]),
        "probabilities": cells.probabilities[learned].astype("float32"),
        "new_images": turned(rng, cells.images[new, ..., 0]),
        "new_probabilities": cells.probabilities[new].astype("float32"),
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All but the probabilities of the new cells."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


@lru_cache(maxsize=1)  # who changes the head and checks again waits for the head alone
def _features(grey: bytes, framework: str) -> np.ndarray:
    """Features float32 (N, 1280) of images uint8 (N, SIZE, SIZE), by the frozen backbone."""
    from tlcourse import models, training

    images = np.frombuffer(grey, np.uint8).reshape(-1, SIZE, SIZE, 1)
    with random_state_kept(0):  # made or kept, they leave the answer the same random numbers
        backbone = models.load("efficientnet_lite0", framework, num_classes=0, input_size=SIZE)
        features = training.cache_features(backbone, np.repeat(images, 3, axis=3), progress=False)
    return features.astype("float32")


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: what the answer gives for the new cells, from features of the frozen backbone."""
    images = np.concatenate([inputs["images"], inputs["new_images"]])
    features = _features(images.tobytes(), framework)
    n = len(inputs["images"])
    given = features[:n], np.asarray(inputs["probabilities"], "float32"), features[n:]
    if framework == "torch":
        import torch

        return {"predicted": plain_array(answer(*(torch.from_numpy(array.copy()) for array in given)))}
    return {"predicted": plain_array(answer(*(array.copy() for array in given)))}
