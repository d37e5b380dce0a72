"""Chapter 2's sweeps: fair grids, rates that validation chose, no source that is its own target."""

from __future__ import annotations

from itertools import groupby

import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.engine.store import table_path
from tlcourse.sweeps.topics import transferability as sweep

CELLS = [(target, candidate) for target in sweep.TARGETS for candidate in sweep.candidates_of(target)]


def test_every_candidate_gets_the_same_seeds_and_number_of_rates():
    grid = get("transferability").settings()
    runs = {cell: {s["seed"] for s in grid if (s["target"], s["candidate"]) == cell} for cell in CELLS}
    assert set(map(frozenset, runs.values())) == {frozenset(sweep.SEEDS)}
    assert len(grid) == len(CELLS) * len(sweep.SEEDS)
    assert len(sweep.SEEDS) >= 5
    tries = {
        (s["target"], s["candidate"], s["lr"], s["seed"]) for s in get("transferability-rates").settings()
    }
    assert tries == {
        (*cell, lr, seed)
        for cell in CELLS
        for lr in sweep.TUNING_RATES[cell[1]]
        for seed in sweep.TUNING_SEEDS
    }
    assert set(sweep.TUNING_RATES) == set(sweep.CANDIDATES)
    assert len({len(set(rates)) for rates in sweep.TUNING_RATES.values()}) == 1
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    assert set(get("transferability-rates").metrics) == {"val_accuracy", "train_cpu_seconds"}


def test_no_candidate_was_trained_on_its_target():
    left_out = {target: set(sweep.CANDIDATES) - set(sweep.candidates_of(target)) for target in sweep.TARGETS}
    assert left_out == {"fluent": set(), "fashion-mnist": {"fashion@full"}, "digits": set()}
    assert {c.partition("@")[0] for c in sweep.CANDIDATES} == {"imagenet", "random", *sweep.SOURCES}


def test_rows_of_one_candidate_and_target_follow_one_another():
    """A process then trains a source, and Keras traces a network, once."""
    for name in ("transferability", "transferability-rates"):
        one = get(name)
        ordered = sorted(one.settings(), key=one.cost)  # as the engine takes them
        cells = [cell for cell, _ in groupby((s["target"], s["candidate"]) for s in ordered)]
        assert len(cells) == len(set(cells)) == len(CELLS)


def test_the_rates_are_those_that_validation_chose():
    assert set(sweep.RATES) == set(CELLS)
    if not table_path(get("transferability-rates")).exists():
        # Before the search has run: one from the middle.
        assert all(lr == sorted(sweep.TUNING_RATES[cell[1]])[2] for cell, lr in sweep.RATES.items())
        return
    means = table("transferability-rates").groupby(["target", "candidate", "lr"]).val_accuracy.mean()
    for cell, lr in sweep.RATES.items():
        curve = means[cell]
        assert curve[lr] == curve.max(), cell


@pytest.mark.parametrize("settings", get("transferability").settings()[::5], ids=str)
def test_weights_trained_here_get_wider_tolerances_than_published_ones(settings):
    one = get("transferability")
    published = {**settings, "candidate": "imagenet@full"}
    for metric in ("knn", "logme", "probe_accuracy", "test_accuracy"):
        tolerance = one.tolerance(metric, settings, "torch")
        assert 0 < one.tolerance(metric, published, "torch") <= tolerance < 0.25
    assert one.tolerance("score_cpu_seconds", settings, "torch") is None
