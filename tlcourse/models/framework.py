"""Which framework a model belongs to, found without importing either."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..errors import CourseError
from .images import scale

__all__ = ["framework_of", "predict_logits"]


def framework_of(model: Any) -> str:
    """ "torch" or "keras", by the model's type.

    Raises
    ------
    CourseError
        If it is a model of neither framework.

    Examples
    --------
    >>> framework_of("efficientnet_lite0")
    Traceback (most recent call last):
    tlcourse.errors.CourseError: A str is not a model of PyTorch or Keras.
      What to do: Give a torch.nn.Module or a keras.Model, such as tlcourse.models.load() returns.
    """
    torch = sys.modules.get("torch")
    if torch is not None and isinstance(model, torch.nn.Module):
        return "torch"
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Layer):
        return "keras"
    raise CourseError(
        f"A {type(model).__name__} is not a model of PyTorch or Keras.",
        "Give a torch.nn.Module or a keras.Model, such as tlcourse.models.load() returns.",
    )


def predict_logits(model: Any, batch: np.ndarray, batch_size: int = 32) -> np.ndarray:
    """The model's outputs for uint8 pictures (N, H, W, 3), in inference mode, as float32 (N, C)."""
    chunks = [batch[i : i + batch_size] for i in range(0, len(batch), batch_size)] or [batch]
    if framework_of(model) == "keras":
        outputs = [np.asarray(model(scale(chunk), training=False)) for chunk in chunks]
        return np.concatenate(outputs)
    import torch

    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.inference_mode():
            outputs = [
                model(torch.from_numpy(np.ascontiguousarray(scale(chunk).transpose(0, 3, 1, 2))).to(device))
                .cpu()
                .numpy()
                for chunk in chunks
            ]
    finally:
        for module, training in modes.items():
            module.training = training
    return np.concatenate(outputs)
