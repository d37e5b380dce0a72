"""PyTorch's side of `tlcourse.models.costs`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from tlcourse.frameworks.modes import evaluating

__all__ = ["import_all", "multiply_adds", "predictor", "save"]


def import_all() -> None:
    """Import what loading a model would import, and set the threads."""
    import timm  # noqa: F401
    import torchvision  # noqa: F401

    torch.set_num_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))


def multiply_adds(model: nn.Module, size: int) -> int:
    """Half of the operations that PyTorch's own counter finds: it counts multiplications and additions."""
    # Not in inference mode: there PyTorch skips the dispatcher's keys by which the counter sees convolutions.
    with evaluating(model) as device, torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(torch.zeros(1, 3, size, size, device=device))
    return counter.get_total_flops() // 2


@contextmanager
def predictor(model: nn.Module, size: int) -> Iterator[Callable[[], torch.Tensor]]:
    """A function that predicts one random image."""
    generator = torch.Generator().manual_seed(0)
    with evaluating(model) as device, torch.inference_mode():
        x = torch.randn(1, 3, size, size, generator=generator).to(device)

        def predict() -> torch.Tensor:
            return model(x).cpu()  # the copy waits for a GPU

        yield predict


def save(model: nn.Module, folder: str) -> Path:
    """Save the weights."""
    from safetensors.torch import save_model

    path = Path(folder) / "model.safetensors"
    save_model(model, str(path))
    return path
