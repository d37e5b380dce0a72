"""Chapter 3's sweep of starts: a fair grid, and rates that validation chose."""

from __future__ import annotations

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import base_model as sweep


def test_the_rates_are_those_that_validation_chose():
    means = table("base-model-starts-rates").groupby(["start", "lr"]).val_accuracy.mean()
    assert set(sweep.START_RATES) == set(sweep.STARTS)
    for start, lr in sweep.START_RATES.items():
        assert means[start][lr] == means[start].max(), start


def test_every_side_gets_the_same_seeds_and_number_of_rates():
    assert len(sweep.SEEDS) >= 5
    assert len({len(rates) for rates in sweep.WHOLE_RATES.values()}) == 1
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    starts = get("base-model-starts").settings()
    runs = {
        start: {(s["per_class"], s["seed"]) for s in starts if s["start"] == start} for start in sweep.STARTS
    }
    assert runs["pretrained"] == runs["random"]
