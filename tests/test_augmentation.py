"""Augmentation in numpy: labels stay, shapes stay, and only the generator decides."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import augmentation
from tlcourse.errors import CourseError

MAKERS = {
    "flip": augmentation.flip(),
    "rotate": augmentation.rotate(30),
    "crop": augmentation.crop(0.6),
    "colour": augmentation.colour(0.4),
    "together": augmentation.together(augmentation.flip(), augmentation.crop(0.6), augmentation.colour(0.4)),
}


@pytest.fixture
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (12, 20, 16, 3), dtype=np.uint8)


@pytest.mark.parametrize("name", MAKERS)
def test_bytes_of_the_same_shape_and_only_the_generator_decides(name, images):
    augment, given = MAKERS[name], images.copy()
    first = augment(images, np.random.default_rng(1))
    assert first.shape == images.shape
    assert first.dtype == np.uint8
    np.testing.assert_array_equal(images, given)
    np.testing.assert_array_equal(first, augment(images, np.random.default_rng(1)))
    assert not np.array_equal(first, augment(images, np.random.default_rng(2)))
    assert not np.array_equal(first, images)


@pytest.mark.parametrize("name", MAKERS)
def test_the_same_image_is_changed_in_more_than_one_way(name, images):
    same = np.repeat(images[:1], 12, axis=0)
    kinds = {image.tobytes() for image in MAKERS[name](same, np.random.default_rng(3))}
    assert len(kinds) == 2 if name == "flip" else len(kinds) > 6


def test_a_mirrored_image_is_the_image_mirrored(images):
    out = augmentation.flip()(images, np.random.default_rng(4))
    mirrored = [np.array_equal(a, b[:, ::-1]) for a, b in zip(out, images, strict=True)]
    kept = [np.array_equal(a, b) for a, b in zip(out, images, strict=True)]
    assert all(m != k for m, k in zip(mirrored, kept, strict=True))
    assert any(mirrored)
    assert any(kept)


def test_rotation_stays_within_its_degrees_and_fills_the_corners_with_the_ground():
    bar = np.full((1, 41, 41, 3), 30, np.uint8)
    bar[:, 19:22] = 220  # a line from left to right
    for seed in range(20):
        turned = augmentation.rotate(20)(bar, np.random.default_rng(seed))[0, ..., 0].astype(float)
        assert turned.min() >= 30  # no black corners
        y, x = np.nonzero(turned > 125)
        slope = np.polyfit(x, y, 1)[0]
        assert abs(np.degrees(np.arctan(slope))) < 21


def test_a_whole_crop_and_no_colour_change_nothing(images):
    np.testing.assert_array_equal(augmentation.crop(1)(images, np.random.default_rng(0)), images)
    np.testing.assert_array_equal(augmentation.colour(0)(images, np.random.default_rng(0)), images)
    np.testing.assert_array_equal(augmentation.rotate(0)(images, np.random.default_rng(0)), images)


def test_colour_leaves_places_alone():
    image = np.full((1, 8, 8, 3), 60, np.uint8)
    image[:, 2:4, 5] = 200
    out = augmentation.colour(0.3)(image, np.random.default_rng(1))[0].astype(int)
    assert len({tuple(v) for v in out.reshape(-1, 3)}) == 2
    assert (out[2:4, 5] != out[0, 0]).any()


def test_an_empty_batch_stays_one():
    empty = np.zeros((0, 8, 8, 3), np.uint8)
    for name in ("flip", "crop", "colour", "rotate"):
        assert MAKERS[name](empty, np.random.default_rng(0)).shape == empty.shape


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: augmentation.rotate(200),
        lambda: augmentation.rotate(-1),
        lambda: augmentation.crop(0),
        lambda: augmentation.crop(True),
        lambda: augmentation.colour(2),
        lambda: augmentation.together(),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(CourseError):
        wrong()
