"""The arrays of a network whose weights come in a Python package, in a pack, or with the course."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from tlcourse.data.files import bundled
from tlcourse.errors import UnknownNameError
from tlcourse.models.architecture import LITE, tensors
from tlcourse.models.packs.cached import find
from tlcourse.models.packs.keras_file import inner_layers
from tlcourse.models.packs.naming import LAYERS, torch_names
from tlcourse.models.packs.onnx_file import initializers
from tlcourse.models.packs.table import PACKS, Pack
from tlcourse.models.weights import IMAGENET, damaged, fit, imagenet_arrays, read_pth

__all__ = ["NETWORKS", "SQUEEZENET", "arrays", "digest"]

Arrays = dict[str, np.ndarray]

#: The only package with SqueezeNet's weights is a source archive, whose set-up pip would run to fetch it; so
#: its arrays come with the course, in half precision (2.5 MB): ``tools/build_squeezenet.py``.
SQUEEZENET = "squeezenet.safetensors"
_SQUEEZENET_SHA256 = "fd870fec25ccca1672f519fce4521be4417e56fb22c8f85b3fb295d6388f6036"


def digest(network: str) -> str:
    """The first digits of the SHA-256 of the file that a network's arrays are in.

    Raises
    ------
    UnknownNameError
        If they are not here.
    """
    return _source(network).digest


def arrays(network: str) -> Arrays:
    """The published ImageNet weights of a network: float32, under PyTorch's names, in PyTorch's axes.

    Parameters
    ----------
    network : str
        A card of :data:`NETWORKS`.

    Returns
    -------
    dict of name to array
        Names are timm's for the EfficientNets and Xception, torchvision's for the others; with the head for
        the EfficientNets and SqueezeNet, without it for the bases. SqueezeNet's numbers are rounded to half
        precision.

    Raises
    ------
    UnknownNameError
        If they are not here.
    WeightsError
        If the package or the pack is missing or damaged; it names the command that brings it, and of a pack
        the chapters that need it.

    Examples
    --------
    >>> arrays("squeezenet")["features.0.weight"].shape
    (64, 3, 3, 3)
    """
    return _source(network).read()


@dataclass(frozen=True)
class _Source:
    """The first digits of the SHA-256 of a file, and a function that reads the arrays in it."""

    digest: str
    read: Callable[[], Arrays]


def _squeezenet() -> Arrays:
    from safetensors.numpy import load

    halves = load(bundled(SQUEEZENET, _SQUEEZENET_SHA256))
    return {name: array.astype(np.float32) for name, array in halves.items()}


def _packed(pack: Pack) -> Arrays:
    path = find(pack)
    if pack.network in LITE:
        return fit(read_pth(path), tensors(pack.network, None), path.name, by_order=True)
    try:
        return torch_names(pack.network, _vgg16(path) if path.suffix == ".onnx" else inner_layers(path))
    except Exception as error:  # its hash is right: a library reads it in another way than it did
        raise damaged(path, error) from error


def _vgg16(path: Path) -> dict[str, list[np.ndarray]]:
    """The convolutions of VGG-16 in an ONNX file, as Keras has them: kernel (H, W, in, out) and bias."""
    held = initializers(path.read_bytes())
    names = [keras for keras, _ in LAYERS["vgg16_base"]]
    return {
        name: [
            held[f"functional_1/{name}_1/convolution/ReadVariableOp:0"].transpose(2, 3, 1, 0),
            held[f"functional_1/{name}_1/Squeeze:0"],
        ]
        for name in names
    }


_SOURCES = {
    "efficientnet_lite0": _Source(IMAGENET, imagenet_arrays),
    "squeezenet": _Source(_SQUEEZENET_SHA256[:8], _squeezenet),
    **{name: _Source(pack.member_sha256[:8], partial(_packed, pack)) for name, pack in PACKS.items()},
}
NETWORKS = tuple(_SOURCES)
"""The cards whose weights are here: in an installed package, with the course, or in a pack."""


def _source(network: str) -> _Source:
    if network not in _SOURCES:
        raise UnknownNameError("network with a pack", network, NETWORKS)
    return _SOURCES[network]
