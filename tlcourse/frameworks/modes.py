"""PyTorch's two modes: a model is put into evaluation, and every module gets back the mode that it had.

Keras needs nothing of the kind: a call says ``training=False``, and no layer remembers it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["evaluating"]


@contextmanager
def evaluating(model: Any) -> Iterator[Any]:
    """A PyTorch model in evaluation mode, as long as the block runs.

    Parameters
    ----------
    model : torch.nn.Module

    Yields
    ------
    torch.device
        Where its parameters are; the CPU if it has none.

    Examples
    --------
    In a process that runs PyTorch::

        with evaluating(model) as device, torch.inference_mode():
            logits = model(x.to(device))
    """
    import torch

    awake = [module for module in model.modules() if module.training]
    model.eval()
    try:
        yield next((p.device for p in model.parameters()), torch.device("cpu"))
    finally:
        # Module by module: model.train() would also wake the ones that were asleep.
        for module in awake:
            module.training = True
