"""Keras's side of `tlcourse.models.loaded`."""

from __future__ import annotations

import keras
import numpy as np

from tlcourse.models.cards import known
from tlcourse.models.loaded import of_input

__all__ = ["logits", "name_of"]


def name_of(model: keras.Model) -> str | None:
    """See `tlcourse.models.loaded.name_of`."""
    inputs = (of_input(layer.name) for layer in model._flatten_layers())
    own = model.name if known(model.name) else None
    return next((name for name in inputs if name is not None), own)


def logits(model: keras.Model, batch: np.ndarray) -> np.ndarray:
    """The model's outputs (N, C) for scaled images float32 (N, H, W, 3), in inference mode."""
    return np.asarray(model(batch, training=False))
