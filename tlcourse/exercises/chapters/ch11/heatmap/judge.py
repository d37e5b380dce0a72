"""Three points for the maps, whatever their scale; known wrong ways choose the words."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, tiny, total, wrong

from .probe import Ways, same_but_for_scale


class Looked:
    """The maps that came, and what each way to make them gives."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.got = read_array(observed["maps"], "`heatmaps`").astype("float64")
        self.ways = Ways(inputs)
        self.moved = tiny.moved(self.ways.arrays, observed["after"])
        self.shape = self.got.shape
        self.wanted = self.ways.images.shape[:3]

    def is_way(self, way: str = "") -> bool:
        """Whether each map is this one times a number above 0, which may be another for each image."""
        return same_but_for_scale(self.got, self.ways.maps(way))

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
