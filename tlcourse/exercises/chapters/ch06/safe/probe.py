"""Arrows that point in four directions, augmented twice by what the answer makes."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array

SIDE = 32
SAME = 6  # the first images are one arrow, so many times


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` uint8 (N, 32, 32, 3), and ``ways`` int64 (N,): quarter turns clockwise from the right."""
    count = int(rng.integers(26, 40))
    first = int(rng.integers(4))
    rest = rng.permutation(np.concatenate([np.repeat(np.arange(4), 4), rng.integers(0, 4, count - 16)]))
    same = np.repeat(_arrow(rng, first)[None], SAME, axis=0)
    others = np.stack([_arrow(rng, int(way)) for way in rest])
    return {
        "images": np.concatenate([same, others]),
        "ways": np.concatenate([np.full(SAME, first), rest]).astype("int64"),
    }


def _arrow(rng: np.random.Generator, way: int) -> np.ndarray:
    """A bright arrow on a dark, coloured ground, uint8 (32, 32, 3)."""
    image = np.zeros((SIDE, SIDE, 3), np.uint8)
    image[:] = rng.integers(20, 70, 3)
    colour = rng.integers(190, 236, 3)
    left, row = 9 + int(rng.integers(-1, 2)), SIDE // 2 + int(rng.integers(-1, 2))
    image[row - 1 : row + 1, left : left + 9] = colour
    for i in range(6):  # the head: a triangle that narrows towards its tip
        image[row - 6 + i : row + 6 - i, left + 9 + i] = colour
    # rot90 turns against the clock.
    return np.ascontiguousarray(np.rot90(image, -way))


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``first`` and ``again``: float32 (N, 32, 32, 3), what came of the images in two epochs."""
    augment = answer()
    if not callable(augment):
        return {"wrong": describe(augment)}
    run = _torch if framework == "torch" else _keras
    first, again = (run(augment, np.asarray(inputs["images"], np.uint8).copy()) for _ in range(2))
    if isinstance(first, str) or isinstance(again, str):
        return {"wrong": first if isinstance(first, str) else again}
    return {"first": first.astype("float32"), "again": again.astype("float32")}


def _torch(augment: Any, images: np.ndarray) -> np.ndarray | str:
    """Image by image, as a data set does it."""
    import torch

    made = []
    for image in images:
        one = plain_array(augment(torch.from_numpy(image).permute(2, 0, 1).clone()))
        if isinstance(one, str):
            return one
        if one.ndim != 3 or one.shape[0] != 3:
            return f"an image of shape {one.shape} for one of shape (3, {SIDE}, {SIDE})"
        made.append(one.transpose(1, 2, 0))
    if len({one.shape for one in made}) > 1:
        return f"images of several sizes, {made[0].shape[:2]} among them"
    return np.stack(made)


def _keras(augment: Any, images: np.ndarray) -> np.ndarray | str:
    """As a batch, as a model does it in training."""
    import keras

    return plain_array(augment(keras.ops.convert_to_tensor(images.astype("float32")), training=True))
