"""Signs of a shift: none where there is none, each where its kind is there, and clear errors."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import evaluation
from tlcourse.errors import SettingError, ShapeError

SIGNS = (evaluation.domain_accuracy, evaluation.mean_discrepancy, evaluation.own_neighbours)
NOTHING = {"domain_accuracy": 0.5, "mean_discrepancy": 0.0, "own_neighbours": 0.5}


def sides(shift: float, seed: int, n: int = 80, m: int = 60) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(n, 20)), rng.normal(size=(m, 20)) + shift


@pytest.mark.parametrize("sign", SIGNS)
def test_no_shift_is_no_sign(sign: object) -> None:
    values = [sign(*sides(0, seed)) for seed in range(20)]  # type: ignore[operator]
    assert abs(np.mean(values) - NOTHING[sign.__name__]) < 0.03  # type: ignore[attr-defined]


@pytest.mark.parametrize("sign", SIGNS)
def test_the_further_the_stronger(sign: object) -> None:
    means = [
        np.mean([sign(*sides(shift, seed)) for seed in range(5)])  # type: ignore[operator]
        for shift in (0, 0.3, 1, 3)
    ]
    assert means == sorted(means)
    assert means[-1] > means[0] + 0.3


def test_a_change_of_spread_is_a_sign_without_labels_too() -> None:
    """The means are equal, so a linear classifier is blind; the discrepancy is not."""
    rng = np.random.default_rng(0)
    narrow, wide = rng.normal(size=(100, 5)), 3 * rng.normal(size=(100, 5))
    assert evaluation.domain_accuracy(narrow, wide) < 0.65
    assert evaluation.mean_discrepancy(narrow, wide) > 0.1


def test_the_discrepancy_is_the_textbooks() -> None:
    """Against the double sums of Gretton et al. 2012, equation 3."""
    a, b = sides(0.5, 0, 12, 12)
    both = np.concatenate([a, b])
    distances = [((x - y) ** 2).sum() for i, x in enumerate(both) for y in both[i + 1 :]]
    width = np.median(distances)

    def kernel(x: np.ndarray, y: np.ndarray) -> float:
        return float(np.exp(-((x - y) ** 2).sum() / width))

    within = sum(
        kernel(x, y) / (12 * 11)
        for side in (a, b)
        for i, x in enumerate(side)
        for j, y in enumerate(side)
        if i != j
    )
    expected = within - 2 * np.mean([kernel(x, y) for x in a for y in b])
    assert evaluation.mean_discrepancy(a, b) == pytest.approx(expected)


def test_the_larger_side_has_no_more_say() -> None:
    """With 300 against 30 a classifier that always says "source" would be right in ten of eleven."""
    rng = np.random.default_rng(1)
    source, target = rng.normal(size=(300, 10)), rng.normal(size=(30, 10))
    assert evaluation.domain_accuracy(source, target) < 0.7
    assert evaluation.own_neighbours(source, target) < 0.7


def test_errors_say_what_to_do() -> None:
    good = np.zeros((20, 3))
    for sign in SIGNS:
        with pytest.raises(ShapeError, match="source has shape"):
            sign(good[:5], good)
        with pytest.raises(ShapeError, match="target has shape"):
            sign(good, good[:, 0])
        with pytest.raises(ShapeError, match="finite"):
            sign(good, np.full((20, 3), np.nan))
        with pytest.raises(ShapeError, match="same network"):
            sign(good, np.zeros((20, 4)))
    with pytest.raises(SettingError, match="k"):
        evaluation.own_neighbours(good, good, k=10)
