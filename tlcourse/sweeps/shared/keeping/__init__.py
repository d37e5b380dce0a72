"""One network, an old task and a new one: trained on the new, by ways that are said to keep the old.

EfficientNet-Lite0 with two linear heads. The old head stays as it is; what the backbone gives it may change.
BatchNorm stays closed, statistics and weights. Adam has one rate for the backbone, another for the new head.

=============  =============================================================================================
way            what it adds, and what its strength is
=============  =============================================================================================
plain          nothing
rehearsal      in each batch so many images of the old task in the place of new ones
l2-sp          strength / 2 times the squared distance from the old weights (Li and others 2018,
               arXiv:1802.01483)
ewc            the same, each weight by its Fisher information for the old task (Kirkpatrick and others 2017,
               arXiv:1612.00796)
lwf            strength times the divergence from the old head's old answers for the new images, at
               temperature 2 (Li and Hoiem 2016, arXiv:1606.09282)
lora           the backbone is frozen; low-rank additions of that rank to its 1 x 1 convolutions are trained
               (Hu and others 2022, arXiv:2106.09685), by peft and by Keras's ``enable_lora``
=============  =============================================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["TEMPERATURE", "WAYS", "Batch", "TwoTasks", "two_tasks"]

WAYS = ("plain", "rehearsal", "l2-sp", "ewc", "lwf", "lora")
TEMPERATURE = 2.0


class Batch(NamedTuple):
    """Scaled images and labels of the new task, the old head's old answers for them, and old images."""

    x: npt.NDArray[np.float32]
    y: npt.NDArray[np.int64]
    answers: npt.NDArray[np.float32]
    old_x: npt.NDArray[np.float32]
    old_y: npt.NDArray[np.int64]


class TwoTasks(Protocol):
    """The network of a process, started again for each row."""

    def start(
        self, weight: npt.NDArray[np.float32], bias: npt.NDArray[np.float32], new: int, rank: int
    ) -> None:
        """Pretrained weights; the old head's ``weight`` (1280, C) and ``bias`` (C,); a new head of zeros."""
        ...

    def weigh(self, x: npt.NDArray[np.float32], y: npt.NDArray[np.int64]) -> None:
        """Compute each weight's Fisher information for the old task, which the way "ewc" needs."""
        ...

    def train(
        self,
        batches: Iterable[Batch],
        way: str,
        strength: float,
        rate: float,
        head_rate: float,
        after_step: Callable[[int], Any],
    ) -> None:
        """A step of Adam for each batch; ``after_step`` is called with the number of steps so far."""
        ...

    def blend(self, share: float) -> None:
        """The backbone becomes old weights + share * (trained - old), as WiSE-FT does (arXiv:2109.01903)."""
        ...

    def outputs(self, x: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """Logits of the old head and of the new one for scaled images (N, S, S, 3)."""
        ...


@cache
def two_tasks(framework: str, size: int) -> TwoTasks:
    """The network of this process, for square images of ``size`` pixels."""
    # Imported by name, so that a row's hash knows their code.
    if framework == "torch":
        from tlcourse.sweeps.shared.keeping import _torch

        return _torch.Network(size)
    from tlcourse.sweeps.shared.keeping import _keras

    return _keras.Network(size)
