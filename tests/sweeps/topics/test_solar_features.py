"""Chapter 3's sweeps on solar cells: fair grids, mistakes that are what they are called, Keras as PyTorch."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import solar_features as sweep


def test_every_way_size_and_start_gets_the_same_five_seeds():
    for name, side in (
        ("solar-fed", ("size", "learned_as", "used_as")),
        ("solar-labels", ("start", "per_class")),
        ("photos-labels", ("start", "per_class")),
    ):
        seeds: dict[tuple, set[int]] = {}
        for settings in get(name).settings():
            seeds.setdefault(tuple(settings[part] for part in side), set()).add(settings["seed"])
        assert {frozenset(each) for each in seeds.values()} == {frozenset(sweep.SEEDS)}, name
    assert len(sweep.SEEDS) >= 5
    for name in ("solar-labels", "photos-labels"):
        assert {settings["start"] for settings in get(name).settings()} == set(sweep.STARTS)


def test_each_mistake_is_made_all_along_and_in_use_alone():
    rows = get("solar-fed").settings()
    pairs = {(s["learned_as"], s["used_as"]) for s in rows if s["size"] == sweep.PIXELS}
    assert pairs == {(way, way) for way in sweep.WAYS} | {("right", way) for way in sweep.WAYS}


def test_each_way_feeds_what_its_name_says():
    grey = np.arange(16, dtype=np.uint8).reshape(1, 4, 4, 1) * 15
    images = np.repeat(grey, 3, axis=-1)
    whole = images.astype(np.float32)
    np.testing.assert_allclose(sweep.as_fed(images, "right"), (whole - 127) / 128)
    np.testing.assert_array_equal(sweep.as_fed(images, "0 to 255"), whole)
    np.testing.assert_allclose(sweep.as_fed(images, "0 to 1") * 255, whole, rtol=1e-5)
    fed = sweep.as_fed(images, "ImageNet mean") * sweep.IMAGENET_DEVIATION + sweep.IMAGENET_MEAN
    np.testing.assert_allclose(fed * 255, whole, atol=1e-3)
    lone = sweep.as_fed(images, "one channel of three")
    np.testing.assert_allclose(lone[..., 0], sweep.as_fed(images, "right")[..., 0])
    np.testing.assert_allclose(lone[..., 1:], -127 / 128)
    for how in sweep.WAYS:
        assert sweep.as_fed(images, how).dtype == np.float32
        assert sweep.as_fed(images, how).shape == images.shape


def test_averaged_filters_are_a_third_of_the_input():
    filters, image = np.random.default_rng(0).normal(size=(2, 3)), 0.4
    np.testing.assert_allclose(filters.mean(1) * image, filters @ np.full(3, image / 3))
    images = np.full((1, 2, 2, 3), 200, np.uint8)
    third = sweep.as_fed(images, "mean of the filters")
    np.testing.assert_allclose(3 * third, sweep.as_fed(images, "right"), rtol=1e-6)


def test_a_quarter_of_the_rows_was_repeated_in_keras_and_agrees():
    first, again = table("solar-fed", "torch"), table("solar-fed-again", "keras")
    assert len(again) >= len(first) / 4
    settings = ["size", "learned_as", "used_as", "seed"]
    both = again.merge(first, on=settings, suffixes=("_keras", "_torch"))
    assert len(both) == len(again)
    for metric, bound in sweep.BOUNDS.items():
        apart = (both[f"{metric}_keras"] - both[f"{metric}_torch"]).abs().max()
        assert apart == pytest.approx(0, abs=bound), metric
