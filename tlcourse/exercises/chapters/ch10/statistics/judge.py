"""Two points for the statistics, one for all that had to stay."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np

from tlcourse.exercises.engine import Verdict, always, listed, read, read_array, right, tiny, total, wrong

from .probe import CLASSES

UPDATE = 0.1
"""The share of the old statistics that one batch replaces if nothing else is said."""


class Case:
    """What the call left: statistics, weights, and the network's mode."""

    def __init__(self, observed: dict[str, Any], inputs: dict[str, Any]) -> None:
        self.inputs, self.after, self.blocks = inputs, observed["after"], inputs["blocks"]
        self.before = tiny.initial(self.blocks, inputs["width"], CLASSES, inputs["seed"])
        self.outputs = read_array(observed["outputs"], "the network")

    @cached_property
    def of_images(self) -> dict[str, np.ndarray]:
        """Mean and variance of each block, where all blocks normalise with the batch's numbers."""
        labels = np.zeros(len(self.inputs["images"]), "int64")
        return tiny.gradients(self.before, self.blocks, self.inputs["images"], labels, self.blocks)

    @cached_property
    def names(self) -> list[str]:
        return [name for name in self.before if name.endswith(tiny.STATISTICS)]

    def are(self, names: list[str], share: float) -> bool:
        """Whether statistics are so much of the way from the old ones to those of the images."""

        def near(name: str) -> bool:
            wanted = (1 - share) * self.before[name] + share * self.of_images[name]
            reach = np.abs(self.of_images[name] - self.before[name]).max()
            # A variance may be divided by n or n - 1, and the images may come in smaller batches.
            return bool(np.abs(self.after[name] - wanted).max() <= 0.03 * reach + 0.01)

        return all(near(name) for name in names)

    @cached_property
    def still(self) -> list[str]:
        """Blocks whose statistics did not move."""
        moved = tiny.moved(self.before, self.after)
        return [b for b in self.blocks if not any(f"{b}.{part}" in moved for part in tiny.STATISTICS)]

    @cached_property
    def these_still(self) -> str:
        return listed(self.still)

    @cached_property
    def mixed(self) -> bool:
        first = [f"{self.blocks[0]}.{part}" for part in tiny.STATISTICS]
        return self.are(first, UPDATE)

    @cached_property
    def weights_moved(self) -> list[str]:
        return [name for name in tiny.moved(self.before, self.after) if name not in self.names]

    @cached_property
    def these_weights(self) -> str:
        return listed(self.weights_moved)

    @cached_property
    def in_use(self) -> bool:
        """Whether the outputs are those of evaluation mode."""
        expected = tiny.logits(self.after, self.blocks, self.inputs["others"])
        return self.outputs.shape == expected.shape and bool(
            np.allclose(self.outputs, expected, rtol=1e-3, atol=1e-3)
        )


STATISTICS = (
    right(lambda case: case.are(case.names, 1.0), "The statistics are those of the images.", 2),
    wrong(
        lambda case: len(case.still) == len(case.blocks),
        "No statistic moved. A forward pass moves them in training mode, and in Keras only where a layer is"
        " trainable.",
        "nothing moved",
    ),
    wrong(
        lambda case: case.still,
        "The statistics of {these_still} did not move: these blocks were frozen, and a frozen BatchNorm"
        " takes none.",
        "frozen blocks left out",
    ),
    wrong(
        lambda case: case.mixed,
        "The statistics moved a tenth of the way: one batch is mixed into the old ones. Set the momentum so"
        " that nothing of the old ones stays.",
        "mixed with the old ones",
    ),
    wrong(always, "The statistics moved, but they are not those of the images."),
)
REST = (
    wrong(
        lambda case: case.weights_moved,
        "{these_weights} moved, and no weight should. Statistics need a forward pass and no optimizer.",
        "weights moved",
    ),
    wrong(
        lambda case: not case.in_use,
        "Afterwards the network still works with each batch's own numbers, and its dropout is on. Put it into"
        " evaluation mode.",
        "left in training mode",
    ),
    right(always, "All weights stayed, and the network is ready for use."),
)


def judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    """Two points and one; nothing for leaving everything as it was."""
    case = Case(observed, inputs)
    statistics = read(STATISTICS, case)
    return total(statistics, read(REST, case)) if len(case.still) < len(case.blocks) else total(statistics)
