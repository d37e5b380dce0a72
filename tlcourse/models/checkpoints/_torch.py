"""The published weights as timm reads them. Needs no framework: the file is written by numpy."""

from __future__ import annotations

import safetensors.numpy

from tlcourse.models.weights import imagenet_arrays

__all__ = ["SUFFIX", "written"]

SUFFIX = ".safetensors"


def written(name: str) -> bytes:
    """What is in the file: the network's tensors under timm's names."""
    return safetensors.numpy.save(imagenet_arrays())
