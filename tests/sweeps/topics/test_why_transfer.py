"""Chapter 1's sweep: its grid is fair, its rates are those that validation chose, its readings are right."""

from __future__ import annotations

import pandas as pd
import pytest

from tlcourse.errors import CourseError
from tlcourse.sweeps import get, table
from tlcourse.sweeps.analysis import crossing, label_efficiency_ratio, summary
from tlcourse.sweeps.topics import why_transfer as sweep


def rows(**curves: list[float]) -> pd.DataFrame:
    """Two seeds around each mean."""
    return pd.DataFrame(
        [
            {
                "framework": "torch",
                "dataset": "d",
                "method": method,
                "per_class": size,
                "seed": seed,
                "test_accuracy": accuracy + (0.01 if seed else -0.01),
            }
            for method, curve in curves.items()
            for size, accuracy in zip((5, 20, 80), curve, strict=True)
            for seed in (0, 1)
        ]
    )


def test_ratio_inside_the_curve():
    found = label_efficiency_ratio(rows(frozen=[0.5, 0.7, 0.8], random=[0.2, 0.4, 0.6]), "d", 5)
    assert found.labels == pytest.approx(40)
    assert found.ratio == pytest.approx(8)
    assert found.bound == "equal"
    assert not found.is_bound
    assert str(found) == "8"
    linear = label_efficiency_ratio(
        rows(frozen=[0.5, 0.7, 0.8], random=[0.2, 0.4, 0.6]), "d", 5, scale="linear"
    )
    assert linear.ratio == pytest.approx(10)


def test_ratio_as_a_bound():
    found = label_efficiency_ratio(rows(frozen=[0.5, 0.7, 0.8], random=[0.2, 0.4, 0.6]), "d", 20)
    assert (found.bound, found.ratio) == ("at least", 4.0)
    assert str(found) == "at least 4"
    found = label_efficiency_ratio(rows(frozen=[0.5, 0.7, 0.8], random=[0.6, 0.7, 0.8]), "d", 5)
    assert (found.bound, found.ratio) == ("at most", 1.0)


def test_a_curve_that_dips_is_read_at_its_first_crossing():
    assert crossing([5, 20, 80], [0.2, 0.6, 0.4], 0.6) == (20.0, "equal")
    assert crossing([5, 20, 80, 160], [0.2, 0.6, 0.4, 0.7], 0.5)[0] < 20


@pytest.mark.parametrize(
    ("sizes", "accuracies", "kw", "problem"),
    [
        ([5, 20], [0.1], {}, "no curve"),
        ([], [], {}, "no curve"),
        ([20, 5], [0.1, 0.2], {}, "do not increase"),
        ([0, 5], [0.1, 0.2], {}, "do not increase"),
        ([5, 20], [0.1, 0.2], {"scale": "cubic"}, "cubic"),
    ],
)
def test_bad_curves(sizes, accuracies, kw, problem):
    with pytest.raises(CourseError, match=problem):
        crossing(sizes, accuracies, 0.5, **kw)


def test_bad_tables():
    good = rows(frozen=[0.5, 0.7, 0.8], random=[0.2, 0.4, 0.6])
    with pytest.raises(CourseError, match=r"lacks[\s\S]*frozen at 5"):
        label_efficiency_ratio(good, "d", 10)
    with pytest.raises(CourseError, match="no column test_accuracy"):
        label_efficiency_ratio(good.drop(columns="test_accuracy"), "d", 5)
    with pytest.raises(CourseError, match="two frameworks"):
        label_efficiency_ratio(pd.concat([good, good.assign(framework="keras")]), "d", 5)


def test_summary():
    found = summary(rows(frozen=[0.5, 0.7, 0.8]))
    assert list(found.columns) == ["dataset", "method", "per_class", "mean", "sd", "n"]
    assert found["mean"].tolist() == pytest.approx([0.5, 0.7, 0.8])
    assert found["sd"].tolist() == pytest.approx([0.02 / 2**0.5] * 3)
    assert set(found["n"]) == {2}


def test_the_grid_is_fair():
    """Every method on the same data sets, sizes and seeds; as many rates for each; no seed in both sweeps."""
    grid = get("why-transfer").settings()
    per_method = {
        method: {(s["dataset"], s["per_class"], s["seed"]) for s in grid if s["method"] == method}
        for method in sweep.METHODS
    }
    assert len({frozenset(runs) for runs in per_method.values()}) == 1
    assert len({s["seed"] for s in grid}) >= 5
    assert len({len(rates) for rates in sweep.TUNING_RATES.values()}) == 1
    assert not set(sweep.SEEDS) & set(sweep.TUNING_SEEDS)
    assert "test_accuracy" not in get("why-transfer-rates").metrics


def test_the_rates_are_those_that_validation_chose():
    tuned = table("why-transfer-rates")
    means = tuned.groupby(["dataset", "method", "lr"])["val_accuracy"].mean()
    for (dataset, method), lr in sweep.RATES.items():
        how = sweep.FINE_TUNING if method == "fine-tuned" else method
        curve = means[dataset, how]
        assert curve[lr] == curve.max(), (dataset, method)
    # And so was the way of fine-tuning: the better of the two, each at its best rates.
    best = means.groupby(["method", "dataset"]).max().groupby("method").mean()
    assert best[sweep.FINE_TUNING] == max(best["fine-tuned"], best["fine-tuned-kept-bn"])
