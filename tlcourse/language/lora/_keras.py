"""LoRA in Keras, through ``Dense.enable_lora``."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.errors import CourseError
from tlcourse.language.encoder._keras import BertLayer
from tlcourse.language.lora import lora_start

__all__ = ["add", "sizes"]


def add(model: Any, rank: int, alpha: float, targets: tuple[str, ...], seed: int) -> None:
    """See `tlcourse.language.add_lora`."""
    layers = [layer for layer in model.layers if isinstance(layer, BertLayer)]
    if not layers:
        raise CourseError(
            f"The {type(model).__name__} is not an encoder of this course.", "Give a model of load_encoder."
        )
    if any(getattr(layer, _target_of(t)).lora_enabled for layer in layers for t in targets):
        raise CourseError("The model has low-rank additions already.", "Load the encoder again.")
    for layer in model.layers:
        # A layer that is not trainable hides its additions; each dense and norm is frozen for itself.
        layer.trainable = isinstance(layer, BertLayer) or layer.name == "classifier"
    for number, layer in enumerate(layers):
        for part in layer._flatten_layers(include_self=False):
            part.trainable = False
        for target in targets:
            dense = getattr(layer, _target_of(target))
            dense.trainable = True
            dense.enable_lora(rank, lora_alpha=alpha)
            features = int(dense.kernel.shape[0])
            dense.lora_kernel_a.assign(lora_start(features, rank, seed, number, target))
            dense.lora_kernel_b.assign(np.zeros(dense.lora_kernel_b.shape, np.float32))
            if dense.bias is not None:
                dense.bias.trainable = False  # only the addition learns
    model.train_function = None


def _target_of(target: str) -> str:
    """The attribute of a layer that holds this dense layer."""
    return {"output": "output_dense"}.get(target, target)


def sizes(model: Any) -> tuple[int, int]:
    """Trainable parameters, and all of them."""
    count = [(int(np.prod(v.shape)), v) for v in model.weights if "seed_generator" not in v.path]
    trainable = {id(v) for v in model.trainable_weights}
    return sum(n for n, v in count if id(v) in trainable), sum(n for n, _ in count)
