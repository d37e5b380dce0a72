"""Images are checked, cropped, resized and scaled once, for both frameworks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tlcourse import models
from tlcourse.errors import SettingError, ShapeError, UnknownNameError
from tlcourse.models.images import as_batch

RNG = np.random.default_rng(0)
PICTURES = RNG.integers(0, 256, (2, 20, 30, 3), dtype=np.uint8)


def prepared(images: Any, **settings: Any) -> np.ndarray:
    return models.preprocess(images, framework="keras", **settings)  # numpy: loads no framework


def test_the_scaling_is_the_published_one() -> None:
    x = prepared(PICTURES)
    assert x.dtype == np.float32
    np.testing.assert_array_equal(x, (PICTURES.astype(np.float64) - 127) / 128)


def test_images_are_cropped_to_the_middle_and_resized() -> None:
    assert prepared(PICTURES, size=16).shape == (2, 16, 16, 3)
    np.testing.assert_array_equal(as_batch(PICTURES, 20), PICTURES[:, :, 5:25])
    assert models.center_crop(PICTURES[0].transpose(1, 0, 2)).shape == (20, 20, 3)


def test_a_list_may_mix_sizes_only_with_a_size() -> None:
    mixed = [PICTURES[0], PICTURES[0, :10]]
    assert as_batch(mixed, 16).shape == (2, 16, 16, 3)
    np.testing.assert_array_equal(as_batch(list(PICTURES)), PICTURES)
    with pytest.raises(ShapeError, match=r"differ in size.*\n.*size=224"):
        as_batch(mixed)


def test_an_empty_batch_stays_empty() -> None:
    assert as_batch(PICTURES[:0], 16).shape == (0, 16, 16, 3)


@pytest.mark.parametrize(
    ("images", "got", "advice"),
    [
        (PICTURES[..., 0], r"shape \(2, 20, 30\)", "Grey"),
        (PICTURES[..., :1], r"\(2, 20, 30, 1\)", "np.repeat"),
        (np.zeros((2, 8, 8, 4), np.uint8), r"\(2, 8, 8, 4\)", "transparency"),
        (PICTURES[0], r"\(20, 30, 3\)", "images\\[None\\]"),
        (PICTURES.transpose(0, 3, 1, 2), r"\(2, 3, 20, 30\)", "np.transpose"),
        (PICTURES / 255, "float64, values 0 to 1", "scaled to 0..1"),
        (PICTURES.astype(np.float32) - 127, "float32, values -127", "preprocessed already"),
        (PICTURES.astype(np.float32), "float32, values 0 to 255", "astype"),
        (PICTURES.astype(np.int64), "int64", "astype"),
        (np.zeros((1, 0, 8, 3), np.uint8), r"\(1, 0, 8, 3\)", "Expected"),
        ("cat.jpg", "a str", "read_image"),
        (["cat.jpg"], "Image 0 .*a str", "read_image"),
        (None, "a NoneType", "numpy array"),
        ([], "empty", "at least one"),
        ([PICTURES[0], PICTURES[0, ..., 0]], r"Image 1 .*\(20, 30\)", "Grey"),
        ([PICTURES[0], PICTURES[0] / 255], "Image 1 .*values 0 to 1", "0..1"),
    ],
)
def test_wrong_images_say_what_came_and_what_to_do(images: Any, got: str, advice: str) -> None:
    with pytest.raises(ShapeError, match=rf"(?s){got}.*What to do.*{advice}"):
        prepared(images)


@pytest.mark.parametrize("size", [0, 7, -1, 2.5, "224", True])
def test_impossible_sizes(size: Any) -> None:
    with pytest.raises(SettingError, match="image size"):
        prepared(PICTURES, size=size)


def test_an_unknown_model() -> None:
    with pytest.raises(UnknownNameError):
        prepared(PICTURES, name="vgg")
