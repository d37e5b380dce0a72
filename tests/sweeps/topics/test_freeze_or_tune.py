"""Chapter 4's sweeps: fair grids, rates that validation chose, and what freezing is for in each method."""

from __future__ import annotations

from itertools import pairwise

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import freeze_or_tune as sweep


def test_every_method_gets_the_same_cells_seeds_and_number_of_rates():
    grid = get("freeze-or-tune").settings()
    per_method = {
        method: {(s["dataset"], s["per_class"], s["seed"]) for s in grid if s["method"] == method}
        for method in sweep.METHODS
    }
    assert len({frozenset(runs) for runs in per_method.values()}) == 1
    assert {(d, n) for d, n, _ in per_method["all"]} == set(sweep.CELLS)
    assert len(sweep.SEEDS) >= 5
    assert set(sweep.TUNING_RATES) == set(sweep.METHODS)
    assert len({len(rates) for rates in sweep.TUNING_RATES.values()}) == 1
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    assert "test_accuracy" not in get("freeze-or-tune-rates").metrics


def test_the_rates_are_those_that_validation_chose():
    means = (
        table("freeze-or-tune-rates").groupby(["dataset", "per_class", "method", "lr"]).val_accuracy.mean()
    )
    assert set(sweep.rates()) == {(d, n, m) for d, n in sweep.CELLS for m in sweep.METHODS}
    for cell, lr in sweep.rates().items():
        curve = means[cell]
        assert curve[lr] == curve.max(), cell


def test_stages_take_all_the_steps_and_open_towards_the_input():
    for method, stages in sweep.STAGES.items():
        assert sum(round(sweep.STEPS * share) for share, _ in stages) == sweep.STEPS, method
        frozen = [set(names) for _, names in stages]
        assert all(later <= earlier for earlier, later in pairwise(frozen)), method
    assert set(sweep.STAGES) | {"frozen"} == set(sweep.METHODS)


def test_the_shifted_rows_begin_from_the_rates_of_their_cell():
    chosen = sweep.rates()
    for settings in get("freeze-or-tune-shifted").settings():
        assert settings["lr"] == chosen[(*sweep.SHIFTED, settings["method"])]
