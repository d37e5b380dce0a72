"""Two points for how far the probability falls, one for images that stay as they are."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import (
    Verdict,
    always,
    read,
    read_array,
    right,
    show,
    stopped,
    total,
    wrong,
)

from .ways import falls


class Covered:
    """The differences that came, and what each way gives."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.whole = read_array(observed["given"], "`fall`").astype("float64")
        self.inputs, self.n, self.shape = inputs, len(inputs["places"]), self.whole.shape
        self.left_alone = np.array_equal(observed["images"], inputs["images"])

    @cached_property
    def got(self) -> np.ndarray:
        return self.whole.reshape(-1)

    @cached_property
    def first(self) -> str:
        return show(float(self.got[0]), 3)

    def is_way(self, way: str = "") -> bool:
        return bool(np.allclose(self.got, falls(self.inputs, way), rtol=1e-3, atol=1e-4))


UNUSABLE = (
    wrong(
        lambda case: case.shape not in ((case.n,), (case.n, 1)),
        "For {n} images you give an array of shape {shape}. One number for each is needed.",
        "not a number for each image",
    ),
)
FALL = (
    right(lambda case: case.is_way(), "That is how far each probability falls.", 2),
    wrong(
        lambda case: case.is_way("rose") or case.is_way("other class"),
        "The sign is turned round. A fall of the probability of class 1 counts as positive, a rise as"
        " negative.",
        "the sign turned round",
    ),
    wrong(
        lambda case: case.is_way("size"),
        "None of your numbers is negative. A probability may also rise when something is covered, and"
        " then its fall is negative.",
        "without the sign",
    ),
    wrong(
        lambda case: case.is_way("after"),
        "For the first image you found {first}: the probability with the square. How far did it fall from"
        " what it was?",
        "only the covered image",
    ),
    wrong(
        lambda case: case.is_way("logits"),
        "For the first image you found {first}: the fall of the logit. A probability was asked for.",
        "logits",
    ),
    wrong(
        lambda case: case.is_way("turned"),
        "For the first image you found {first}. Your square is in another place: a place is (row,"
        " column), and rows count from the top.",
        "row and column exchanged",
    ),
    wrong(
        lambda case: case.is_way("corner"),
        "For the first image you found {first}. Your square begins at the place; its middle should lie"
        " there.",
        "not in the middle",
    ),
    wrong(
        lambda case: case.is_way("zeros"),
        "For the first image you found {first}: you cover with zeros. In this image 0 is not black; use"
        " `fill`.",
        "covered with zeros",
    ),
    wrong(
        lambda case: case.is_way("training"),
        "For the first image you found {first}. The network was in training mode: each answer depends on the"
        " other images of the batch.",
        "training mode",
    ),
    wrong(
        always,
        "For the first image you found {first}. At the border a square is cut off, and elsewhere its"
        " middle is the place.",
        "another fall",
    ),
)
KEPT = (
    right(lambda case: case.left_alone, "The images stayed as they were."),
    wrong(
        always,
        "The images that you were given have squares now. Cover a copy: whoever covers the next place starts"
        " from the whole image.",
        "images changed",
    ),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Leaving the images alone counts only where the falls are right."""
    case = Covered(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    fell = read(FALL, case)
    return total(fell, read(KEPT, case)) if fell[0] else total(fell)
