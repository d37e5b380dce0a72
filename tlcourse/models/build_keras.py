"""The models in Keras, with timm's names for their layers. Imported only in a process that runs Keras."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from tlcourse.models.layers._keras import named_variables, to_torch_axes

from ..errors import WeightsError
from .architecture import SMALL_CNN_CHANNELS, Tensor, lite0_blocks
from .weights import damaged, fit

__all__ = ["assign", "build", "held_in", "load_file", "misfit", "why_not"]


def _batch_norm(name: str) -> layers.Layer:
    # momentum 0.9 is PyTorch's 0.1: Keras says how much of the old average stays, PyTorch how much goes.
    return layers.BatchNormalization(momentum=0.9, epsilon=1e-3, name=name)


def _conv_bn(x: Any, conv: layers.Layer, bn: str, activation: bool = True) -> Any:
    x = _batch_norm(bn)(conv(x))
    return layers.ReLU(max_value=6.0, name=f"{bn}.act")(x) if activation else x


def _conv(channels: int, kernel: int, name: str, stride: int = 1) -> layers.Layer:
    return layers.Conv2D(channels, kernel, strides=stride, padding="same", use_bias=False, name=name)


def _lite0(x: Any) -> Any:
    """EfficientNet-Lite0's body: "same" padding, BatchNorm epsilon 1e-3, ReLU6, no squeeze-and-excite."""
    x = _conv_bn(x, _conv(32, 3, "conv_stem", stride=2), "bn1")
    for b in lite0_blocks():
        entry, n = x, b.name
        depthwise = layers.DepthwiseConv2D(
            b.kernel, strides=b.stride, padding="same", use_bias=False, name=f"{n}.conv_dw"
        )
        if b.expansion == 1:
            x = _conv_bn(x, depthwise, f"{n}.bn1")
            x = _conv_bn(x, _conv(b.outputs, 1, f"{n}.conv_pw"), f"{n}.bn2", activation=False)
        else:
            x = _conv_bn(x, _conv(b.inputs * b.expansion, 1, f"{n}.conv_pw"), f"{n}.bn1")
            x = _conv_bn(x, depthwise, f"{n}.bn2")
            x = _conv_bn(x, _conv(b.outputs, 1, f"{n}.conv_pwl"), f"{n}.bn3", activation=False)
        if b.residual:
            x = layers.Add(name=f"{n}.add")([x, entry])
    return _conv_bn(x, _conv(1280, 1, "conv_head"), "bn2")


def _small_cnn(x: Any) -> Any:
    for index, channels in enumerate(SMALL_CNN_CHANNELS, start=1):
        x = _batch_norm(f"bn{index}")(_conv(channels, 3, f"conv{index}")(x))
        x = layers.MaxPooling2D(2, name=f"pool{index}")(layers.ReLU(name=f"act{index}")(x))
    return x


def build(
    name: str, weights: Mapping[str, np.ndarray], num_classes: int, dropout: float, input_size: int | None
) -> keras.Model:
    """The model `name` with these weights (in PyTorch's names and axis order)."""
    inputs = keras.Input((input_size, input_size, 3), name="image")
    x = (_lite0 if name == "efficientnet_lite0" else _small_cnn)(inputs)
    x = layers.GlobalAveragePooling2D(name="global_pool")(x)
    if num_classes:
        x = layers.Dropout(dropout, name="dropout")(x) if dropout else x
        x = layers.Dense(num_classes, name="classifier")(x)
    model = keras.Model(inputs, x, name=name)
    assign(model, weights)
    return model


def assign(model: keras.Model, weights: Mapping[str, np.ndarray]) -> None:
    """Set every variable of the model from arrays in PyTorch's names and axis order."""
    for name, layer, variable in named_variables(model):
        array = weights[name]
        if array.ndim == 4:  # (out, in, H, W) to (H, W, in, out); depthwise (C, 1, H, W) to (H, W, C, 1)
            depthwise = isinstance(layer, layers.DepthwiseConv2D)
            array = array.transpose((2, 3, 0, 1) if depthwise else (2, 3, 1, 0))
        elif array.ndim == 2:
            array = array.T
        variable.assign(array)


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
    """The error for a file of another model."""
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

    held: dict[str, list[tuple[int, ...]]] = {}

    def older(file: Any) -> None:
        group = file.get("model_weights", file)
        for name in map(_text, group.attrs["layer_names"]):
            found = [tuple(group[name][_text(w)].shape) for w in group[name].attrs["weight_names"]]
            if found:
                held[name] = found

    def visit(_path: str, node: Any) -> None:
        if isinstance(node, h5py.Group) and "vars" in node and len(node["vars"]):
            variables = node["vars"]
            name = variables.attrs.get("name", node.attrs.get("name", ""))  # the layer's own name
            held[_text(name)] = [tuple(variables[key].shape) for key in sorted(variables, key=int)]

    try:
        with h5py.File(path) as file:
            if "layer_names" in file.attrs or "model_weights" in file:
                older(file)
            else:
                file.visititems(visit)
    except Exception:
        return None
    return held


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
