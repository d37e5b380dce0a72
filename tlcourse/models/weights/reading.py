"""A weight file of any kind that both frameworks read, to arrays by name."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tlcourse.errors import WeightsError
from tlcourse.models.weights.problems import damaged, existing
from tlcourse.models.weights.pth import read_pth

__all__ = ["read"]


def read(path: str | Path) -> dict[str, np.ndarray]:
    """Read a .pth, .pt, .bin or .safetensors file to arrays by name.

    Raises
    ------
    WeightsError
        If the file is missing, damaged, or of an unknown kind.
    """
    path = existing(path)
    if path.suffix in (".pth", ".pt", ".bin"):
        return read_pth(path)
    if path.suffix == ".safetensors":
        from safetensors.numpy import load_file

        try:
            return dict(load_file(path))
        except Exception as error:
            raise damaged(path, error) from error
    raise WeightsError(
        f"The weight file {path.name} is of an unknown kind.",
        "Both frameworks read .pth, .pt and .safetensors; Keras also .weights.h5 and .keras.",
    )
