"""The architectures of torchvision and timm. Imported only in a process that runs PyTorch."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from tlcourse.frameworks import pick
from tlcourse.models import weights as files
from tlcourse.models.architecture import Tensor, linear_start
from tlcourse.models.cards import card
from tlcourse.models.cards._pretrained import Pretrained

__all__ = ["build"]

_COUNTER = "num_batches_tracked"  # of BatchNorm: older files lack it, and nothing here uses it


class _Head(nn.Linear):
    """A linear head that drops inputs in training. Its weights have the names of a plain one's."""

    def __init__(self, features: int, num_classes: int, rate: float) -> None:
        super().__init__(features, num_classes)
        self.rate = rate

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(nn.functional.dropout(x, self.rate, self.training))

    def extra_repr(self) -> str:
        return f"{super().extra_repr()}, dropout={self.rate}"


def _with_head(model: nn.Module, known: Pretrained, num_classes: int, dropout: float, features: int) -> None:
    """Replace the head: none, or a linear one on the mean over the image."""
    setattr(model, known.head, nn.Linear(features, num_classes) if num_classes else nn.Identity())
    rate = dropout if num_classes else 0.0
    if known.dropout == "head":
        if rate:
            setattr(model, known.head, _Head(features, num_classes, rate))
    elif known.dropout == "avgpool":
        # Beside the pooling, which has no weights: the names of all others stay the library's.
        pool = nn.AdaptiveAvgPool2d(1)
        model.avgpool = nn.Sequential(pool, nn.Dropout(rate)) if rate else pool
    elif isinstance(getattr(model, known.dropout), nn.Module):
        setattr(model, known.dropout, nn.Dropout(rate))
    else:
        setattr(model, known.dropout, rate)


def _shapes(model: nn.Module) -> dict[str, tuple[int, ...]]:
    return {key: tuple(value.shape) for key, value in model.state_dict().items()}


def _other_head(
    given: Mapping[str, np.ndarray],
    shapes: Mapping[str, tuple[int, ...]],
    published: Mapping[str, tuple[int, ...]],
    head: str,
) -> bool:
    """Whether only a file's body is wanted: the model has no head, or the file has none or ImageNet's."""

    def of(tensors: Mapping[str, Any]) -> dict[str, tuple[int, ...]]:
        return {k: tuple(getattr(v, "shape", v)) for k, v in tensors.items() if k.startswith(head)}

    held, wanted = of(given), of(shapes)
    return not wanted or not held or (held == of(published) and held != wanted)


def _assign(model: nn.Module, arrays: Mapping[str, np.ndarray]) -> None:
    state = {k: torch.from_numpy(np.array(v)) for k, v in arrays.items()}
    counters = [k for k in model.state_dict() if k.endswith(_COUNTER)]
    state.update({k: torch.zeros((), dtype=torch.int64) for k in counters})
    model.load_state_dict(state, strict=True, assign=True)


def build(
    name: str,
    path: Path | None,
    published: bool,
    num_classes: int | None,
    dropout: float,
    input_size: int | None,
    features: int,
    seed: int,
) -> nn.Module:
    """The model `name`, with weights from `path` or random ones, on the picked device.

    Parameters
    ----------
    published : bool
        `path` is the published file, whose head is only for the published classes.
    features : int
        What the backbone gives for an image.
    seed : int
        Of the random weights; PyTorch's own generator is left as it was.
    """
    known = card(name).of("torch")
    # With weights from a file nothing needs to be drawn: "meta" tensors have shapes and no numbers.
    with torch.random.fork_rng(devices=[]), torch.device("cpu" if path is None else "meta"):
        torch.manual_seed(seed)
        model = known.construct()
        published_shapes = _shapes(model)
        if num_classes is not None:
            _with_head(model, known, num_classes, dropout, features)
    head = known.head + "."
    fresh: dict[str, np.ndarray] = {}
    if num_classes:
        weight, bias = linear_start(features, num_classes, seed)
        fresh = {f"{head}weight": weight, f"{head}bias": bias}
    if path is not None:
        given = {k: v for k, v in files.read(path).items() if not k.startswith("AuxLogits.")}
        shapes = _shapes(model)
        if num_classes is not None and (published or _other_head(given, shapes, published_shapes, head)):
            given = {k: v for k, v in given.items() if not k.startswith(head)} | fresh
        wanted = [Tensor(k, s, "") for k, s in shapes.items() if not k.endswith(_COUNTER)]
        _assign(model, files.fit(given, wanted, str(path)))
    elif fresh:
        model.load_state_dict({k: torch.from_numpy(v) for k, v in fresh.items()}, strict=False)
    model.tl_name = name  # type: ignore[assignment]
    return model.to(pick(framework="torch"))
