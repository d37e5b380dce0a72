"""The layers of the packs' bases: their names in Keras, and those of the same layers in PyTorch.

Keras's are those of keras.applications. PyTorch's are torchvision's, for Xception timm's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

__all__ = ["EPSILON", "LAYERS", "keras_names", "torch_names"]

#: BatchNorm's epsilon in keras.applications, with which these weights were trained. torchvision's and timm's
#: networks have 1e-5.
EPSILON = {"densenet121_base": 1.001e-5, "xception_base": 1e-3}

_VGG_BLOCKS = (2, 2, 3, 3, 3)
_DENSE_BLOCKS = (6, 12, 24, 16)


def _vgg16() -> Iterator[tuple[str, str]]:
    place = 0
    for block, convolutions in enumerate(_VGG_BLOCKS, start=1):
        for number in range(1, convolutions + 1):
            yield f"block{block}_conv{number}", f"features.{place}"
            place += 2  # a ReLU stands between
        place += 1  # and a pooling at the end


def _densenet121() -> Iterator[tuple[str, str]]:
    yield "conv1_conv", "features.conv0"
    yield "conv1_bn", "features.norm0"
    for block, layers in enumerate(_DENSE_BLOCKS, start=1):
        for number in range(1, layers + 1):
            keras = f"conv{block + 1}_block{number}"
            torch = f"features.denseblock{block}.denselayer{number}"
            yield f"{keras}_0_bn", f"{torch}.norm1"
            yield f"{keras}_1_conv", f"{torch}.conv1"
            yield f"{keras}_1_bn", f"{torch}.norm2"
            yield f"{keras}_2_conv", f"{torch}.conv2"
        if block < len(_DENSE_BLOCKS):
            yield f"pool{block + 1}_bn", f"features.transition{block}.norm"
            yield f"pool{block + 1}_conv", f"features.transition{block}.conv"
    yield "bn", "features.norm5"


def _xception() -> Iterator[tuple[str, str]]:
    for number in (1, 2):
        yield f"block1_conv{number}", f"conv{number}"
        yield f"block1_conv{number}_bn", f"bn{number}"
    shortcuts = 0
    for block in range(1, 13):
        keras, torch = f"block{block + 1}", f"block{block}"
        # A ReLU, a convolution, a BatchNorm for each; the first block has no ReLU before its first.
        places = (0, 3) if block == 1 else (1, 4) if block in (2, 3, 12) else (1, 4, 7)
        for number, place in enumerate(places, start=1):
            yield f"{keras}_sepconv{number}", f"{torch}.rep.{place}"
            yield f"{keras}_sepconv{number}_bn", f"{torch}.rep.{place + 1}"
        if block in (1, 2, 3, 12):
            ending = f"_{shortcuts}" if shortcuts else ""
            yield f"conv2d{ending}", f"{torch}.skip"
            yield f"batch_normalization{ending}", f"{torch}.skipbn"
            shortcuts += 1
    for number in (1, 2):
        yield f"block14_sepconv{number}", f"conv{number + 2}"
        yield f"block14_sepconv{number}_bn", f"bn{number + 2}"


LAYERS: dict[str, tuple[tuple[str, str], ...]] = {
    "vgg16_base": tuple(_vgg16()),
    "densenet121_base": tuple(_densenet121()),
    "xception_base": tuple(_xception()),
}
"""Card -> (name in Keras, name in PyTorch) of each layer with weights, from input to output."""

_STATISTICS = ("weight", "bias", "running_mean", "running_var")


def _torch_tensors(name: str, variables: Sequence[np.ndarray]) -> Iterator[tuple[str, np.ndarray]]:
    """A layer's variables as Keras has them, under PyTorch's names and in PyTorch's axes."""
    if variables[0].ndim == 1:
        if len(variables) != len(_STATISTICS):
            raise ValueError(f"{name} has {len(variables)} variables, not those of a BatchNorm")
        yield from ((f"{name}.{short}", x) for short, x in zip(_STATISTICS, variables, strict=True))
    elif len(variables) == 2 and variables[1].ndim == 4:  # separable: (H, W, in, 1), then (1, 1, in, out)
        yield f"{name}.conv1.weight", variables[0].transpose(2, 3, 0, 1)
        yield f"{name}.pointwise.weight", variables[1].transpose(3, 2, 0, 1)
    else:
        yield f"{name}.weight", variables[0].transpose(3, 2, 0, 1)
        yield from ((f"{name}.bias", bias) for bias in variables[1:])


def torch_names(network: str, layers: Mapping[str, Sequence[np.ndarray]]) -> dict[str, np.ndarray]:
    """The variables of Keras's layers under PyTorch's names, float32, in PyTorch's order of axes.

    Parameters
    ----------
    network : str
        A card of :data:`LAYERS`.
    layers : dict of Keras's layer name to its variables

    Raises
    ------
    ValueError
        If a layer is missing, or one has no place.

    Examples
    --------
    >>> layers = {keras: [np.zeros((3, 3, 4, 8)), np.zeros(8)] for keras, _ in LAYERS["vgg16_base"]}
    >>> {name: x.shape for name, x in list(torch_names("vgg16_base", layers).items())[:2]}
    {'features.0.weight': (8, 4, 3, 3), 'features.0.bias': (8,)}
    """
    wanted = [keras for keras, _ in LAYERS[network]]
    odd = sorted(set(wanted) ^ set(layers))
    if odd:
        raise ValueError(f"{len(odd)} layers are missing or have no place, such as {odd[0]}")
    return {
        tensor: np.ascontiguousarray(array, np.float32)
        for keras, torch in LAYERS[network]
        for tensor, array in _torch_tensors(torch, layers[keras])
    }


def keras_names(network: str, arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays under Keras's names of layers, with PyTorch's axes, as `layers._keras.assign` takes them.

    Examples
    --------
    >>> arrays = {f"{torch}.weight": np.zeros((8, 4, 3, 3)) for _, torch in LAYERS["vgg16_base"]}
    >>> next(iter(keras_names("vgg16_base", arrays)))
    'block1_conv1.weight'
    """
    keras_of = {torch: keras for keras, torch in LAYERS[network]}
    renamed = {}
    for name, array in arrays.items():
        layer, _, short = name.rpartition(".")
        owner, _, part = layer.rpartition(".")
        if layer in keras_of:
            renamed[f"{keras_of[layer]}.{short}"] = array
        else:  # one of the two convolutions of a separable one
            renamed[f"{keras_of[owner]}.{'depthwise' if part == 'conv1' else part}.{short}"] = array
    return renamed
