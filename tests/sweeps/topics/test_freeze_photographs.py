"""Chapter 4's six ways on photos and solar cells: fair grids, and no test image has a say in a choice."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import freeze_photographs as sweep


def test_every_way_gets_the_same_cells_seeds_and_number_of_rates():
    grid = get("freeze-photographs").settings()
    per_method = {
        method: {(s["dataset"], s["per_class"], s["seed"]) for s in grid if s["method"] == method}
        for method in sweep.METHODS
    }
    assert len({frozenset(runs) for runs in per_method.values()}) == 1
    assert {(d, n) for d, n, _ in per_method["all"]} == set(sweep.CELLS)
    assert per_method["all"] == {
        (s["dataset"], s["per_class"], s["seed"]) for s in get("freeze-pixels").settings()
    }
    assert len(sweep.SEEDS) >= 5
    assert set(sweep.TUNING_RATES) == set(sweep.METHODS)
    assert len({len(rates) for rates in sweep.TUNING_RATES.values()}) == 1


def test_the_search_looks_at_validation_alone():
    assert "test_accuracy" not in get("freeze-photographs-rates").metrics
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS["photos"])


def test_each_row_has_the_rate_that_validation_chose():
    """The photos' rate is one for all seeds; each division of the solar cells has its own."""
    tried, compared = table("freeze-photographs-rates"), get("freeze-photographs")
    for s in compared.settings():
        some = tried[(tried.dataset == s["dataset"]) & (tried.method == s["method"])]
        if s["dataset"] == "solar-cells":
            some = some[some.seed == s["seed"]]
        means = some.groupby("lr").val_accuracy.mean()
        assert means[compared.given(s)["lr"]] == pytest.approx(means.max()), s


def test_keras_repeats_a_seed_of_everything():
    grid, again = get("freeze-photographs").settings(), get("freeze-photographs-keras").settings()
    assert again == [row for row in grid if row["seed"] == 0]
    assert get("freeze-photographs-keras").run == get("freeze-photographs").run


def test_stages_take_all_the_steps_and_open_towards_the_input():
    assert set(sweep.STAGES) == set(sweep.METHODS)
    for stages in sweep.STAGES.values():
        for steps in sweep.STEPS.values():
            assert sum(round(steps * share) for share, _ in stages) == steps
        frozen = [set(names) for _, names in stages]
        assert all(later <= earlier for earlier, later in pairwise(frozen))


def test_all_labels_are_every_photo_and_as_many_solar_cells_of_each_class():
    photos = sweep._train_images("photos", sweep.ALL_LABELS, seed=0, size=8)
    assert len(photos) == len(sweep.camera.part("photos", "train", 8, 0))
    cells = sweep._train_images("solar-cells", sweep.ALL_LABELS, seed=0, size=8)
    whole = sweep.camera.part("solar-cells", "train", 8, 0)
    assert np.bincount(cells.labels).tolist() == [min(whole.counts().values())] * 2
    few = sweep._train_images("solar-cells", 5, seed=0, size=8)
    assert np.bincount(few.labels).tolist() == [5, 5]
