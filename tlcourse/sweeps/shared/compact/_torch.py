"""PyTorch's side of `tlcourse.sweeps.shared.compact`."""

from __future__ import annotations

import copy
import io
import zlib
from typing import Any

import numpy as np
import torch
from torch import nn
from torch.nn import functional

__all__ = ["distilled", "logits", "narrowed", "stored", "trained_on", "zeroed"]


def zeroed(model: nn.Module, share: float) -> nn.Module:
    """A copy in which that share of the convolutions' weights is zero: the smallest of all layers together.

    Source: Han and others, Learning both weights and connections, 2015 (without their retraining).
    """
    model = copy.deepcopy(model)
    weights = [m.weight for m in model.modules() if isinstance(m, nn.Conv2d)]
    sizes = torch.cat([w.detach().abs().flatten() for w in weights])
    least = sizes.kthvalue(max(1, int(share * len(sizes)))).values
    with torch.no_grad():
        for weight in weights:
            weight[weight.abs() <= least] = 0
    return model


def narrowed(model: nn.Module, share: float) -> nn.Module:
    """A copy of an EfficientNet-Lite whose blocks have lost that share of their inner channels.

    An inverted residual block widens its maps by a 1x1 convolution, filters each channel, and narrows them
    again. The inner channels are the block's own, so they can go without a trace outside. Those go whose
    weights into the narrow maps are the shortest.

    Source: Li and others, Pruning filters for efficient ConvNets, 2017, here on inner channels.
    """
    model = copy.deepcopy(model)
    for block in (b for stage in model.blocks for b in stage):
        if not hasattr(block, "conv_pwl"):
            continue  # the first block widens nothing
        lengths = block.conv_pwl.weight.detach().flatten(1).norm(dim=0)
        kept = lengths.argsort(descending=True)[: round((1 - share) * len(lengths))].sort().values
        block.conv_pw.weight = nn.Parameter(block.conv_pw.weight.detach()[kept])
        block.conv_dw.weight = nn.Parameter(block.conv_dw.weight.detach()[kept])
        block.conv_pwl.weight = nn.Parameter(block.conv_pwl.weight.detach()[:, kept])
        block.conv_pw.out_channels = block.conv_dw.in_channels = block.conv_dw.out_channels = len(kept)
        block.conv_dw.groups = block.conv_pwl.in_channels = len(kept)
        for norm in (block.bn1, block.bn2):
            norm.weight, norm.bias = (nn.Parameter(p.detach()[kept]) for p in (norm.weight, norm.bias))
            norm.running_mean, norm.running_var = norm.running_mean[kept], norm.running_var[kept]
            norm.num_features = len(kept)
    return model


def stored(model: nn.Module) -> tuple[int, int]:
    """Bytes of all weights and statistics as float32, and of the same after zip's compression."""
    file = io.BytesIO()
    for value in model.state_dict().values():
        if value.is_floating_point():
            file.write(value.detach().numpy().tobytes())
    return len(file.getvalue()), len(zlib.compress(file.getvalue(), 6))


def _batch(images: np.ndarray) -> torch.Tensor:
    return torch.from_numpy((images.astype(np.float32) - 127) / 128).permute(0, 3, 1, 2)


@torch.inference_mode()
def logits(model: nn.Module, images: np.ndarray) -> np.ndarray:
    """What a network whose images are scaled as EfficientNet-Lite0's says: float32 (N, C)."""
    model.eval()
    return np.concatenate([model(_batch(images[at : at + 64])).numpy() for at in range(0, len(images), 64)])


def _steps(n: int, steps: int, batch: int, seed: int) -> Any:
    """Rows and whether to mirror them, step by step."""
    rng = np.random.default_rng([seed, 31])
    order = np.concatenate([rng.permutation(n) for _ in range(1 + steps * batch // n)])
    for step in range(steps):
        yield order[step * batch : (step + 1) * batch], bool(rng.random() < 0.5)


def trained_on(
    model: nn.Module,
    images: np.ndarray,
    labels: np.ndarray,
    *,
    steps: int,
    batch: int,
    rate: float,
    seed: int,
) -> nn.Module:
    """Train a network further, in place; BatchNorm keeps its statistics."""
    model.eval().requires_grad_(True)
    optimizer = torch.optim.Adam(model.parameters(), rate)
    y = torch.from_numpy(labels)
    for rows, mirror in _steps(len(labels), steps, batch, seed):
        x = images[rows][:, :, ::-1] if mirror else images[rows]
        optimizer.zero_grad()
        functional.cross_entropy(model(_batch(x)), y[rows]).backward()
        optimizer.step()
    return model


def distilled(
    student: nn.Module,
    images: np.ndarray,
    labels: np.ndarray,
    told: np.ndarray | None,
    *,
    steps: int,
    batch: int,
    rate: float,
    temperature: float,
    weight: float,
    seed: int,
) -> nn.Module:
    """Train a small network from random weights, in place.

    Parameters
    ----------
    told : float array (2, N, C) or None
        The teacher's logits for the images and for their mirror images; None: labels alone.
    weight : float
        Of the teacher's part of the loss; the labels have the rest.

    Source: Hinton and others, Distilling the knowledge in a neural network, 2015.
    """
    student.train()
    optimizer = torch.optim.Adam(student.parameters(), rate)
    y = torch.from_numpy(labels)
    for rows, mirror in _steps(len(labels), steps, batch, seed):
        x = images[rows][:, :, ::-1] if mirror else images[rows]
        optimizer.zero_grad()
        said = student(_batch(x))
        loss = functional.cross_entropy(said, y[rows])
        if told is not None:
            soft = torch.from_numpy(told[int(mirror)][rows] / temperature).softmax(1)
            apart = functional.kl_div((said / temperature).log_softmax(1), soft, reduction="batchmean")
            loss = weight * temperature**2 * apart + (1 - weight) * loss
        loss.backward()
        optimizer.step()
    return student
