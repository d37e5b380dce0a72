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
from tlcourse.models.cards import known as has_card
from tlcourse.models.weights import IMAGENET, damaged, fit, imagenet_arrays, read_pth

__all__ = ["SQUEEZENET", "architecture", "arrays", "digest", "known", "networks"]

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
        One of :func:`networks`.

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


def _packed(name: str) -> Arrays:
    # Here, so that only what reads packs depends on them.
    from tlcourse import packs
    from tlcourse.models.packed.keras_file import inner_layers
    from tlcourse.models.packed.naming import torch_names

    path = packs.find(packs.pack(name))
    network = architecture(name)
    if network in LITE:
        return fit(read_pth(path), tensors(network, None), path.name, by_order=True)
    try:
        return torch_names(network, _vgg16(path) if path.suffix == ".onnx" else inner_layers(path))
    except Exception as error:  # its hash is right: a library reads it in another way than it did
        raise damaged(path, error) from error


def _vgg16(path: Path) -> dict[str, list[np.ndarray]]:
    """The convolutions of VGG-16 in an ONNX file, as Keras has them: kernel (H, W, in, out) and bias."""
    from tlcourse.models.packed.naming import LAYERS
    from tlcourse.models.packed.onnx_file import initializers

    held = initializers(path.read_bytes())
    names = [keras for keras, _ in LAYERS["vgg16_base"]]
    return {
        name: [
            held[f"functional_1/{name}_1/convolution/ReadVariableOp:0"].transpose(2, 3, 1, 0),
            held[f"functional_1/{name}_1/Squeeze:0"],
        ]
        for name in names
    }


_OWN = {
    "efficientnet_lite0": _Source(IMAGENET, imagenet_arrays),
    "squeezenet": _Source(_SQUEEZENET_SHA256[:8], _squeezenet),
}
"""What comes with an installed package, and with the course."""


def architecture(name: str) -> str:
    """The card of the network whose layers the weights of that name are for; mostly the name itself.

    Examples
    --------
    >>> architecture("vgg16_base")
    'vgg16_base'
    """
    if has_card(name):
        return name
    from tlcourse import packs

    return packs.pack(name).like


def known(network: str) -> bool:
    """Whether weights of that name are here, or in a pack."""
    if network in _OWN:
        return True
    from tlcourse import packs

    return packs.known(network) and has_card(architecture(network))


def networks() -> tuple[str, ...]:
    """The cards whose weights are here or in a pack."""
    from tlcourse import packs

    return (*_OWN, *(pack.name for pack in packs.packs() if has_card(pack.name)))


def _source(network: str) -> _Source:
    if network in _OWN:
        return _OWN[network]
    if not known(network):
        raise UnknownNameError("network with a pack", network, networks())
    from tlcourse import packs

    return _Source(packs.pack(network).member_sha256[:8], partial(_packed, network))
