"""A gauge on a PyTorch network."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch
from torch import nn

__all__ = ["Watching"]


class Watching:
    """See `tlcourse.exercises.engine.gauge.Gauge`."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._low, self._high, self._by_batch = math.nan, math.nan, False
        self._norms = [m for m in model.modules() if isinstance(m, nn.modules.batchnorm._BatchNorm)]
        self._before = self._all_sums()
        model.register_forward_pre_hook(self._look)

    def _look(self, model: nn.Module, given: tuple[Any, ...]) -> None:
        self._by_batch |= any(norm.training for norm in self._norms)
        if given and isinstance(given[0], torch.Tensor) and given[0].numel():
            low, high = given[0].detach().aminmax()
            # In this order NaN, which nothing was seen with, gives way.
            self._low, self._high = min(float(low), self._low), max(float(high), self._high)

    def _all_sums(self) -> tuple[np.ndarray, np.ndarray]:
        statistics = [array for array in self._model.buffers() if array.is_floating_point()]
        return _sums(self._model.parameters()), _sums(statistics)

    def seen(self) -> dict[str, Any]:
        """See `tlcourse.exercises.engine.gauge.Gauge`."""
        (weights, statistics), (weights_now, statistics_now) = self._before, self._all_sums()
        return {
            "low": self._low,
            "high": self._high,
            "by_batch": self._by_batch,
            "weights": np.stack([weights, weights_now]),
            "statistics": np.stack([statistics, statistics_now]),
        }


def _sums(arrays: Iterable[torch.Tensor]) -> np.ndarray:
    return np.array([float(array.detach().double().abs().sum()) for array in arrays])
