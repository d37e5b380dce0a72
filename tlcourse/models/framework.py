"""What is known of a model at hand: its card, and what it says of a picture."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..frameworks import framework_of
from .cards import cards
from .images import scale

__all__ = ["image_input", "name_of", "predict_logits"]


def image_input(name: str) -> str:
    """The name of a Keras model's input layer, by which :func:`name_of` knows the model.

    It stays where the model is cut, wrapped, extended, cloned, or saved and loaded again.
    """
    return f"{name}_image"


def name_of(model: Any) -> str | None:
    """The name of the card that a model was loaded from, if it can be told.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
        A model of :func:`tlcourse.models.load`, or one that holds it. PyTorch: the module itself has to be
        in it; its layers taken one by one are no longer known. Keras: its input has to be.

    Returns
    -------
    str or None

    Raises
    ------
    CourseError
        If it is a model of neither framework.
    """
    if framework_of(model) == "torch":
        return next(
            (m.tl_name for m in model.modules() if isinstance(getattr(m, "tl_name", None), str)), None
        )
    names = {image_input(c.name): c.name for c in cards()}
    inputs = [names[layer.name] for layer in model._flatten_layers() if layer.name in names]
    return inputs[0] if inputs else (model.name if model.name in names.values() else None)


def _rule(model: Any) -> str:
    """How this model's pictures are scaled; of a model of somebody else: as for EfficientNet-Lite0."""
    name = name_of(model)
    if name is None:
        return "lite"
    return next(c for c in cards() if c.name == name).rule(framework_of(model))


def predict_logits(model: Any, batch: np.ndarray, batch_size: int = 32) -> np.ndarray:
    """The model's outputs for uint8 pictures (N, H, W, 3), in inference mode, as float32 (N, C)."""
    rule = _rule(model)
    chunks = [batch[i : i + batch_size] for i in range(0, len(batch), batch_size)] or [batch]
    if framework_of(model) == "keras":
        outputs = [np.asarray(model(scale(chunk, rule), training=False)) for chunk in chunks]
        return np.concatenate(outputs)
    import torch

    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.inference_mode():
            scaled = (np.ascontiguousarray(scale(c, rule).transpose(0, 3, 1, 2)) for c in chunks)
            outputs = [model(torch.from_numpy(batch).to(device)).cpu().numpy() for batch in scaled]
    finally:
        for module, training in modes.items():
            module.training = training
    return np.concatenate(outputs)
