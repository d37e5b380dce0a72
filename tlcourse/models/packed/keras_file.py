"""The weights of a model inside a ``.keras`` file, by the names of its layers, read without Keras.

``keras.models.load_model`` would build the whole model from its configuration, other people's layers and
``Lambda`` code included. Here the configuration is read as plain data, and the numbers from the HDF5 file.
That file has no names of layers: it counts the layers of each class, in the order of the configuration.
"""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

__all__ = ["inner_layers"]

# What Keras calls the layers with weights that the course's networks have.
_CLASSES = {
    "Conv2D": "conv2d",
    "BatchNormalization": "batch_normalization",
    "SeparableConv2D": "separable_conv2d",
}


def _inner(config: dict[str, Any]) -> list[dict[str, Any]]:
    """The layers of the one functional model inside the model."""
    models = [layer for layer in config["config"]["layers"] if layer["class_name"] == "Functional"]
    if len(models) != 1:
        raise ValueError(f"there are {len(models)} models inside its model, not one")
    layers: list[dict[str, Any]] = models[0]["config"]["layers"]
    return layers


def inner_layers(path: Path) -> dict[str, list[np.ndarray]]:
    """The variables of each layer of the network on which a model was built, in Keras's order and axes.

    Parameters
    ----------
    path : Path
        A ``.keras`` file, whose model holds one functional model among its layers.

    Returns
    -------
    dict of layer name to list of float32 arrays
        Only convolutions (plain and separable) and BatchNorm.

    Raises
    ------
    ValueError, KeyError, OSError, zipfile.BadZipFile
        If it is no such file, or damaged.
    """
    import h5py

    with zipfile.ZipFile(path) as archive:
        layers = _inner(json.loads(archive.read("config.json")))
        weights = io.BytesIO(archive.read("model.weights.h5"))
    seen = dict.fromkeys(_CLASSES, 0)
    found: dict[str, list[np.ndarray]] = {}
    with h5py.File(weights) as file:
        held = file["layers/functional/layers"]
        for layer in layers:
            kind = layer["class_name"]
            if kind not in _CLASSES:
                continue
            group = _CLASSES[kind] + (f"_{seen[kind]}" if seen[kind] else "")
            seen[kind] += 1
            variables = held[group]["vars"]
            found[layer["config"]["name"]] = [
                np.asarray(variables[key], np.float32) for key in sorted(variables, key=int)
            ]
    return found
