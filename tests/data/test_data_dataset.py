"""`Dataset`: choosing rows, and what it refuses."""

from __future__ import annotations

import dataclasses
import subprocess
import sys

import numpy as np
import pytest
from order_cases import small

from tlcourse import data as course
from tlcourse.errors import DataError, SettingError, ShapeError, UnknownNameError


def test_splits_survive_subsets() -> None:
    data = small()
    rows = [24, 3, 17, 0]
    chosen = data.subset(rows)
    assert chosen.images[:, 0, 0, 0].tolist() == rows
    assert chosen.ids == ("24", "3", "17", "0")
    assert {name: part.tolist() for name, part in chosen.splits.items()} == {
        "train": [1, 3],
        "val": [2],
        "test": [0],
    }
    assert data.split("val").images[:, 0, 0, 0].tolist() == [15, 16, 17, 18, 19]
    assert data.subset(data.labels == 2).counts() == {"a": 0, "b": 0, "c": 8}


def test_per_class_is_nested_and_seeded() -> None:
    train = course.fashion_mnist().split("train")
    small_draw, large_draw = set(train.per_class(5, seed=3).ids), set(train.per_class(20, seed=3).ids)
    assert small_draw < large_draw
    assert set(train.per_class(20, seed=4).ids) != large_draw
    assert set(train.per_class(20, seed=3).counts().values()) == {20}
    assert train.per_class(200, seed=0).ids == train.ids


def test_select_renumbers() -> None:
    data = small().select(["c", "a"])
    assert data.class_names == ("c", "a")
    assert data.labels[:3].tolist() == [1, 0, 1]
    assert data.images[:3, 0, 0, 0].tolist() == [0, 2, 3]
    assert len(data.splits["train"]) == 10


def test_resized() -> None:
    data = small().resized((2, 10))
    assert data.images.shape == (25, 2, 10, 3)
    assert data.images.dtype == np.uint8
    # Antialiased: a fine black-and-white pattern shrinks to grey, not to black or to white.
    stripes = np.zeros((1, 64, 64, 3), np.uint8)
    stripes[:, ::2] = 255
    one = dataclasses.replace(
        small().subset([0]), images=stripes, ids=(), splits={"train": [0], "val": [], "test": []}
    )
    assert abs(one.resized(8).images[:, 2:-2].astype(int) - 127).max() < 12
    assert one.resized(64) is one


def test_frozen_and_readable() -> None:
    data = small()
    with pytest.raises(dataclasses.FrozenInstanceError):
        data.name = "other"  # type: ignore[misc]
    assert repr(data) == "Dataset small: 25 images 5x4 in 3 classes; train 15, val 5, test 5"
    assert repr(data.subset([])) == "Dataset small: 0 images 5x4 in 3 classes; no split"


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda data: data.split("training"), UnknownNameError, "Did you mean 'train'"),
        (lambda data: data.per_class(9, 0), DataError, "'b' has 8"),
        (lambda data: data.per_class(0, 0), SettingError, "1 or more"),
        (lambda data: data.select(["a", "dog"]), UnknownNameError, "'dog'"),
        (lambda data: data.select("a"), DataError, "list of class names"),
        (lambda data: data.select([]), DataError, "at least one"),
        (lambda data: data.subset([0, 25]), DataError, "from 0 to 24"),
        (lambda data: data.subset([1, 1]), DataError, "twice"),
        (lambda data: data.subset([0.5]), ShapeError, "whole numbers"),
        (lambda data: data.subset([True, False]), ShapeError, "mask"),
        (lambda data: data.resized(0), SettingError, "height is 0"),
    ],
)
def test_bad_choices(call: object, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        call(small())  # type: ignore[operator]


@pytest.mark.parametrize(
    ("changes", "error", "says"),
    [
        ({"images": np.zeros((25, 4, 5), np.uint8)}, ShapeError, "RGB"),
        ({"images": np.zeros((25, 4, 5, 3), np.float32)}, ShapeError, "float32"),
        ({"labels": np.zeros(24, np.int64)}, ShapeError, "one label"),
        ({"labels": np.full(25, 3)}, DataError, "0 to 2"),
        ({"splits": {"train": [0], "test": [1]}}, DataError, "train, val and test"),
        ({"splits": {"train": [0, 1], "val": [1], "test": []}}, DataError, "two splits"),
        ({"splits": {"train": [0, 25], "val": [1], "test": []}}, DataError, "row 25"),
        ({"ids": ("a",)}, ShapeError, "ids"),
    ],
)
def test_parts_that_do_not_fit(changes: dict, error: type[Exception], says: str) -> None:
    with pytest.raises(error, match=says):
        dataclasses.replace(small(), **changes)


def test_load_by_name() -> None:
    assert course.load("three_styles", style="noto").name == "three-styles/noto"
    assert course.load("three-styles/noto").name == "three-styles/noto"
    with pytest.raises(UnknownNameError, match="Did you mean 'digits'"):
        course.load("digit")
    with pytest.raises(UnknownNameError):
        course.load("digits/noto")


def test_importing_the_data_imports_no_framework() -> None:
    code = (
        "import sys, tlcourse.data as d\n"
        "d.three_styles(); d.textile(per_class=5); d.digits(); d.photographs()\n"
        "heavy = ('torch', 'tensorflow', 'keras', 'pandas', 'sklearn', 'skimage')\n"
        "print([name for name in heavy if name in sys.modules])"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert out.stdout.strip() == "[]"
