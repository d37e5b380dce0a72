"""The published weights as timm and torchvision read them. Needs no framework: numpy writes the file."""

from __future__ import annotations

import numpy as np
import safetensors.numpy

from tlcourse.models import packs
from tlcourse.models.packs.naming import EPSILON

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
    return safetensors.numpy.save(_with_epsilon(packs.arrays(name), EPSILON.get(name, _EPSILON)))
