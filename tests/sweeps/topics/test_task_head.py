"""Chapter 5's sweeps: fair grids, rates that validation chose, and mistakes that are what they are called."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import task_head as sweep


def test_every_side_gets_the_same_seeds_and_number_of_rates():
    sides: dict[tuple[str, str], set[int]] = {}
    for s in get("task-head").settings():
        sides.setdefault((s["aim"], s["head"]), set()).add(s["seed"])
    assert set(map(frozenset, sides.values())) == {frozenset(sweep.SEEDS)}
    assert set(sides) == {*sweep.SEARCHED, *((mistake, "linear") for mistake in sweep.MISTAKES)}
    tried: dict[tuple[str, str], set[tuple[float, int]]] = {}
    for s in get("task-head-rates").settings():
        tried.setdefault((s["aim"], s["head"]), set()).add((s["lr"], s["seed"]))
    assert {len(runs) for runs in tried.values()} == {len(sweep.RATES) * len(sweep.TUNING_SEEDS)}
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    assert {s["seed"] for s in get("task-head-pixels").settings()} == set(sweep.SEEDS)
    losses: dict[str, set[tuple[float, int]]] = {}
    for s in get("task-head-pairings").settings():
        losses.setdefault(s["loss"], set()).add((s["lr"], s["seed"]))
    assert len(set(map(frozenset, losses.values()))) == 1


def test_a_row_is_given_the_rate_with_the_lowest_validation_loss():
    means = table("task-head-rates").groupby(["aim", "head", "lr"]).val_loss.mean()
    for settings in get("task-head").settings():
        aim = sweep.MISTAKES.get(settings["aim"], settings["aim"])
        rate = get("task-head").given(settings)["lr"]
        assert means[aim, settings["head"], rate] == means[aim, settings["head"]].min()
    assert "auc" not in get("task-head-rates").metrics  # nor anything of the test cells


def test_what_is_stated_and_its_loss():
    z = np.array([[0.0], [2.0], [-1.0]])
    assert sweep._stated("yes or no", z) == pytest.approx([0.5, 0.8808, 0.2689], abs=1e-4)
    assert sweep._stated("number", z).tolist() == [0.0, 2.0, -1.0]
    assert sweep._stated("softmax of one", z).tolist() == [1.0, 1.0, 1.0]
    targets = np.array([[1.0], [1.0], [0.0]])
    right = -np.log([0.5, 0.880797, 1 - 0.268941]).mean()
    assert sweep._own_loss("weighted", z, targets) == pytest.approx(right, abs=1e-5)
    assert sweep._own_loss("number", z, targets) == pytest.approx(1.0)
    assert sweep._own_loss("kind", np.zeros((3, 2)), np.array([0, 1, 1])) == pytest.approx(np.log(2))
