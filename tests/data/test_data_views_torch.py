"""The PyTorch view gives the rows in the order that numpy says, in NCHW."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from order_cases import BATCH, EPOCHS, SEED, expected, halves, small

from tlcourse.data import Dataset
from tlcourse.errors import SettingError, ShapeError


@pytest.mark.parametrize("shuffle", [False, True])
def test_order_over_epochs(shuffle: bool) -> None:
    data = small()
    loader = data.torch_loader(BATCH, shuffle=shuffle, seed=SEED)
    assert len(loader) == 4
    seen = []
    for _ in range(EPOCHS):
        epoch = []
        for images, labels in loader:
            assert images.dtype == torch.uint8
            assert images.shape[1:] == (3, 4, 5)
            rows = images[:, 0, 0, 0].tolist()
            assert labels.dtype == torch.int64
            assert labels.tolist() == data.labels[rows].tolist()
            assert (images.numpy().transpose(0, 2, 3, 1) == data.images[rows]).all()
            epoch.append(rows)
        seen.append(epoch)
    assert seen == expected(shuffle)


def test_transforms() -> None:
    data = small()
    images, _ = next(iter(data.torch_loader(BATCH, transform=halves)))
    assert images.dtype == torch.float32
    assert images.shape == (7, 3, 4, 5)
    assert images[:, 0, 0, 0].tolist() == [row / 2 for row in range(7)]
    # A tensor is the transform's own affair: preprocess() returns NCHW already.
    ready = data.torch_loader(
        BATCH, transform=lambda batch: torch.from_numpy(batch).permute(0, 3, 1, 2) * 1.0
    )
    assert next(iter(ready))[0].shape == (7, 3, 4, 5)
    with pytest.raises(ShapeError, match="transform"):
        next(iter(data.torch_loader(BATCH, transform=lambda batch: batch[..., 0])))
    with pytest.raises(SettingError, match="batch size"):
        data.torch_loader(0)


def test_the_data_are_not_changed_through_a_batch() -> None:
    data = small()
    before = data.images.copy()
    for images, labels in data.torch_loader(BATCH):
        images += 1
        labels += 1
    assert (data.images == before).all()
    assert (data.labels == np.arange(25) % 3).all()


def test_no_rows_no_batches() -> None:
    empty: Dataset = small().subset([])
    assert list(empty.torch_loader(BATCH)) == []
