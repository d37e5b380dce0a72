"""The published weights as timm reads them. Needs no framework: the file is written by numpy."""

from __future__ import annotations

import numpy as np
import safetensors.numpy

from tlcourse.models import weights
from tlcourse.models.architecture import tensors

__all__ = ["SUFFIX", "written"]

SUFFIX = ".safetensors"


def written(name: str) -> bytes:
    """What is in the file: the network's tensors under timm's names."""
    source = weights.imagenet_file()
    fitted = weights.fit(weights.read_pth(source), tensors(name, 1000), source.name, by_order=True)
    return safetensors.numpy.save({key: np.ascontiguousarray(value) for key, value in fitted.items()})
