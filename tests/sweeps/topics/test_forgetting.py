"""Chapter 10's sweep of forgetting: one budget for every way, strengths that validation chose."""

from __future__ import annotations

import numpy as np

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import forgetting as sweep


def test_every_way_gets_the_same_seeds_and_steps():
    seeds: dict[str, set[int]] = {}
    for row in get("forgetting").settings():
        seeds.setdefault(row["way"], set()).add(row["seed"])
    assert set(seeds) == set(sweep.STRENGTHS)
    assert set(map(frozenset, seeds.values())) == {frozenset(sweep.SEEDS)}
    assert len(sweep.SEEDS) >= 5
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    searched = {way: len(strengths) for way, strengths in sweep.STRENGTHS.items() if way != "plain"}
    assert len(set(searched.values())) == 1, searched


def test_a_way_that_looks_back_sees_fewer_new_images():
    answers = np.zeros((10_000, 6), np.float32)
    for old in (0, 4):
        batches = list(sweep._batches(0, old, answers))
        assert len(batches) == sweep.STEPS
        assert {len(batch.x) + len(batch.old_x) for batch in batches} == {sweep.BATCH}
        assert {len(batch.old_y) for batch in batches} == {old}


def test_the_strengths_are_those_that_validation_chose():
    means = table("forgetting-strengths").groupby(["way", "strength"]).both.mean()
    for row in get("forgetting").settings():
        chosen = get("forgetting").given(row)["strength"]
        assert means[row["way"], chosen] >= means[row["way"]].max() - 1e-5
    assert not any(metric.startswith("test") for metric in get("forgetting-strengths").metrics)


def test_the_stories_that_the_chapter_tells():
    rows = table("forgetting").groupby("way").mean(numeric_only=True)
    assert rows.loc["plain", "photos"] < 0.5 * rows.loc["plain", "photos_0"]
    for way in ("lower rate", "rehearsal", "l2-sp", "lora"):
        assert rows.loc[way, "photos"] > rows.loc["plain", "photos"] + 0.2, way
    average = table("forgetting-average").mean(numeric_only=True)
    assert average["photos_0"] == rows["photos_0"].mean()  # the share 0 is the network before
