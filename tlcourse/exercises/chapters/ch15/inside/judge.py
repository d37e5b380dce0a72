"""Three points for probabilities that the network in use gives; what came instead chooses the words."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, read, read_array, right, stopped, tiny, total, wrong
from tlcourse.probabilities import softmax

from .probe import CLASSES


class Case:
    """What each batch gave."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.inputs, self.other = inputs, observed.get("other")
        self.outputs = [
            read_array(one, "the network's output").astype("float64") for one in observed.get("outputs", [])
        ]

    @cached_property
    def shaped(self) -> bool:
        wanted = [(len(rows), CLASSES) for rows in self.inputs["batches"]]
        return [one.shape for one in self.outputs] == wanted

    @cached_property
    def shapes(self) -> str:
        return ", ".join(str(one.shape) for one in self.outputs)

    def given_by(self, scaled: Any, logits: bool = False) -> bool:
        """Whether the outputs are those of the network in evaluation mode for images so scaled."""
        inputs = self.inputs
        arrays = tiny.initial(inputs["blocks"], inputs["width"], CLASSES, inputs["seed"])
        for rows, one in zip(inputs["batches"], self.outputs, strict=True):
            images = scaled(inputs["images"][rows].astype("float64"))
            z = tiny.logits(arrays, inputs["blocks"], images)
            if not np.allclose(one, z if logits else softmax(z), rtol=1e-3, atol=1e-4):
                return False
        return True

    def scaled(self, x: np.ndarray) -> np.ndarray:
        return (x / 255 - self.inputs["mean"]) / self.inputs["std"]

    @cached_property
    def of_batch(self) -> bool:
        """Whether the image that all batches begin with has another output in another batch."""
        first = np.stack([one[0] for one in self.outputs])
        return bool(np.ptp(first, axis=0).max() > 1e-3)


UNUSABLE = (
    wrong(
        lambda case: case.other is not None,
        "`deployable(network, mean, std)` should give a network that can be called with images; yours gave"
        " {other}.",
        "no network",
    ),
    wrong(
        lambda case: not case.shaped,
        "For one batch after the other your network's outputs have the shapes {shapes}. There should be a row"
        " for each image of the batch, and a number for each class.",
        "another shape",
    ),
)
RIGHT = (
    right(
        lambda case: case.given_by(case.scaled),
        "Bytes in, probabilities out, and each image by itself.",
        3,
    ),
    wrong(
        lambda case: case.of_batch,
        "The same image gets other numbers in another batch. So a layer still works in training mode: an"
        " exported file would keep that.",
        "training mode",
    ),
    wrong(
        lambda case: case.given_by(case.scaled, logits=True),
        "Each row should sum to 1. Your network gives logits: whoever runs the file wants probabilities.",
        "logits",
    ),
    wrong(
        lambda case: case.given_by(lambda x: (x - case.inputs["mean"]) / case.inputs["std"]),
        "The images go in from 0 to 255. Mean and deviation are those of images from 0 to 1.",
        "not divided",
    ),
    wrong(
        lambda case: case.given_by(lambda x: x / 255) or case.given_by(lambda x: x),
        "`mean` and `std` change nothing in your network: the images go in unscaled, or only divided.",
        "not scaled",
    ),
    wrong(
        lambda case: case.given_by(lambda x: case.scaled(x[..., ::-1])),
        "Your network takes red for blue. The images come as RGB.",
        "channels turned round",
    ),
    wrong(
        lambda case: case.given_by(lambda x: case.scaled(x.transpose(0, 2, 1, 3))),
        "Your network sees each image on its side: height and width have changed places. Look at the order of"
        " the axes.",
        "on its side",
    ),
    wrong(always, "The outputs are not the probabilities that the network gives for images scaled so."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """All or nothing: a file that is nearly right is wrong on every image."""
    case = Case(observed, inputs)
    if (verdict := stopped(UNUSABLE, case)) is not None:
        return verdict
    return total(read(RIGHT, case))
