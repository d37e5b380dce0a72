"""Three points for the maps, whatever their scale; known wrong ways choose the words."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, tiny, total, wrong
from tlcourse.exercises.engine.tiny.reference import _back, _block
from tlcourse.probabilities import softmax

from .probe import CLASSES


class Looked:
    """The maps that came, and what each way to make them gives."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.got = read_array(observed["maps"], "`heatmaps`").astype("float64")
        self.inputs = inputs
        self.images = np.asarray(inputs["images"], "float64")
        self.classes = np.asarray(inputs["classes"])
        self.arrays = tiny.initial(inputs["blocks"], inputs["width"], CLASSES, inputs["seed"])
        self.moved = tiny.moved(self.arrays, observed["after"])
        self.shape = self.got.shape
        self.wanted = self.images.shape[:3]

    def passed(self, by_batch: bool = False, what: str = "logit") -> tuple[np.ndarray, np.ndarray]:
        """The block's maps (N, H, W, C), and the gradient for them of one output of each image."""
        blocks = self.inputs["blocks"]
        x, passes, made = self.images, {}, {}
        for block in blocks:
            passes[block] = _block(self.arrays, block, x, by_batch)
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
            _, down = _back(self.arrays, block, passes[block], down, by_batch)
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

    def is_way(self, way: str = "") -> bool:
        """Whether each map is this one times a number above 0, which may be another for each image."""
        wanted = self.maps(way)
        if self.shape != wanted.shape:
            return False
        for mine, theirs in zip(self.got, wanted, strict=True):
            size = np.abs(theirs).max()
            if size < 1e-9:
                if np.abs(mine).max() > 1e-6:
                    return False
                continue
            factor = (mine * theirs).sum() / (theirs**2).sum()
            if not factor > 0 or np.abs(mine - factor * theirs).max() > 2e-3 * factor * size:
                return False
        return True

    @cached_property
    def like(self) -> bool:
        return self.shape == self.wanted


UNUSABLE = (
    wrong(
        lambda case: not case.like,
        "Your maps have the shape {shape}. There should be a map for each image, of the block's height and"
        " width: {wanted} here.",
        "another shape",
    ),
    wrong(
        lambda case: not np.isfinite(case.got).all(),
        "There is NaN or infinity in your maps. A map that is 0 everywhere has no maximum to divide by.",
        "not finite",
    ),
    wrong(
        lambda case: bool(case.moved),
        "The network's numbers changed while you looked. Statistics move in training mode.",
        "network changed",
    ),
)
MAPS = (
    right(lambda case: case.is_way(), "Each map says what spoke for the class of its image.", 3),
    wrong(
        lambda case: case.is_way("negative too"),
        "Your maps hold negative numbers: places that speak against the class. Grad-CAM keeps what speaks for"
        " it.",
        "negative too",
    ),
    wrong(
        lambda case: case.is_way("training"),
        "The network was in training mode: each map depends on the other images of the batch.",
        "training mode",
    ),
    wrong(
        lambda case: case.is_way("all") or case.is_way("likeliest"),
        "Your maps are not about the class that was asked for. Take the gradient of that class's logit, of"
        " each image its own.",
        "another class",
    ),
    wrong(
        lambda case: case.is_way("each place"),
        "You weight each place by its own gradient. Grad-CAM gives each channel one weight: the mean of its"
        " gradient over all places.",
        "gradient of each place",
    ),
    wrong(
        lambda case: case.is_way("of the batch"),
        "All images share the same weights of the channels. The mean is over the places of one image, not"
        " over the batch.",
        "mean over the batch",
    ),
    wrong(
        lambda case: case.is_way("no gradient"),
        "Your maps show where the block is active, whatever for. Which class it speaks for is in the"
        " gradient.",
        "no gradient",
    ),
    wrong(
        lambda case: case.is_way("gradient alone"),
        "Your maps show the gradient alone. It says what a change would do; multiply with what the maps"
        " hold.",
        "gradient alone",
    ),
    wrong(always, "These are not the maps that Grad-CAM gives for this block and these classes."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing."""
    case = Looked(observed, inputs)
    return stopped(UNUSABLE, case) or total(read(MAPS, case))
