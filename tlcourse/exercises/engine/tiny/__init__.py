"""A tiny network of blocks that exercises freeze, open and train: the same numbers in both frameworks.

Three to five blocks of convolution, BatchNorm and ReLU, then pooling, dropout and a linear classifier. It has
what makes freezing hard (BatchNorm's statistics, dropout) and runs in milliseconds. `layout` describes it
once. A probe builds it in a framework and hands over its arrays; a judge works out in NumPy where a step of
training has to lead (`features`, `gradients`, `batch_blocks`), and believes no report. Arrays have the names
and axes of `initial` everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tlcourse.exercises.engine.tiny.layout import (
    DROPOUT,
    STATISTICS,
    batch,
    block_names,
    initial,
    moved,
)
from tlcourse.exercises.engine.tiny.passes import passes
from tlcourse.exercises.engine.tiny.reference import features, gradients, logits, loss
from tlcourse.exercises.engine.tiny.steps import NO_STEP, batch_blocks, is_descent
from tlcourse.frameworks import side

__all__ = [
    "DROPOUT",
    "NO_STEP",
    "STATISTICS",
    "arrays",
    "batch",
    "batch_blocks",
    "batches",
    "block_names",
    "build",
    "drop_nothing",
    "dropout_of_ones",
    "features",
    "gradients",
    "initial",
    "is_descent",
    "logits",
    "loss",
    "moved",
    "passes",
    "put",
    "rate_of",
    "step",
    "torch_images",
]


def build(framework: str, blocks: Sequence[str], width: int, classes: int, size: int, seed: int) -> Any:
    """A network whose blocks have these names, from input to output, and whose head is ``classifier``."""
    model = side(__name__, framework).built(blocks, width, classes, size)
    put(model, framework, blocks, initial(blocks, width, classes, seed))
    return model


def put(model: Any, framework: str, blocks: Sequence[str], values: Mapping[str, np.ndarray]) -> None:
    """Write arrays, named and turned as in `initial`, into the network, in place."""
    side(__name__, framework).put(model, blocks, values)


def arrays(model: Any, framework: str, blocks: Sequence[str]) -> dict[str, np.ndarray]:
    """Copies of all arrays, named and turned as in `initial`; without a head if the model has none."""
    copies: dict[str, np.ndarray] = side(__name__, framework).arrays(model, blocks)
    return copies


def drop_nothing(model: Any, framework: str) -> None:
    """Set dropout's rate to 0, so that a judge can work out where training has to lead."""
    side(__name__, framework).drop_nothing(model)


def dropout_of_ones(model: Any, framework: str) -> np.ndarray:
    """What the dropout layer makes of 400 ones in training, in the mode that it is in and at its own rate."""
    dropped: np.ndarray = side(__name__, framework).dropout_of_ones(model, np.ones((20, 20), "float32"))
    return dropped


def step(model: Any, framework: str, images: np.ndarray, labels: np.ndarray, lr: float) -> bool:
    """One step of SGD without dropout for whatever trains, in the mode that the model is in.

    False if nothing trains.
    """
    drop_nothing(model, framework)
    return bool(side(__name__, framework).step(model, images, labels, lr))


def batches(case: Mapping[str, Any], framework: str) -> tuple[Any, list[int]]:
    """The framework's batches of a case, in a new order on each pass, and a list that grows by one with each.

    ``case``: ``images`` float32 (N, H, W, 3), ``labels`` int64 (N,), ``batch``, the images in one, and
    ``order``, the seed of `passes`.
    """
    begun: list[int] = []
    return side(__name__, framework).batches(case, begun), begun


def torch_images(images: np.ndarray) -> Any:
    """PyTorch: (N, H, W, 3) to a tensor (N, 3, H, W)."""
    return side(__name__, "torch").torch_images(images)


def rate_of(optimizer: Any, parameters: Sequence[Any]) -> list[float]:
    """PyTorch: the rate that the optimizer has for each of the parameters (NaN: it does not hold it)."""
    rates = []
    for parameter in parameters:
        held = [g["lr"] for g in optimizer.param_groups for p in g["params"] if p is parameter]
        rates.append(float(held[0]) if held else float("nan"))
    return rates
