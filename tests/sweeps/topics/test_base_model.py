"""Chapter 3's sweeps: fair grids, rates that validation chose, mistakes that are what they are called."""

from __future__ import annotations

import numpy as np

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import base_model as sweep


def test_the_rates_are_those_that_validation_chose():
    rows = table("base-model-inputs-rates")
    means = rows.groupby(["dataset", "size", "learned_as", "lr"]).val_accuracy.mean()
    assert set(sweep.RATES) == set(sweep.SEARCHED)
    for cell, lr in sweep.RATES.items():
        assert means[cell][lr] == means[cell].max(), cell
    means = table("base-model-starts-rates").groupby(["start", "lr"]).val_accuracy.mean()
    for start, lr in sweep.START_RATES.items():
        assert means[start][lr] == means[start].max(), start


def test_every_side_gets_the_same_seeds_and_number_of_rates():
    seeds: dict[tuple, set[int]] = {}
    for s in get("base-model-inputs").settings():
        seeds.setdefault((s["dataset"], s["size"], s["learned_as"], s["used_as"]), set()).add(s["seed"])
    assert {frozenset(found) for found in seeds.values()} == {frozenset(sweep.SEEDS)}
    assert len(sweep.SEEDS) >= 5
    assert len({len(rates) for rates in sweep.WHOLE_RATES.values()}) == 1
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    starts = get("base-model-starts").settings()
    runs = {
        start: {(s["per_class"], s["seed"]) for s in starts if s["start"] == start} for start in sweep.STARTS
    }
    assert runs["pretrained"] == runs["random"]


def test_what_is_used_wrongly_was_trained_at_the_rate_of_the_right_one():
    for s in get("base-model-inputs").settings():
        assert s["lr"] == sweep.RATES[s["dataset"], s["size"], s["learned_as"]]


def test_each_mistake_is_the_one_that_its_name_says():
    images = np.arange(48, dtype=np.uint8).reshape(1, 4, 4, 3) * 5
    whole = images.astype(np.float32)
    np.testing.assert_allclose(sweep.as_fed(images, "right"), (whole - 127) / 128)
    np.testing.assert_array_equal(sweep.as_fed(images, "0 to 255"), whole)
    np.testing.assert_allclose(sweep.as_fed(images, "0 to 1") * 255, whole, rtol=1e-5)
    np.testing.assert_allclose(sweep.as_fed(images, "BGR")[..., ::-1], sweep.as_fed(images, "right"))
    fed = sweep.as_fed(images, "ImageNet mean") * sweep.IMAGENET_DEVIATION + sweep.IMAGENET_MEAN
    np.testing.assert_allclose(fed * 255, whole, atol=1e-3)
    for how in sweep.MISTAKES:
        assert sweep.as_fed(images, how).dtype == np.float32
        assert sweep.as_fed(images, how).shape == images.shape
