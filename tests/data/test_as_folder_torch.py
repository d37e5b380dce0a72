"""torchvision's ImageFolder reads what `as_folder` wrote: the same images, labels and class names."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from folder_cases import expected, written
from torchvision.datasets import ImageFolder

from tlcourse.data import SPLITS


@pytest.mark.parametrize("name", ["photos", "clothes"])
def test_image_folder(tmp_path: Path, name: str) -> None:
    data, folder = written(name, tmp_path)
    for split in SPLITS:
        names, images, labels = expected(data, split)
        read = ImageFolder(folder / split)
        assert read.classes == names
        assert read.targets == labels.tolist()
        assert np.array_equal(np.stack([np.asarray(image) for image, _ in read]), images)
