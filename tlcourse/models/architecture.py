"""The two architectures as plain data: every tensor's name, shape and random start, for both frameworks.

Names and shapes are PyTorch's (timm's ``tf_efficientnet_lite0``); the Keras builders use the same names and
turn the axes. Random weights are drawn here, by numpy, so that "random weights, seed 3" is the *same network*
in PyTorch and in Keras, and comparisons of random starts compare nothing else.

The distributions are those of EfficientNet's authors, as timm has them: convolutions normal with variance
2 / fan_out (He et al. 2015, arXiv:1502.01852; fan_out = kernel area x output channels / groups), BatchNorm
scale 1 and shift 0. A linear head starts uniform in +-1/sqrt(fan_in) with bias 0. timm draws a head from
+-1/sqrt(number of classes) instead, which for few classes gives logits of several units before any training;
every start of the course gets the same mild head.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = [
    "LITE0_STAGES",
    "SMALL_CNN_CHANNELS",
    "Block",
    "Tensor",
    "initial_weights",
    "linear_start",
    "lite0_blocks",
    "tensors",
]

# (repeats, kernel, stride, expansion, output channels): EfficientNet-B0's stages, arXiv:1905.11946, table 1.
LITE0_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
SMALL_CNN_CHANNELS = (32, 64, 128)
FEATURES = {"efficientnet_lite0": 1280, "small_cnn": 128}


@dataclass(frozen=True)
class Block:
    """One inverted-residual block of EfficientNet-Lite0 (without expansion: depthwise-separable)."""

    name: str
    kernel: int
    stride: int
    expansion: int
    inputs: int
    outputs: int

    @property
    def residual(self) -> bool:
        """Whether the block's input is added to its output."""
        return self.stride == 1 and self.inputs == self.outputs


@dataclass(frozen=True)
class Tensor:
    """One tensor of a model: its name and shape as PyTorch has them, and how it starts."""

    name: str
    shape: tuple[int, ...]
    start: str  # "conv", "linear", "ones" or "zeros"


def lite0_blocks() -> Iterator[Block]:
    """The 16 blocks of EfficientNet-Lite0, in order.

    Examples
    --------
    >>> blocks = list(lite0_blocks())
    >>> len(blocks), blocks[1].name, blocks[2].residual
    (16, 'blocks.1.0', True)
    """
    channels = 32
    for stage, (repeats, kernel, stride, expansion, outputs) in enumerate(LITE0_STAGES):
        for repeat in range(repeats):
            name = f"blocks.{stage}.{repeat}"
            yield Block(name, kernel, stride if repeat == 0 else 1, expansion, channels, outputs)
            channels = outputs


def _batch_norm(name: str, channels: int) -> Iterator[Tensor]:
    yield Tensor(f"{name}.weight", (channels,), "ones")
    yield Tensor(f"{name}.bias", (channels,), "zeros")
    yield Tensor(f"{name}.running_mean", (channels,), "zeros")
    yield Tensor(f"{name}.running_var", (channels,), "ones")


def _lite0() -> Iterator[Tensor]:
    yield Tensor("conv_stem.weight", (32, 3, 3, 3), "conv")
    yield from _batch_norm("bn1", 32)
    for b in lite0_blocks():
        wide = b.inputs * b.expansion
        depthwise = Tensor(f"{b.name}.conv_dw.weight", (wide, 1, b.kernel, b.kernel), "conv")
        if b.expansion == 1:
            yield depthwise
            yield from _batch_norm(f"{b.name}.bn1", wide)
            yield Tensor(f"{b.name}.conv_pw.weight", (b.outputs, wide, 1, 1), "conv")
            yield from _batch_norm(f"{b.name}.bn2", b.outputs)
        else:
            yield Tensor(f"{b.name}.conv_pw.weight", (wide, b.inputs, 1, 1), "conv")
            yield from _batch_norm(f"{b.name}.bn1", wide)
            yield depthwise
            yield from _batch_norm(f"{b.name}.bn2", wide)
            yield Tensor(f"{b.name}.conv_pwl.weight", (b.outputs, wide, 1, 1), "conv")
            yield from _batch_norm(f"{b.name}.bn3", b.outputs)
    yield Tensor("conv_head.weight", (1280, 320, 1, 1), "conv")
    yield from _batch_norm("bn2", 1280)


def _small_cnn() -> Iterator[Tensor]:
    for index, (inputs, outputs) in enumerate(pairwise((3, *SMALL_CNN_CHANNELS)), start=1):
        yield Tensor(f"conv{index}.weight", (outputs, inputs, 3, 3), "conv")
        yield from _batch_norm(f"bn{index}", outputs)


def tensors(name: str, num_classes: int) -> list[Tensor]:
    """Every tensor of a model, in PyTorch's order; no head if `num_classes` is 0.

    Examples
    --------
    >>> sum(int(np.prod(t.shape)) for t in tensors("small_cnn", 10) if "running" not in t.name)
    94762
    """
    body = list(_lite0() if name == "efficientnet_lite0" else _small_cnn())
    if num_classes:
        body.append(Tensor("classifier.weight", (num_classes, FEATURES[name]), "linear"))
        body.append(Tensor("classifier.bias", (num_classes,), "zeros"))
    return body


def initial_weights(name: str, num_classes: int, seed: int | None = None) -> dict[str, np.ndarray]:
    """Random weights for a model, the same for both frameworks.

    Parameters
    ----------
    name : str
        A model's name.
    num_classes : int
        0 for no head. The body does not depend on it.
    seed : int, optional
        Default: drawn from numpy's global generator, which :func:`tlcourse.start` seeds.

    Returns
    -------
    dict of tensor name to float32 array, in PyTorch's axis order

    Examples
    --------
    >>> a = initial_weights("small_cnn", 10, seed=1)
    >>> b = initial_weights("small_cnn", 3, seed=1)
    >>> bool((a["conv1.weight"] == b["conv1.weight"]).all())
    True
    """
    if seed is None:
        seed = int(np.random.randint(2**31))
    rng = np.random.default_rng(seed)
    start = {}
    for tensor in tensors(name, num_classes):
        if tensor.start == "conv":
            out, _, height, width = tensor.shape
            # For a depthwise convolution fan_out is the kernel's area: its groups are its output channels.
            depthwise = tensor.name.endswith("conv_dw.weight")
            deviation = np.sqrt(2 / (height * width * (1 if depthwise else out)))
            value = rng.standard_normal(tensor.shape) * deviation
        elif tensor.start == "linear":
            value = _uniform(rng, tensor.shape)
        else:
            value = np.full(tensor.shape, float(tensor.start == "ones"))
        start[tensor.name] = value.astype(np.float32)
    return start


def _uniform(rng: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray:
    limit = 1 / np.sqrt(shape[1])
    return rng.uniform(-limit, limit, shape)


def linear_start(
    features: int, num_classes: int, seed: Any, deviation: float | None = None
) -> tuple[np.ndarray, np.ndarray]:
    """Where a linear layer begins, the same in both frameworks; every fresh head of the course is drawn here.

    Parameters
    ----------
    features, num_classes : int
        Numbers in and out.
    seed : int, sequence of int, or numpy.random.Generator
        As ``numpy.random.default_rng`` takes it. What else is drawn from a run's seed (the network's weights,
        the order of the examples) is drawn from that number alone, so a head that must not repeat those
        numbers takes a sequence: the seed, and what it is for.
    deviation : float, optional
        The weights are normal with this deviation. Without it they are uniform in +-1/sqrt(features).

    Returns
    -------
    weight : (num_classes, features) float32 array
    bias : (num_classes,) float32 array, zero

    Examples
    --------
    >>> weight, bias = linear_start(100, 3, seed=0)
    >>> weight.shape, bool(abs(weight).max() <= 0.1), bias.tolist()
    ((3, 100), True, [0.0, 0.0, 0.0])
    >>> round(float(linear_start(1000, 300, seed=[0, 7], deviation=0.01)[0].std()), 3)
    0.01
    """
    rng = np.random.default_rng(seed)
    if deviation is None:
        weight = _uniform(rng, (num_classes, features))
    else:
        weight = rng.normal(0, deviation, (features, num_classes)).T
    return weight.astype(np.float32), np.zeros(num_classes, np.float32)
