"""The published weights as timm and torchvision read them. Needs no framework: numpy writes the file."""

from __future__ import annotations

import numpy as np
import safetensors.numpy

from tlcourse.models import packed
from tlcourse.models.cards import card

__all__ = ["written"]

_EPSILON = 1e-5
"""Of BatchNorm in torchvision's and timm's networks."""


def _with_epsilon(arrays: dict[str, np.ndarray], trained: float) -> dict[str, np.ndarray]:
    """The arrays for a network whose BatchNorm adds another epsilon to the variance than it was trained with.

    The difference goes into the variance: the sum, which is all that a frozen BatchNorm uses, stays.
    """
    shift = np.float32(trained - _EPSILON)
    return {name: array + shift if name.endswith("running_var") else array for name, array in arrays.items()}


def written(name: str) -> bytes:
    """What is in the file: the network's tensors under the library's names."""
    arrays = packed.arrays(name)
    network = packed.architecture(name)
    if card(network).headless:
        from tlcourse.models.packed.naming import EPSILON

        arrays = _with_epsilon(arrays, EPSILON.get(network, _EPSILON))
    return safetensors.numpy.save(arrays)
