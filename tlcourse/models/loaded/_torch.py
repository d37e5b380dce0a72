"""PyTorch's side of `tlcourse.models.loaded`."""

from __future__ import annotations

import numpy as np
import torch
from torch import nn

from tlcourse.frameworks.modes import evaluating

__all__ = ["logits", "name_of"]


def name_of(model: nn.Module) -> str | None:
    """See `tlcourse.models.loaded.name_of`."""
    return next((m.tl_name for m in model.modules() if isinstance(getattr(m, "tl_name", None), str)), None)


def logits(model: nn.Module, batch: np.ndarray) -> np.ndarray:
    """The model's outputs (N, C) for scaled images float32 (N, H, W, 3), in inference mode."""
    channels_first = torch.from_numpy(np.ascontiguousarray(batch.transpose(0, 3, 1, 2)))
    with evaluating(model) as device, torch.inference_mode():
        return model(channels_first.to(device)).cpu().numpy()
