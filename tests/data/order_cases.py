"""The order of examples that both frameworks must give, worked out with numpy alone."""

from __future__ import annotations

import numpy as np

from tlcourse.data import Dataset
from tlcourse.data.order import epoch_order

BATCH, SEED, EPOCHS = 7, 3, 3


def small() -> Dataset:
    """25 images whose first pixel tells which row they are."""
    images = np.zeros((25, 4, 5, 3), np.uint8)
    images[:, 0, 0, 0] = np.arange(25)
    images[:, :, :, 1] = np.arange(20).reshape(4, 5)  # tells height from width
    rows = np.arange(25)
    return Dataset(
        name="small",
        images=images,
        labels=rows % 3,
        class_names=("a", "b", "c"),
        splits={"train": rows[:15], "val": rows[15:20], "test": rows[20:]},
        licence="none",
        source="tests",
    )


def expected(shuffle: bool) -> list[list[list[int]]]:
    """The rows of each batch of each epoch."""
    epochs = []
    for epoch in range(EPOCHS):
        order = np.random.default_rng([SEED, epoch]).permutation(25) if shuffle else np.arange(25)
        assert (order == epoch_order(25, shuffle, SEED, epoch)).all()
        epochs.append([order[start : start + BATCH].tolist() for start in range(0, 25, BATCH)])
    return epochs


def halves(batch: np.ndarray) -> np.ndarray:
    """A transform: uint8 to float32."""
    assert batch.dtype == np.uint8
    assert batch.shape[1:] == (4, 5, 3)
    return batch.astype(np.float32) / 2
