"""The tf.data view gives the rows in the order that numpy says, in NHWC, also through Keras's own fit."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf
from order_cases import BATCH, EPOCHS, SEED, expected, halves, small

from tlcourse.errors import SettingError


@pytest.mark.parametrize("shuffle", [False, True])
def test_order_over_epochs(shuffle: bool) -> None:
    data = small()
    view = data.tf_dataset(BATCH, shuffle=shuffle, seed=SEED)
    assert int(view.cardinality()) == 4
    seen = []
    for _ in range(EPOCHS):
        epoch = []
        for images, labels in view:
            assert images.dtype == tf.uint8
            assert images.shape[1:] == (4, 5, 3)
            rows = images[:, 0, 0, 0].numpy().tolist()
            assert labels.dtype == tf.int64
            assert labels.numpy().tolist() == data.labels[rows].tolist()
            assert (images.numpy() == data.images[rows]).all()
            epoch.append(rows)
        seen.append(epoch)
    assert seen == expected(shuffle)


def test_fit_sees_the_same_order() -> None:
    import keras

    seen: list[int] = []

    class Spy(keras.layers.Layer):
        def call(self, images: tf.Tensor) -> tf.Tensor:
            tf.py_function(lambda first: seen.extend(int(v) for v in first.numpy()), [images[:, 0, 0, 0]], [])
            return keras.ops.mean(images, axis=(1, 2, 3))[:, None]

    model = keras.Sequential([Spy(), keras.layers.Dense(1)])
    model.compile(loss="mse", run_eagerly=True)
    model.fit(small().tf_dataset(BATCH, True, SEED, halves), epochs=EPOCHS, shuffle=False, verbose=0)
    wanted = [row for epoch in expected(True) for batch in epoch for row in batch]
    # Keras may build the model on one batch before the first epoch; what counts is the order of the training.
    assert seen[-len(wanted) :] == [int(row / 2) for row in wanted]


def test_transform() -> None:
    images, _ = next(iter(small().tf_dataset(BATCH, transform=halves)))
    assert images.dtype == tf.float32
    assert images.numpy()[:, 0, 0, 0].tolist() == [row / 2 for row in range(7)]
    with pytest.raises(SettingError, match="batch size"):
        small().tf_dataset(0)


def test_no_rows_no_batches() -> None:
    assert list(small().subset(np.array([], dtype=int)).tf_dataset(BATCH)) == []
