"""The last block of EfficientNet-Lite0 with a head of its own, on maps that the frozen part made once.

What stands before the last block is frozen, so an image needs to go through it once, or once for each
version of it that training may see. What comes out is small: 3 by 3 places with 192 numbers for an image of
96 pixels. Training on these maps is training the last block on the images, at a tenth of the price.

BatchNorm keeps its statistics throughout. Starts and steps are the same numbers in both frameworks.
"""

from __future__ import annotations

from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["SIZE", "Tail", "maps", "tail"]

SIZE = 96
"""Side of the images, in pixels."""


class Tail(Protocol):
    """A last block and a head that are started, trained and asked, again and again."""

    def start(self, last_opens: bool) -> None:
        """Pretrained weights, a head of zeros, and optimizers that know nothing yet.

        ``last_opens`` says whether the last block will be trained, or the head alone.
        """
        ...

    def step(self, x: npt.NDArray[np.float32], y: npt.NDArray[np.int64], head: float, last: float) -> None:
        """One step of Adam on maps float32 (N, 3, 3, 192), at the rates of the head and of the block."""
        ...

    def outputs(self, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Logits float32 (N, C)."""
        ...


@cache
def tail(framework: str, classes: int) -> Tail:
    """The tail of this process for so many classes."""
    # Imported by name, so that a row's hash knows their code.
    if framework == "torch":
        from tlcourse.sweeps.shared.tail import _torch

        return _torch.Block(classes, SIZE)
    from tlcourse.sweeps.shared.tail import _keras

    return _keras.Block(classes, SIZE)


def maps(framework: str, images: npt.NDArray[np.uint8]) -> npt.NDArray[np.float16]:
    """What the frozen part makes of images uint8 (N, 96, 96, 3): float16 (N, 3, 3, 192)."""
    if framework == "torch":
        from tlcourse.sweeps.shared.tail import _torch

        return _torch.maps(images, SIZE).astype(np.float16)
    from tlcourse.sweeps.shared.tail import _keras

    return _keras.maps(images, SIZE).astype(np.float16)
