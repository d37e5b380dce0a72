"""The course's own architectures as plain data: every tensor's name, shape and random start.

Names and shapes are PyTorch's (timm's ``tf_efficientnet_lite0``, torchvision's ``squeezenet1_1``); the Keras
builders use the same names and turn the axes. Random weights are drawn here, by numpy, so that "random
weights, seed 3" is the *same network* in PyTorch and in Keras, and comparisons of random starts compare
nothing else.

The distributions are those of EfficientNet's authors, as timm has them: convolutions normal with variance
2 / fan_out (He et al. 2015, arXiv:1502.01852; fan_out = kernel area x output channels / groups), BatchNorm
scale 1 and shift 0. SqueezeNet has no BatchNorm to make up for its narrow layers: its convolutions have
variance 2 / fan_in, as torchvision's. A linear head starts uniform in +-1/sqrt(fan_in) with bias 0. timm
draws a head from +-1/sqrt(number of classes) instead, which for few classes gives logits of several units
before any training; every start of the course gets the same mild head.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

__all__ = [
    "FIRES",
    "LITE",
    "OWN",
    "SMALL_CNN_CHANNELS",
    "Block",
    "Fire",
    "Tensor",
    "initial_weights",
    "linear_start",
    "lite_blocks",
    "tensors",
]

# (repeats, kernel, stride, expansion, output channels): EfficientNet-B0's stages, arXiv:1905.11946, table 1.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)
LITE = {"efficientnet_lite0": (1.0, 1.0), "efficientnet_lite1": (1.0, 1.1), "efficientnet_lite2": (1.1, 1.2)}
"""Name of each EfficientNet-Lite to what its width and its depth are multiplied by, from Lite0's."""
SMALL_CNN_CHANNELS = (32, 64, 128)
OWN = (*LITE, "squeezenet", "small_cnn")
"""The networks whose tensors and random starts are described here; libraries build the others."""
_FEATURES = {**dict.fromkeys(LITE, 1280), "squeezenet": 512, "small_cnn": 128}
_CLASSES = 1000


@dataclass(frozen=True)
class Block:
    """One inverted-residual block of an EfficientNet-Lite (without expansion: depthwise-separable)."""

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
class Fire:
    """One module of SqueezeNet: a 1x1 convolution to few channels, then 1x1 and 3x3 ones side by side."""

    name: str
    inputs: int
    squeezed: int
    expanded: int  # by each of the two


# SqueezeNet 1.1; in the places between, torchvision has its poolings (``features.2``, ``.5`` and ``.8``).
FIRES = (
    Fire("features.3", 64, 16, 64),
    Fire("features.4", 128, 16, 64),
    Fire("features.6", 128, 32, 128),
    Fire("features.7", 256, 32, 128),
    Fire("features.9", 256, 48, 192),
    Fire("features.10", 384, 48, 192),
    Fire("features.11", 384, 64, 256),
    Fire("features.12", 512, 64, 256),
)


@dataclass(frozen=True)
class Tensor:
    """One tensor of a model: its name and shape as PyTorch has them, and how it starts."""

    name: str
    shape: tuple[int, ...]
    start: str  # "conv" (variance 2 / fan_out), "conv in" (2 / fan_in), "linear", "ones" or "zeros"


def _rounded(channels: float) -> int:
    """The nearest multiple of 8, but not more than a tenth below: EfficientNet's rule."""
    nearest = max(8, int(channels + 4) // 8 * 8)
    return nearest + 8 if nearest < 0.9 * channels else nearest


def lite_blocks(name: str) -> Iterator[Block]:
    """The blocks of an EfficientNet-Lite, in order.

    Depth is not multiplied in the first and last stage, width not in the stem and in the last convolution.

    Examples
    --------
    >>> blocks = list(lite_blocks("efficientnet_lite0"))
    >>> len(blocks), blocks[1].name, blocks[2].residual
    (16, 'blocks.1.0', True)
    >>> [len(list(lite_blocks(name))) for name in LITE]
    [16, 21, 21]
    """
    width, depth = LITE[name]
    channels = 32
    for stage, (repeats, kernel, stride, expansion, outputs) in enumerate(_STAGES):
        times = repeats if stage in (0, len(_STAGES) - 1) else math.ceil(repeats * depth)
        for repeat in range(times):
            block = f"blocks.{stage}.{repeat}"
            wide = _rounded(outputs * width)
            yield Block(block, kernel, stride if repeat == 0 else 1, expansion, channels, wide)
            channels = wide


def _batch_norm(name: str, channels: int) -> Iterator[Tensor]:
    yield Tensor(f"{name}.weight", (channels,), "ones")
    yield Tensor(f"{name}.bias", (channels,), "zeros")
    yield Tensor(f"{name}.running_mean", (channels,), "zeros")
    yield Tensor(f"{name}.running_var", (channels,), "ones")


def _lite(name: str) -> Iterator[Tensor]:
    yield Tensor("conv_stem.weight", (32, 3, 3, 3), "conv")
    yield from _batch_norm("bn1", 32)
    channels = 32
    for b in lite_blocks(name):
        channels = b.outputs
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
    yield Tensor("conv_head.weight", (1280, channels, 1, 1), "conv")
    yield from _batch_norm("bn2", 1280)


def _with_bias(name: str, shape: tuple[int, ...]) -> Iterator[Tensor]:
    yield Tensor(f"{name}.weight", shape, "conv in")
    yield Tensor(f"{name}.bias", shape[:1], "zeros")


def _squeezenet() -> Iterator[Tensor]:
    yield from _with_bias("features.0", (64, 3, 3, 3))
    for fire in FIRES:
        yield from _with_bias(f"{fire.name}.squeeze", (fire.squeezed, fire.inputs, 1, 1))
        yield from _with_bias(f"{fire.name}.expand1x1", (fire.expanded, fire.squeezed, 1, 1))
        yield from _with_bias(f"{fire.name}.expand3x3", (fire.expanded, fire.squeezed, 3, 3))


def _small_cnn() -> Iterator[Tensor]:
    for index, (inputs, outputs) in enumerate(pairwise((3, *SMALL_CNN_CHANNELS)), start=1):
        yield Tensor(f"conv{index}.weight", (outputs, inputs, 3, 3), "conv")
        yield from _batch_norm(f"bn{index}", outputs)


def tensors(name: str, num_classes: int | None) -> list[Tensor]:
    """Every tensor of a model, in PyTorch's order.

    Parameters
    ----------
    name : str
        One of :data:`OWN`.
    num_classes : int, optional
        0 for no head, k for a linear head on the pooled features. None for the published head, which in
        SqueezeNet is a convolution before the pooling.

    Examples
    --------
    >>> sum(int(np.prod(t.shape)) for t in tensors("small_cnn", 10) if "running" not in t.name)
    94762
    >>> [t.name for t in tensors("squeezenet", None)][-2:], [t.name for t in tensors("squeezenet", 2)][-2:]
    (['classifier.1.weight', 'classifier.1.bias'], ['classifier.weight', 'classifier.bias'])
    """
    if name == "squeezenet":
        body = list(_squeezenet())
    else:
        body = list(_lite(name) if name in LITE else _small_cnn())
    if num_classes is None and name == "squeezenet":
        return [*body, *_with_bias("classifier.1", (_CLASSES, _FEATURES[name], 1, 1))]
    classes = _CLASSES if num_classes is None else num_classes
    if classes:
        body.append(Tensor("classifier.weight", (classes, _FEATURES[name]), "linear"))
        body.append(Tensor("classifier.bias", (classes,), "zeros"))
    return body


def initial_weights(name: str, num_classes: int | None, seed: int | None = None) -> dict[str, np.ndarray]:
    """Random weights for a model, the same for both frameworks.

    Parameters
    ----------
    name : str
        A model's name.
    num_classes : int, optional
        As for :func:`tensors`. The body does not depend on it.
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
        if tensor.start in ("conv", "conv in"):
            out, inputs, height, width = tensor.shape
            # For a depthwise convolution fan_out is the kernel's area: its groups are its output channels.
            depthwise = tensor.name.endswith("conv_dw.weight")
            fan = inputs if tensor.start == "conv in" else 1 if depthwise else out
            deviation = np.sqrt(2 / (height * width * fan))
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
