"""Reading Keras's own files of weights, and saying which tensors do not fit."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import keras
import numpy as np

from tlcourse.errors import WeightsError
from tlcourse.models.architecture import Tensor
from tlcourse.models.layers._keras import assign, named_variables, to_torch_axes
from tlcourse.models.weights import damaged, fit

__all__ = ["held_in", "load_file", "misfit", "why_not"]


def _canonical(model: keras.Model) -> dict[str, np.ndarray]:
    """The model's weights in PyTorch's names and axis order."""
    return {name: to_torch_axes(layer, v.value.numpy()) for name, layer, v in named_variables(model)}


def load_file(model: keras.Model, path: Path) -> None:
    """Load a .weights.h5 or .keras file into the model.

    Raises
    ------
    WeightsError
        If it is damaged or does not fit; it names the first tensors that do not, with both shapes.
    """
    before = _canonical(model)
    wanted = [Tensor(name, array.shape, "") for name, array in before.items()]
    if path.suffix == ".keras":
        try:
            saved = keras.saving.load_model(path, compile=False)  # safe mode: refuses code in the file
            given = _canonical(saved)
        except Exception as error:
            raise damaged(path, error) from error
        assign(model, fit(given, wanted, str(path)))
        return
    try:
        model.load_weights(path)
    except Exception as error:
        assign(model, before)  # a file that stops half way leaves nothing half loaded
        raise why_not(model, path, error) from error


def why_not(model: keras.Model, path: Path, error: Exception) -> WeightsError:
    """The error for an .h5 file that Keras could not load into the model."""
    problem = _misfit(model, path)
    return damaged(path, error) if problem is None else misfit(path, problem)


def misfit(path: Path, problem: str) -> WeightsError:
    """The error for a file that belongs to a different model."""
    return WeightsError(
        f"The weights in {path} do not fit the model: {problem}.",
        "Load the model they were saved from: the same name, and the num_classes of the file's head.",
    )


def _text(value: Any) -> str:
    return value.decode() if isinstance(value, bytes) else str(value)


def held_in(path: Path) -> dict[str, list[tuple[int, ...]]] | None:
    """The layers that an .h5 file holds, with the shapes of their variables; None if it cannot be read.

    Two formats: that of Keras 3 (``.weights.h5``), and the older one of the published files (``.h5``).
    """
    import h5py

    shapes_of: dict[str, list[tuple[int, ...]]] = {}

    def older(file: Any) -> None:
        group = file.get("model_weights", file)
        for name in map(_text, group.attrs["layer_names"]):
            shapes = [tuple(group[name][_text(w)].shape) for w in group[name].attrs["weight_names"]]
            if shapes:
                shapes_of[name] = shapes

    def visit(_path: str, node: Any) -> None:
        if isinstance(node, h5py.Group) and "vars" in node and len(node["vars"]):
            variables = node["vars"]
            name = variables.attrs.get("name", node.attrs.get("name", ""))  # the layer's own name
            shapes_of[_text(name)] = [tuple(variables[key].shape) for key in sorted(variables, key=int)]

    try:
        with h5py.File(path) as file:
            if "layer_names" in file.attrs or "model_weights" in file:
                older(file)
            else:
                file.visititems(visit)
    except Exception:
        return None
    return shapes_of


def _misfit(model: keras.Model, path: Path) -> str | None:
    """The first tensors of an .h5 file that do not fit the model; None if it cannot be read."""
    held = held_in(path)
    if held is None:
        return None
    has = {layer.name: [tuple(v.shape) for v in layer.weights] for layer in model.layers if layer.weights}
    wrong = [
        f"{name} is {held[name]} in the file, {shapes} in the model"
        for name, shapes in has.items()
        if name in held and held[name] != shapes
    ]
    wrong += [f"{name} is missing from the file" for name in has if name not in held]
    wrong += [f"the file's {name} has no place in the model" for name in held if name not in has]
    if not wrong:
        return None
    return "; ".join(wrong[:3]) + (f"; and {len(wrong) - 3} more" if len(wrong) > 3 else "")
