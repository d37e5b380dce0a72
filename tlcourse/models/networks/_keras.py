"""The models in Keras, with PyTorch's names for their layers. Imported only in a process that runs Keras."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import keras
import numpy as np
from keras import layers

from tlcourse.models.architecture import FIRES, LITE, SMALL_CNN_CHANNELS, lite_blocks
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


def _lite(x: Any, name: str) -> Any:
    """EfficientNet-Lite's body: "same" padding, BatchNorm epsilon 1e-3, ReLU6, no squeeze-and-excite."""
    x = _conv_bn(x, _conv(32, 3, "conv_stem", stride=2), "bn1")
    for b in lite_blocks(name):
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


def _pool(x: Any, name: str) -> Any:
    """Max-pooling that keeps the last row and column, as PyTorch's with ``ceil_mode``.

    A row and column of zeros at the end: where they are not needed, no window reaches them, and after a ReLU
    they are never the largest.
    """
    return layers.MaxPooling2D(3, 2, name=name)(layers.ZeroPadding2D(((0, 1), (0, 1)), name=f"{name}.pad")(x))


def _relu_conv(x: Any, channels: int, kernel: int, name: str, **settings: Any) -> Any:
    conv = layers.Conv2D(channels, kernel, name=name, **settings)(x)
    return layers.ReLU(name=f"{name}.act")(conv)


def _squeezenet(x: Any) -> Any:
    """SqueezeNet 1.1's body with torchvision's geometry."""
    x = _pool(_relu_conv(x, 64, 3, "features.0", strides=2), "features.2")
    for fire in FIRES:
        squeezed = _relu_conv(x, fire.squeezed, 1, f"{fire.name}.squeeze")
        near = _relu_conv(squeezed, fire.expanded, 1, f"{fire.name}.expand1x1")
        wide = _relu_conv(squeezed, fire.expanded, 3, f"{fire.name}.expand3x3", padding="same")
        x = layers.Concatenate(name=fire.name)([near, wide])
        if fire.name in ("features.4", "features.7"):
            x = _pool(x, f"features.{int(fire.name[-1]) + 1}")
    return x


def _body(x: Any, name: str) -> Any:
    """The network up to its last feature map."""
    if name in LITE:
        return _lite(x, name)
    return _squeezenet(x) if name == "squeezenet" else _small_cnn(x)


def build(
    name: str,
    weights: Mapping[str, np.ndarray],
    num_classes: int | None,
    dropout: float,
    input_size: int | None,
) -> keras.Model:
    """The model `name` with these weights (in PyTorch's names and axis order); None: the published head."""
    inputs = keras.Input((input_size, input_size, 3), name="image")
    x = _body(inputs, name)
    pooled_last = name == "squeezenet" and num_classes is None  # its published head is a convolution
    if pooled_last:
        x = _relu_conv(x, 1000, 1, "classifier.1")
    x = layers.GlobalAveragePooling2D(name="global_pool")(x)
    classes = 1000 if num_classes is None else num_classes
    if classes and not pooled_last:
        x = layers.Dropout(dropout, name="dropout")(x) if dropout and num_classes else x
        x = layers.Dense(classes, name="classifier")(x)
    model = keras.Model(inputs, x, name=name)
    assign(model, weights)
    return model
