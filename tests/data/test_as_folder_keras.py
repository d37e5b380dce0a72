"""Keras reads what `as_folder` wrote: the same images, labels and class names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from folder_cases import expected, written

from tlcourse.data import SPLITS


@pytest.mark.parametrize("name", ["photos", "clothes"])
def test_image_dataset_from_directory(tmp_path: Path, name: str) -> None:
    import keras

    data, folder = written(name, tmp_path)
    for split in SPLITS:
        names, images, labels = expected(data, split)
        read = keras.utils.image_dataset_from_directory(
            str(folder / split),
            shuffle=False,
            image_size=data.images.shape[1:3],
            batch_size=64,
            verbose=False,
        )
        assert read.class_names == names
        batches = [(x.numpy(), y.numpy()) for x, y in read]
        assert np.concatenate([y for _, y in batches]).tolist() == labels.tolist()
        assert np.array_equal(np.concatenate([x for x, _ in batches]), images)
