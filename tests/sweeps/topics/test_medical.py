"""Chapter 11's tables: whole, with one budget for the sides of a comparison, and with the stories told."""

from __future__ import annotations

import numpy as np
import pytest
from packs_here import need

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import medical as sweep

SWEEPS = tuple(one.name for one in sweep.SWEEPS)


@pytest.mark.parametrize("name", SWEEPS)
def test_a_table_is_whole(name):
    assert len(table(name, get(name).frameworks[0])) == len(get(name).settings())


@pytest.mark.parametrize("name", ["medical-leak", "medical-starts", "medical-trained", "medical-shortcuts"])
def test_every_way_gets_the_same_five_seeds(name):
    rows = get(name).settings()
    ways = {tuple(value for key, value in row.items() if key != "seed") for row in rows}
    seeds = {way: set() for way in ways}
    for row in rows:
        seeds[tuple(value for key, value in row.items() if key != "seed")].add(row["seed"])
    assert all(found == set(sweep.SEEDS) for found in seeds.values())
    assert len(sweep.SEEDS) >= 5


def test_every_start_gets_as_many_tries():
    assert len({len(rates) for rates in sweep.RATES.values()}) == 1


def test_the_leak_is_in_the_copies():
    rows = table("medical-leak").groupby(["method", "split"]).mean(numeric_only=True)
    for method in sweep.METHODS:
        assert rows.balanced[method, "at random"] > rows.balanced[method, "groups"] + 0.02
    assert rows.copied["pixels", "at random"] > 0.85
    assert 0.2 < rows.copied["pixels", "groups without mirrored"] < 0.7
    assert rows.copied["pixels", "groups"] == 0
    nearest = rows.balanced["nearest pixels"]
    assert nearest["at random"] > nearest["groups without mirrored"] > nearest["groups"]


def test_a_single_scan_of_each_group_has_no_copy():
    need("brain_mri")
    from tlcourse.data import near_copies

    singles = sweep._singles()
    assert len(singles) == len(set(singles.groups))
    assert near_copies(singles.resized(128)).with_a_copy < 0.06 * len(singles)
    for seed in sweep.SEEDS:
        rows = sweep._rows(seed, sweep.LABELS[-1])
        assert np.bincount(singles.labels[rows["train"]]).tolist() == [sweep.LABELS[-1]] * 2
        assert not set(rows["train"]) & (set(rows["val"]) | set(rows["test"]))


def test_the_medical_head_is_one_layer_on_the_published_features():
    need("densenet121_base")
    weight, bias = sweep._medical_head()
    assert weight.shape == (1024, 24)
    assert bias.shape == (24,)
