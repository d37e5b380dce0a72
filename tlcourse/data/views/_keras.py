"""The tf.data view of a `Dataset`."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import tensorflow as tf

from tlcourse.data.dataset import Dataset, Images, Transform
from tlcourse.data.order import batches

__all__ = ["view"]


def view(
    data: Dataset, batch_size: int, shuffle: bool = False, seed: int = 0, transform: Transform | None = None
) -> tf.data.Dataset:
    """A ``tf.data.Dataset`` over all rows of a data set, for ``model.fit`` or a loop.

    Parameters
    ----------
    data : Dataset
    batch_size : int
        The last batch of an epoch may be smaller.
    shuffle : bool
        A new permutation each epoch (each pass over the data set), fixed by ``seed`` and the number of the
        epoch.
    transform : callable, optional
        Takes a uint8 batch (B, height, width, 3) and returns an array of B examples.

    Returns
    -------
    tf.data.Dataset
        Gives ``(images, labels)``: (B, height, width, 3), uint8 without a transform; int64 (B,).

    Examples
    --------
    >>> from tlcourse.data import digits
    >>> images, labels = next(iter(view(digits(), batch_size=4)))
    >>> images.shape, images.dtype, labels.numpy().tolist()
    (TensorShape([4, 8, 8, 3]), tf.uint8, [0, 1, 2, 3])
    """
    count = len(batches(len(data), batch_size, False, seed, 0))
    epochs = itertools.count()

    def prepared(images: Images) -> np.ndarray:
        return np.asarray(images if transform is None else transform(images))

    def generate() -> Iterator[tuple[Any, np.ndarray]]:
        # Called anew for each pass, so each pass is the next epoch.
        for rows in batches(len(data), batch_size, shuffle, seed, epoch=next(epochs)):
            yield prepared(data.images[rows]), data.labels[rows]

    # tf.data wants to know types and shapes before the first batch: one image through the transform tells.
    sample = prepared(np.zeros((1, *data.images.shape[1:]), np.uint8))
    signature = (
        tf.TensorSpec((None, *sample.shape[1:]), tf.as_dtype(sample.dtype)),
        tf.TensorSpec((None,), tf.int64),
    )
    all_batches = tf.data.Dataset.from_generator(generate, output_signature=signature)
    # The number of batches, so that a progress bar knows its end.
    return all_batches.apply(tf.data.experimental.assert_cardinality(count)).prefetch(1)
