"""Chapter 15's tables: whole, with one budget for the sides of a comparison, and with the stories told."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import small_devices as sweep

SWEEPS = tuple(one.name for one in sweep.SWEEPS)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_table_is_whole(name):
    assert len(table(name, get(name).frameworks[0])) == len(get(name).settings())


@pytest.mark.parametrize("name", ["small-files", "small-pruned", "small-students"])
def test_every_way_gets_the_same_five_seeds(name):
    way = next(key for key in get(name).settings()[0] if key != "seed")
    seeds: dict[object, set[int]] = {}
    for row in get(name).settings():
        seeds.setdefault(row[way], set()).add(row["seed"])
    assert set(map(frozenset, seeds.values())) == {frozenset(sweep.SEEDS)}
    assert len(sweep.SEEDS) >= 5


def test_no_time_is_compared():
    for name in ("small-costs", "small-costs-keras"):
        metrics = get(name).metrics
        assert {metric for metric, tolerance in metrics.items() if tolerance is not None} == {"file_bytes"}


def test_bytes_are_fewer_where_bits_are():
    for name, framework in (("small-files", "torch"), ("small-files-keras", "keras")):
        means = table(name, framework).groupby("way").file_bytes.mean()
        assert means.get("float16", 0) < 0.55 * means["float32"]
        assert means["static int8"] < 0.32 * means["float32"]


def test_a_file_in_32_bits_is_the_network_and_one_range_is_not_enough():
    rows = table("small-files").set_index(["way", "seed"])
    assert rows.loc["float32"].largest.max() < 1e-4
    assert (rows.loc["float32"].same == 1).all()
    assert (rows.loc["static int8, one range"].lost > rows.loc["static int8"].lost).all()


def test_zeros_are_stored_and_computed():
    means = table("small-pruned").groupby("way").mean(numeric_only=True)
    for way in ("half zeros", "80 % zeros"):
        assert means.bytes[way] == means.bytes["nothing"]
        assert means.multiply_adds[way] == means.multiply_adds["nothing"]
        assert means.zipped[way] < 0.8 * means.zipped["nothing"]
    assert means.bytes["quarter out"] < means.bytes["nothing"]
    assert means.multiply_adds["quarter out"] < means.multiply_adds["nothing"]


def test_calibration_images_are_not_those_of_the_test():
    test = {image.tobytes() for image in sweep._parts(sweep.SIZE, 0)["test"].images}
    for way in sweep.WAYS:
        images = sweep._calibration(way, 0)
        assert (images is None) == (not way.startswith("static"))
        if images is not None:
            assert images.dtype == np.uint8
            assert len(images) == (4 if way.endswith("4 images") else sweep.CALIBRATION)
            assert not test & {image.tobytes() for image in images}
