"""A tiny network, images, the block whose maps are looked at, and a class for each image."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, tiny
from tlcourse.probabilities import softmax

CLASSES, SIZE = 3, 8
OTHERS = (
    "negative too",
    "training",
    "all",
    "likeliest",
    "each place",
    "of the batch",
    "no gradient",
    "gradient alone",
)
"""Known wrong ways to make the maps; "" is the right one."""
reference = tiny.reference  # what a block and its gradient are, in NumPy


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Three or four blocks, of which one before the last is asked about; images and their ``classes``.

    Drawn again until no two ways give the same maps.
    """
    while True:
        given = _drawn(rng)
        ways = Ways(given)
        maps = [ways.maps(way) for way in ("", *OTHERS)]
        pairs = itertools.permutations(range(len(maps)), 2)
        if not any(same_but_for_scale(maps[one], maps[other]) for one, other in pairs):
            return given


def _drawn(rng: np.random.Generator) -> dict[str, Any]:
    blocks = tiny.block_names(rng, int(rng.integers(3, 5)))
    n = int(rng.integers(4, 7))
    return {
        "width": int(rng.integers(4, 7)),
        "blocks": blocks,
        "asked": blocks[int(rng.integers(0, len(blocks) - 1))],
        "seed": int(rng.integers(1, 10_000)),
        "images": rng.normal(0.3, 1.0, (n, SIZE, SIZE, 3)).astype("float32"),
        "classes": rng.permutation(np.arange(n) % CLASSES).astype("int64"),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``maps``: what came back for the images; ``after``: the network's arrays."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, inputs["seed"])
    tiny.drop_nothing(model, framework)
    images, classes = np.array(inputs["images"]), np.array(inputs["classes"])
    if framework == "torch":
        import torch

        model.train()
        images, classes = tiny.torch_images(images), torch.from_numpy(classes)
    maps = answer(model, images, inputs["asked"], classes)
    return {"maps": plain_array(maps), "after": tiny.arrays(model, framework, blocks)}


class Ways:
    """What each way to make the maps gives, worked out in NumPy."""

    def __init__(self, inputs: dict[str, Any]) -> None:
        self.inputs = inputs
        self.images = np.asarray(inputs["images"], "float64")
        self.classes = np.asarray(inputs["classes"])
        self.arrays = tiny.initial(inputs["blocks"], inputs["width"], CLASSES, inputs["seed"])

    def passed(self, by_batch: bool = False, what: str = "logit") -> tuple[np.ndarray, np.ndarray]:
        """The block's maps (N, H, W, C), and the gradient for them of one output of each image."""
        blocks = self.inputs["blocks"]
        x, passes, made = self.images, {}, {}
        for block in blocks:
            passes[block] = reference._block(self.arrays, block, x, by_batch)
            x = np.maximum(passes[block].before_relu, 0)
            made[block] = x
        weight = np.asarray(self.arrays["classifier.weight"], "float64")
        at = np.zeros((len(x), CLASSES))
        at[np.arange(len(x)), self.classes] = 1
        z = x.mean((1, 2)) @ weight + self.arrays["classifier.bias"]
        if what == "all":
            at[:] = 1
        elif what == "probability":
            p = softmax(z)
            own = p[np.arange(len(p)), self.classes][:, None]
            at = own * (at - p)
        elif what == "likeliest":
            at = np.eye(CLASSES)[z.argmax(1)]
        height, width = x.shape[1:3]
        down = np.broadcast_to((at @ weight.T)[:, None, None] / (height * width), x.shape)
        for block in reversed(blocks[blocks.index(self.inputs["asked"]) + 1 :]):
            _, down = reference._back(self.arrays, block, passes[block], down, by_batch)
        return made[self.inputs["asked"]], down

    def maps(self, way: str = "") -> np.ndarray:
        """The heat maps that this way gives, (N, H, W)."""
        what = way if way in ("all", "probability", "likeliest") else "logit"
        maps, slopes = self.passed(way == "training", what)
        if way == "each place":
            return np.asarray(np.maximum((maps * slopes).sum(-1), 0))
        means = slopes.mean((1, 2))
        if way == "of the batch":
            means = np.broadcast_to(means.mean(0), means.shape)
        if way == "no gradient":
            return np.asarray(maps.mean(-1))
        if way == "gradient alone":
            return np.asarray(np.abs(slopes).mean(-1))
        heat = np.einsum("nhwc,nc->nhw", maps, means)
        return np.asarray(heat if way == "negative too" else np.maximum(heat, 0))


def same_but_for_scale(maps: np.ndarray, wanted: np.ndarray) -> bool:
    """Whether each map is the wanted one times a number above 0, which may be another for each image."""
    if maps.shape != wanted.shape:
        return False
    for mine, theirs in zip(maps, wanted, strict=True):
        size = np.abs(theirs).max()
        if size < 1e-9:
            if np.abs(mine).max() > 1e-6:
                return False
            continue
        factor = (mine * theirs).sum() / (theirs**2).sum()
        if not factor > 0 or np.abs(mine - factor * theirs).max() > 2e-3 * factor * size:
            return False
    return True
