"""Chapter 10's sweeps of layers: every block, whole groups of weights, and a real pair."""

from __future__ import annotations

import numpy as np
import pytest
from packs_here import need

from tlcourse.models import packed
from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import which_layers as sweep


def test_every_block_of_every_data_set_gets_the_same_seeds():
    seeds: dict[tuple[str, str], set[int]] = {}
    for row in get("layer-probes").settings():
        seeds.setdefault((row["dataset"], row["block"]), set()).add(row["seed"])
    assert set(map(frozenset, seeds.values())) == {frozenset(sweep.SEEDS)}
    assert set(seeds) == {(d, b) for d in sweep.DATASETS for b in (*sweep.BLOCKS, sweep.PIXELS)}


def test_a_head_is_chosen_on_validation_rows_only():
    dataset, seed = "photos", 0
    _, y = sweep._images(dataset)
    splits = sweep._splits(dataset, seed)
    x = np.eye(6)[y].astype(np.float32)  # the labels themselves,
    x[splits["test"]] = 0  # but not of test images
    scores = sweep._head_on(x, dataset, seed)
    assert scores["val_balanced"] == 1.0
    assert scores["test_balanced"] == pytest.approx(1 / 6, abs=0.01)


def test_the_groups_of_xception_are_all_its_kernels():
    need(*sweep.LESION_NETWORKS)
    names = {n.split(".")[0] for n, array in packed.arrays("xception_base").items() if array.ndim == 4}
    groups = [name for beginnings in sweep.LESION_BLOCKS.values() for name in beginnings]
    assert sorted(groups) == sorted(names)
    same = sweep.compare_lesions("torch", "block1", 0)
    assert 0 < same["moved"] < 0.3
    assert 0.95 < same["alike"] < 1


def test_the_stories_that_the_chapter_tells():
    probes = table("layer-probes").groupby(["dataset", "block"]).test_balanced.mean()
    assert probes["photos", "blocks.6"] > probes["photos", "blocks.2"] > probes["photos", "conv_stem"]
    assert probes["solar-cells"][list(sweep.BLOCKS)].idxmax() not in (sweep.BLOCKS[0], sweep.BLOCKS[-1])
    changes = table("layer-changes").groupby("dataset").mean(numeric_only=True)
    last = len(sweep.BLOCKS) - 1
    assert changes.loc["solar-cells", f"photos_{last}"] < changes.loc["photos", f"photos_{last}"] < 0.9
    assert (changes[f"photos_{0}"] > 0.98).all()
    lesions = table("lesion-photos").groupby("network").test_balanced.mean()
    assert lesions["xception_lesions"] < lesions["xception_base"] - 0.05
