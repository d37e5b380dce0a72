"""Keras's side of `tlcourse.models.costs`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from math import prod
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

__all__ = ["import_all", "multiply_adds", "predictor", "save"]


def import_all() -> None:
    """Import what loading a model would import, and set the threads."""
    import os

    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(int(os.environ.get("OMP_NUM_THREADS", "1")))
    tf.config.threading.set_inter_op_parallelism_threads(1)


_COUNTED = (layers.Conv2D, layers.DepthwiseConv2D, layers.SeparableConv2D, layers.Dense)


def _of_layer(layer: Any, shape_in: tuple[int, ...], shape_out: tuple[int, ...]) -> int:
    """Multiply-adds of one layer for one image, from the shapes of its input and output."""
    if isinstance(layer, layers.SeparableConv2D):
        channels = shape_in[-1] * layer.depth_multiplier
        places = shape_out[1] * shape_out[2]
        return places * channels * (prod(layer.kernel_size) + shape_out[-1])
    if isinstance(layer, layers.DepthwiseConv2D):
        return prod(shape_out[1:]) * prod(layer.kernel_size)
    if isinstance(layer, layers.Conv2D):
        return prod(shape_out[1:]) * prod(layer.kernel_size) * shape_in[-1] // layer.groups
    if isinstance(layer, layers.Dense):
        return prod(shape_out[1:]) * shape_in[-1]
    return 0


def multiply_adds(model: keras.Model, size: int) -> int:
    """Counted from the layers' shapes.

    TensorFlow's profiler is not used: it adds up other operations too, and prints.
    """
    return _counted(model, (1, size, size, 3))


def _counted(model: keras.Model, shape: tuple[int, ...]) -> int:
    # The graph's nodes, not the layers: a layer may be called twice, or belong to other models as well.
    graph = getattr(model, "_functional", None) or model
    nodes = [n for held in graph._nodes_by_depth.values() for n in held]
    nodes = [n for n in nodes if getattr(n.operation, "layers", None) or isinstance(n.operation, _COUNTED)]
    if not nodes:
        return 0
    # The shapes for this size: an input of any size leaves them open in the model itself.
    probe = keras.Model(graph.inputs[0], [t for n in nodes for t in (n.input_tensors[0], n.outputs[0])])
    outputs = probe.compute_output_spec(keras.KerasTensor(shape, dtype="float32"))
    total = 0
    for place, node in enumerate(nodes):
        shape_in, shape_out = (tuple(outputs[2 * place + i].shape) for i in (0, 1))
        nested = getattr(node.operation, "layers", None)
        total += (
            _counted(node.operation, shape_in) if nested else _of_layer(node.operation, shape_in, shape_out)
        )
    return total


@contextmanager
def predictor(model: keras.Model, size: int) -> Iterator[Callable[[], Any]]:
    """A function that predicts one random image."""
    x = np.random.default_rng(0).normal(size=(1, size, size, 3)).astype(np.float32)
    yield lambda: model.predict_on_batch(x)


def save(model: keras.Model, folder: str) -> Path:
    """Save the weights."""
    path = Path(folder) / "model.weights.h5"
    model.save_weights(path)
    return path
