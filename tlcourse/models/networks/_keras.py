"""The models in Keras, with timm's names for their layers. Imported only in a process that runs Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import layers

from tlcourse.models.architecture import SMALL_CNN_CHANNELS, lite0_blocks
from tlcourse.models.layers._keras import assign

__all__ = ["build"]


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
