"""Collages: what is on them is what their labels say."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.data import collages, digits
from tlcourse.errors import DataError, SettingError


def test_quarters_hold_images_of_the_labels():
    part = digits().split("val")
    made = collages(part, 40, seed=0)
    assert len(made) == 40
    assert made.images.shape == (40, 16, 16, 3)
    assert "16x16" in repr(made)
    images = {image.tobytes(): label for image, label in zip(part.images, part.labels, strict=True)}
    for image, labels, count in zip(made.images, made.labels, made.counts, strict=True):
        found = []
        for y in (0, 8):
            for x in (0, 8):
                quarter = np.ascontiguousarray(image[y : y + 8, x : x + 8])
                if not (quarter == 255).all():
                    found.append(images[quarter.tobytes()])
        assert len(found) == count
        assert 1 <= count <= 4
        assert set(found) == set(np.flatnonzero(labels))


def test_a_seed_repeats_itself_and_another_does_not():
    part = digits().split("val")
    one, again, other = collages(part, 5, seed=0), collages(part, 5, seed=0), collages(part, 5, seed=1)
    np.testing.assert_array_equal(one.images, again.images)
    assert (one.images != other.images).any()


def test_all_quarters_filled():
    assert collages(digits(), 6, seed=0, filled=1.0).counts.tolist() == [4] * 6


@pytest.mark.parametrize("options", [{"n": 0}, {"n": 3, "filled": 0.0}, {"n": 3, "filled": 1.5}])
def test_bad_numbers(options):
    with pytest.raises(SettingError, match="n is 0" if not options["n"] else "probability above 0"):
        collages(digits(), **{"seed": 0, **options})


def test_an_empty_data_set():
    with pytest.raises(DataError, match="empty"):
        collages(digits().subset([]), 3, seed=0)
