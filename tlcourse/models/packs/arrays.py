"""The arrays of a network whose weights come in a pack, or with the course."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tlcourse.data.files import bundled
from tlcourse.errors import UnknownNameError
from tlcourse.models.architecture import LITE, tensors
from tlcourse.models.packs.cached import find
from tlcourse.models.packs.keras_file import inner_layers
from tlcourse.models.packs.naming import LAYERS, torch_names
from tlcourse.models.packs.onnx_file import initializers
from tlcourse.models.packs.table import PACKS
from tlcourse.models.weights import damaged, fit, read_pth

__all__ = ["PACKED", "SQUEEZENET", "arrays", "digest"]

#: The only package with SqueezeNet's weights is a source archive, whose set-up pip would run to fetch it; so
#: its arrays (4.9 MB) come with the course: ``tools/build_squeezenet.py``.
SQUEEZENET = "squeezenet.safetensors"
_SQUEEZENET_SHA256 = "07a8d7298b2172635d78768759f7bfcd7e8bb075ff555f4bb09bbb4fdc5acad9"

PACKED = ("squeezenet", *PACKS)
"""The cards whose weights are here."""


def digest(network: str) -> str:
    """The first digits of the SHA-256 of the file that a network's arrays are in.

    Raises
    ------
    UnknownNameError
        If they are not here.
    """
    if network == "squeezenet":
        return _SQUEEZENET_SHA256[:8]
    if network not in PACKS:
        raise UnknownNameError("network with a pack", network, PACKED)
    return PACKS[network].member_sha256[:8]


def arrays(network: str) -> dict[str, np.ndarray]:
    """The published ImageNet weights of a network: float32, under PyTorch's names, in PyTorch's axes.

    Parameters
    ----------
    network : str
        A card of :data:`PACKED`.

    Returns
    -------
    dict of name to array
        Names are timm's for the EfficientNets and Xception, torchvision's for the others; with the head for
        the EfficientNets and SqueezeNet, without it for the bases.

    Raises
    ------
    UnknownNameError
        If there is no such pack.
    WeightsError
        If the pack is missing or damaged; it names the command that fetches it and the chapters that need it.

    Examples
    --------
    >>> arrays("squeezenet")["features.0.weight"].shape
    (64, 3, 3, 3)
    """
    if network == "squeezenet":
        from safetensors.numpy import load

        return dict(load(bundled(SQUEEZENET, _SQUEEZENET_SHA256)))
    digest(network)
    path = find(PACKS[network])
    if network in LITE:
        return fit(read_pth(path), tensors(network, None), path.name, by_order=True)
    try:
        return torch_names(network, _vgg16(path) if path.suffix == ".onnx" else inner_layers(path))
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
