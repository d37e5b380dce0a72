"""The tiny network in PyTorch."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Sampler, TensorDataset

from tlcourse.exercises.engine.tiny.layout import BLOCK, DROPOUT, EPSILON, HEAD, KERNEL, UPDATE, widths
from tlcourse.exercises.engine.tiny.passes import passes

__all__ = ["arrays", "batches", "built", "drop_nothing", "dropout_of_ones", "put", "step"]


def built(blocks: Sequence[str], width: int, classes: int, size: int) -> nn.Sequential:
    """The network before its first values; ``size``, which Keras asks for, says nothing here."""
    layers: OrderedDict[str, nn.Module] = OrderedDict()
    for name, channels in widths(blocks, width):
        layers[name] = nn.Sequential(
            OrderedDict(
                conv=nn.Conv2d(channels, width, KERNEL, padding=KERNEL // 2, bias=False),
                norm=nn.BatchNorm2d(width, eps=EPSILON, momentum=UPDATE),
                act=nn.ReLU(),
            )
        )
    layers |= {"pool": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "dropout": nn.Dropout(DROPOUT)}
    layers["classifier"] = nn.Linear(width, classes)
    return nn.Sequential(layers)


def _tensors(model: Any, blocks: Sequence[str]) -> dict[str, torch.Tensor]:
    """``block1.conv`` and so on -> the tensor, from input to output; the head's if there is one."""
    tensors = {
        f"{block}.{part}": getattr(model.get_submodule(block).get_submodule(array.layer), array.torch)
        for block in blocks
        for part, array in BLOCK.items()
    }
    head = getattr(model, "classifier", None)
    if head is not None:
        tensors |= {f"{array.layer}.{part}": getattr(head, array.torch) for part, array in HEAD.items()}
    return tensors


def put(model: Any, blocks: Sequence[str], values: Mapping[str, np.ndarray]) -> None:
    """Write arrays, named and turned as in `layout.initial`, into the network, in place."""
    for name, tensor in _tensors(model, blocks).items():
        value = np.asarray(values[name], "float32")
        value = value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T
        with torch.no_grad():
            tensor.copy_(torch.from_numpy(value.copy()))


def arrays(model: Any, blocks: Sequence[str]) -> dict[str, np.ndarray]:
    """Copies of all arrays, named and turned as in `layout.initial`."""
    values = {name: tensor.detach().cpu().numpy() for name, tensor in _tensors(model, blocks).items()}
    return {
        name: (value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T).copy()
        for name, value in values.items()
    }


def drop_nothing(model: Any) -> None:
    """Set dropout's rate to 0."""
    for layer in model.modules():
        if isinstance(layer, nn.Dropout):
            layer.p = 0.0


def dropout_of_ones(model: Any, ones: np.ndarray) -> np.ndarray:
    """What the dropout layer makes of an array in the mode that it is in, at its own rate again."""
    model.dropout.p = DROPOUT
    return np.asarray(model.dropout(torch.from_numpy(ones)).detach())


def step(model: Any, images: np.ndarray, labels: np.ndarray, lr: float) -> bool:
    """One step of SGD for whatever trains, in the mode that the model is in; False if nothing does."""
    parameters = [p for p in model.parameters() if p.requires_grad]
    loss = nn.functional.cross_entropy(model(torch_images(images)), torch.from_numpy(labels))
    if not parameters:
        return False
    model.zero_grad()
    loss.backward()
    torch.optim.SGD(parameters, lr=lr).step()
    return True


def torch_images(images: np.ndarray) -> torch.Tensor:
    """(N, H, W, 3) to a tensor (N, 3, H, W)."""
    return torch.from_numpy(np.asarray(images, "float32").transpose(0, 3, 1, 2).copy())


def batches(case: Mapping[str, Any], begun: list[int]) -> DataLoader[Any]:
    """Pairs of images and labels; ``begun`` grows by one with each pass."""

    class Order(Sampler[int]):
        """Another order for each pass."""

        def __iter__(self) -> Iterator[int]:
            begun.append(1)
            return iter(passes(case, len(begun) - 1))

        def __len__(self) -> int:
            return len(case["labels"])

    dataset = TensorDataset(torch_images(case["images"]), torch.from_numpy(case["labels"].copy()))
    return DataLoader(dataset, batch_size=case["batch"], sampler=Order())
