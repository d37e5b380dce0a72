"""Keras's side of `tlcourse.models.loaded`."""

from __future__ import annotations

import keras
import numpy as np

from tlcourse.models.cards import cards
from tlcourse.models.loaded import image_input

__all__ = ["logits", "name_of"]


def name_of(model: keras.Model) -> str | None:
    """See `tlcourse.models.loaded.name_of`."""
    names = {image_input(c.name): c.name for c in cards()}
    inputs = [names[layer.name] for layer in model._flatten_layers() if layer.name in names]
    return inputs[0] if inputs else (model.name if model.name in names.values() else None)


def logits(model: keras.Model, batch: np.ndarray) -> np.ndarray:
    """The model's outputs (N, C) for scaled pictures float32 (N, H, W, 3), in inference mode."""
    return np.asarray(model(batch, training=False))
