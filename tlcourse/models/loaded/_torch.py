"""PyTorch's side of `tlcourse.models.loaded`."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

__all__ = ["logits", "name_of"]


def name_of(model: nn.Module) -> str | None:
    """See `tlcourse.models.loaded.name_of`."""
    return next((m.tl_name for m in model.modules() if isinstance(getattr(m, "tl_name", None), str)), None)


def logits(model: nn.Module, batch: np.ndarray) -> np.ndarray:
    """The model's outputs (N, C) for scaled pictures float32 (N, H, W, 3), in inference mode."""
    device = next((p.device for p in model.parameters()), torch.device("cpu"))
    channels_first = torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2)))
    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.inference_mode():
            outputs: np.ndarray = model(channels_first.to(device)).cpu().numpy()
    finally:
        for module, training in modes.items():
            module.training = training
    return outputs
