"""Squares: what each way keeps and what it loses."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import SettingError, ShapeError, UnknownNameError
from tlcourse.models import square


@pytest.fixture
def wide() -> np.ndarray:
    """Twice as wide as high: red, green, green, blue, in four squares of 20 columns."""
    image = np.zeros((40, 80, 3), np.uint8)
    image[:, :20, 0] = image[:, 20:60, 1] = image[:, 60:, 2] = 200
    return image


def test_crop_loses_the_ends(wide):
    found = square(wide, 40)
    assert found.shape == (40, 40, 3)
    assert (found[..., 1] == 200).all()


def test_pad_keeps_everything_and_its_shape(wide):
    found = square(wide, 40, "pad", fill=7)
    assert (found[:10] == 7).all()
    assert (found[30:] == 7).all()
    inside = found[10:30]
    assert [int(inside[10, x].argmax()) for x in (4, 20, 36)] == [0, 1, 2]


def test_stretch_keeps_everything_and_squeezes_it(wide):
    found = square(wide, 40, "stretch")
    assert [int(found[20, x].argmax()) for x in (4, 20, 36)] == [0, 1, 2]
    assert not (found == 0).all(axis=(1, 2)).any()


def test_a_square_stays_as_it_is():
    image = np.random.default_rng(0).integers(0, 256, (16, 16, 3), np.uint8)
    for how in ("crop", "pad", "stretch"):
        np.testing.assert_array_equal(square(image, 16, how), image)


@pytest.mark.parametrize(
    ("image", "size", "fill"),
    [
        (np.zeros((4, 4)), 4, 0),
        (np.zeros((4, 4, 3)), 4, 0),
        (np.zeros((4, 4, 3), np.uint8), 0, 0),
        (np.zeros((0, 4, 3), np.uint8), 4, 0),
        (np.zeros((4, 4, 3), np.uint8), 4, 300),
        ("image", 4, 0),
    ],
)
def test_bad_input(image, size, fill):
    with pytest.raises(ShapeError if (size, fill) == (4, 0) else SettingError):
        square(image, size, "pad", fill)


def test_an_unknown_way():
    with pytest.raises(UnknownNameError, match="squeeze"):
        square(np.zeros((4, 4, 3), np.uint8), 4, "squeeze")
