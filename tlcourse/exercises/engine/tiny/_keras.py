"""The tiny network in Keras."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import keras
import numpy as np
from keras import layers

from tlcourse.exercises.engine.tiny.layout import (
    BLOCK,
    CHANNELS,
    DROPOUT,
    EPSILON,
    HEAD,
    KERNEL,
    UPDATE,
    widths,
)
from tlcourse.exercises.engine.tiny.passes import passes

__all__ = ["arrays", "batches", "built", "drop_nothing", "dropout_of_ones", "put", "step"]


def built(blocks: Sequence[str], width: int, classes: int, size: int) -> keras.Model:
    """The network before its first values, for images of ``size`` pixels a side."""
    inputs = keras.Input((size, size, CHANNELS))
    x = inputs
    for name, channels in widths(blocks, width):
        x = keras.Sequential(
            [
                keras.Input((size, size, channels)),
                layers.Conv2D(width, KERNEL, padding="same", use_bias=False, name="conv"),
                layers.BatchNormalization(momentum=1 - UPDATE, epsilon=EPSILON, name="norm"),
                layers.ReLU(name="act"),
            ],
            name=name,
        )(x)
    x = layers.Dropout(DROPOUT, name="dropout")(layers.GlobalAveragePooling2D(name="pool")(x))
    return keras.Model(inputs, layers.Dense(classes, name="classifier")(x))


def _variables(model: Any, blocks: Sequence[str]) -> dict[str, Any]:
    """``block1.conv`` and so on -> the variable, from input to output; the head's if there is one."""
    variables = {
        f"{block}.{part}": getattr(model.get_layer(block).get_layer(array.layer), array.keras)
        for block in blocks
        for part, array in BLOCK.items()
    }
    head = next((layer for layer in model.layers if layer.name == "classifier"), None)
    if head is not None:
        variables |= {f"{array.layer}.{part}": getattr(head, array.keras) for part, array in HEAD.items()}
    return variables


def put(model: Any, blocks: Sequence[str], values: Mapping[str, np.ndarray]) -> None:
    """Write arrays, named and turned as in `layout.initial`, into the network, in place."""
    for name, variable in _variables(model, blocks).items():
        variable.assign(np.asarray(values[name], "float32"))


def arrays(model: Any, blocks: Sequence[str]) -> dict[str, np.ndarray]:
    """Copies of all arrays, named and turned as in `layout.initial`."""
    return {name: np.array(variable.numpy()) for name, variable in _variables(model, blocks).items()}


def drop_nothing(model: Any) -> None:
    """Set dropout's rate to 0."""
    for layer in model.layers:
        if isinstance(layer, layers.Dropout):
            layer.rate = 0.0


def dropout_of_ones(model: Any, ones: np.ndarray) -> np.ndarray:
    """What the dropout layer makes of an array in training, at its own rate again."""
    dropout = model.get_layer("dropout")
    dropout.rate = DROPOUT
    return np.asarray(dropout(ones, training=True))


def step(model: Any, images: np.ndarray, labels: np.ndarray, lr: float) -> bool:
    """One step of SGD for whatever trains; False if nothing does.

    Compiled anew, so that what is trainable now counts, and run eagerly: quicker for one step.
    """
    if not model.trainable_variables:
        model(images, training=True)
        return False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss, run_eagerly=True)
    model.train_on_batch(images, labels)
    return True


def batches(case: Mapping[str, Any], begun: list[int]) -> Any:
    """Pairs of images and labels; ``begun`` grows by one with each pass."""
    import tensorflow as tf

    def rows() -> Any:
        begun.append(1)
        yield from ((case["images"][row], case["labels"][row]) for row in passes(case, len(begun) - 1))

    n, shape = len(case["labels"]), case["images"].shape[1:]
    signature = tf.TensorSpec(shape, "float32"), tf.TensorSpec((), "int64")
    dataset = tf.data.Dataset.from_generator(rows, output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(n)).batch(case["batch"])
