"""Weight files: found, checked, read without running anything in them, and fitted to a model.

* `packaged`: the ImageNet weights that came with the environment;
* `reading`: a file of any kind to arrays by name; `pth` reads PyTorch's;
* `fitting`: the arrays of a file held against the tensors of a model.
"""

from __future__ import annotations

from tlcourse.models.weights.fitting import fit
from tlcourse.models.weights.packaged import IMAGENET, PACKAGE, imagenet_arrays, imagenet_file, sha256
from tlcourse.models.weights.problems import damaged
from tlcourse.models.weights.pth import read_pth
from tlcourse.models.weights.reading import read

__all__ = [
    "IMAGENET",
    "PACKAGE",
    "damaged",
    "fit",
    "imagenet_arrays",
    "imagenet_file",
    "read",
    "read_pth",
    "sha256",
]
