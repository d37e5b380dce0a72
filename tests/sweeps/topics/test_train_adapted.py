"""Chapter 6's sweeps: fair grids, and rates that validation chose."""

from __future__ import annotations

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import train_adapted as sweep


def test_every_kind_gets_the_same_cells_seeds_and_number_of_rates():
    grid = get("adapted-rates").settings()
    per_kind = {
        kind: {(s["dataset"], s["per_class"], s["seed"]) for s in grid if s["kind"] == kind}
        for kind in sweep.KINDS
    }
    assert len({frozenset(runs) for runs in per_kind.values()}) == 1
    assert {(d, n) for d, n, _ in per_kind["one"]} == set(sweep.KIND_CELLS)
    assert set(sweep.KIND_RATES) == set(sweep.KINDS)
    assert len({len(rates) for rates in sweep.KIND_RATES.values()}) == 1
    assert len(sweep.SEEDS) >= 5
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)


def test_the_rates_are_those_that_validation_chose():
    means = table("adapted-rates-search").groupby(["dataset", "per_class", "kind", "lr"]).val_accuracy.mean()
    assert set(sweep.RATES) == {(d, n, kind) for d, n in sweep.KIND_CELLS for kind in sweep.KINDS}
    for cell, lr in sweep.RATES.items():
        curve = means[cell]
        assert curve[lr] == curve.max(), cell


def test_the_augmentations_share_a_rate_that_favours_none():
    means = table("adapted-augment-rates").groupby(["dataset", "lr"]).val_accuracy.mean()
    for dataset, lr in sweep.AUGMENT_RATES.items():
        assert means[dataset][lr] == means[dataset].max(), dataset
    grid = get("adapted-augment").settings()
    assert {(s["dataset"], s["lr"]) for s in grid} == set(sweep.AUGMENT_RATES.items())
    runs = {
        name: {(s["dataset"], s["seed"]) for s in grid if s["augment"] == name} for name in sweep.AUGMENTS
    }
    assert len({frozenset(found) for found in runs.values()}) == 1


def test_patience_restores_the_best_that_was_seen_before_it_ended():
    for row in table("adapted-stopping").to_dict("records"):
        val = [row[f"val_{step}"] for step in sweep.LOOKS]
        seen = val[: sweep.LOOKS.index(int(row["stopped"])) + 1]
        assert row["best"] == sweep.LOOKS[val.index(min(val))]
        if row["stopped"] < sweep.LOOKS[-1]:
            assert len(seen) - 1 - seen.index(min(seen)) == sweep.PATIENCE
