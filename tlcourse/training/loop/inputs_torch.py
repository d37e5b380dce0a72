"""What a PyTorch model reads and gives: batches made for it, and its logits checked."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from tlcourse.errors import CourseError
from tlcourse.frameworks.modes import evaluating
from tlcourse.models.layers._torch import is_lazy
from tlcourse.training.batches import as_batch
from tlcourse.training.examples import Examples, check_outputs, is_tokens
from tlcourse.training.trouble import wrong_output

__all__ = ["check_logits", "make_lazy_weights", "to_input"]


def to_input(
    images: np.ndarray,
    device: torch.device,
    preprocess: Any,
    augment: Any = None,
    rng: np.random.Generator | None = None,
) -> torch.Tensor:
    """What the model reads: a uint8 batch (N, H, W, 3) as (N, 3, H, W), or tokens int64 (N, L)."""
    if is_tokens(images):
        # Whole: which token fills a text up, if any, is the model's to know.
        return torch.from_numpy(images.astype(np.int64)).to(device)
    x = as_batch(images, "torch", preprocess, augment, rng)
    if not isinstance(x, torch.Tensor):
        # A learner's own function works on numpy's channels-last layout; torch wants them second.
        x = torch.from_numpy(np.ascontiguousarray(np.asarray(x, np.float32).transpose(0, 3, 1, 2)))
    return x.to(device, memory_format=torch.channels_last)


def make_lazy_weights(model: torch.nn.Module, train: Examples, preprocess: Any) -> None:
    """Let lazy layers make their weights, by two of the images; nothing happens without such layers."""
    if not any(is_lazy(tensor) for tensor in (*model.parameters(), *model.buffers())):
        return
    try:
        with evaluating(model) as device, torch.no_grad():
            model(to_input(train.inputs[:2], device, preprocess))
    except Exception as error:
        raise CourseError(
            f"The lazy layers of the {type(model).__name__} have no weights yet, and its first batch stops "
            f"with {type(error).__name__}: {error}.",
            "Call the model on one batch by itself first, model(x).",
        ) from error


def check_logits(logits: torch.Tensor, train: Examples) -> None:
    """Refuse an output that is not (N, C), or a C that the labels do not fit; (N, L, C) for (N, L)."""
    if not isinstance(logits, torch.Tensor) or logits.ndim != train.labels.ndim + 1:
        shape = tuple(logits.shape) if isinstance(logits, torch.Tensor) else type(logits).__name__
        raise wrong_output(shape, train.labels.ndim)
    check_outputs(logits.shape[-1], train, "train")
