"""Chapter 1's sweeps on photographs and on pixels: fair grids, and no test image has a say in a choice."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.shared import camera
from tlcourse.sweeps.topics import why_photographs as sweep
from tlcourse.sweeps.topics import why_pixels, why_transfer


def runs(name: str) -> list[dict]:
    return get(name).settings()


def test_the_grid_is_fair():
    """Every way on the same data, sizes and seeds, and with as many rates."""
    per_method = {
        method: {
            (s["dataset"], s["per_class"], s["seed"])
            for s in runs("why-photographs")
            if s["method"] == method
        }
        for method in sweep.METHODS
    }
    assert len({frozenset(rows) for rows in per_method.values()}) == 1
    assert len(sweep.SEEDS) >= 5
    assert len({len(rates) for rates in sweep.TUNING_RATES.values()}) == 1


def test_pixels_are_judged_wherever_networks_are():
    compared = {
        (s["dataset"], s["per_class"], s["seed"]) for s in [*runs("why-photographs"), *runs("why-transfer")]
    }
    assert compared == {(s["dataset"], s["per_class"], s["seed"]) for s in runs("why-pixels")}


def test_the_search_looks_at_validation_alone():
    assert "test_accuracy" not in get("why-photographs-rates").metrics
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS["photos"])


def test_each_row_has_the_rate_that_validation_chose():
    """The photos' rate is one for all seeds; each division of the solar cells has its own."""
    tried = table("why-photographs-rates")
    asked = get("why-photographs")
    for s in asked.settings():
        some = tried[(tried.dataset == s["dataset"]) & (tried.method == s["method"])]
        if s["dataset"] == "solar-cells":
            some = some[some.seed == s["seed"]]
        means = some.groupby("lr").val_accuracy.mean()
        assert means[asked.given(s)["lr"]] == pytest.approx(means.max()), s


def test_keras_repeats_a_quarter_or_more():
    grid, again = runs("why-photographs"), runs("why-photographs-keras")
    assert all(row in grid for row in again)
    for method in sweep.METHODS:
        of_method = [sum(row["method"] == method for row in rows) for rows in (again, grid)]
        assert 4 * of_method[0] >= of_method[1]
    assert get("why-photographs-keras").run == get("why-photographs").run


def test_solar_cells_are_judged_on_as_many_defective_as_functional_ones():
    test = camera.part("solar-cells", "test", 8, 0)
    assert len(set(test.counts().values())) == 1
    train = camera.part("solar-cells", "train", 8, 0)
    assert not set(train.blocks) & set(test.blocks), "a module is in both"
    assert min(train.counts().values()) >= max(sweep.SIZES["solar-cells"])


def test_pixels_of_grey_images_come_once():
    grey = np.repeat(np.arange(8, dtype=np.uint8).reshape(2, 2, 2, 1), 3, axis=3)
    np.testing.assert_allclose(why_pixels.pixels_of(grey), grey[..., 0].reshape(2, 4) / 255, rtol=1e-6)
    colour = grey + np.array([0, 1, 2], np.uint8)
    assert why_pixels.pixels_of(colour).shape == (2, 12)


def test_the_longer_run_differs_in_its_steps_alone():
    short = {(s["dataset"], s["method"], s["per_class"], s["lr"], s["seed"]) for s in runs("why-transfer")}
    for s in runs("why-longer"):
        assert (s["dataset"], s["method"], s["per_class"], s["lr"], s["seed"]) in short
        assert s["steps"] == 4 * why_transfer.STEPS
