"""The data sets of images, the frozen backbone and its features, each made once in a worker's process."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

__all__ = ["WHOLE", "backbone", "dataset", "features"]

WHOLE = "whole"
"""A backbone that is not cut."""


@cache
def dataset(name: str, size: int) -> Any:
    """A data set, resized.

    Parameters
    ----------
    name : str
        "fashion-mnist", "digits", "textile", or a style of emoji: one of `tlcourse.data.STYLES`.
    size : int
        Side of the images, in pixels.
    """
    from tlcourse import data

    if name == "textile":
        return data.textile(size=size)
    own = {"fashion-mnist": data.fashion_mnist, "digits": data.digits}
    return (own[name]() if name in own else data.three_styles(name)).resized(size)


@cache
def backbone(framework: str, size: int, cut: str = WHOLE) -> Any:
    """EfficientNet-Lite0 with ImageNet's weights and without a head, for square images of ``size`` pixels.

    ``cut`` names the block after which it ends, as for `tlcourse.models.cut_at`.
    """
    from tlcourse import models

    model = models.load("efficientnet_lite0", framework, num_classes=0, input_size=size)
    if cut != WHOLE:
        model = models.cut_at(model, cut)
    if framework == "torch":
        import torch

        # Channels last in memory: the same numbers, in two thirds of the time on a CPU.
        model = model.to(memory_format=torch.channels_last)
    return model


@cache
def features(framework: str, name: str, size: int, split: str) -> np.ndarray:
    """What the whole frozen backbone makes of a split of a data set, float32 (N, D)."""
    from tlcourse import training

    return training.cache_features(
        backbone(framework, size), dataset(name, size).split(split), progress=False
    )
