"""Thresholds: none is cheaper, and with honest probabilities they lie where theory says."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import CourseError, ShapeError
from tlcourse.evaluation import cost_at, threshold_for_cost


def test_none_is_cheaper():
    rng = np.random.default_rng(0)
    labels = (rng.random(80) < 0.3).astype(int)
    scores = rng.random(80) + 0.3 * labels
    found = threshold_for_cost(labels, scores, missed=5, alarm=1)
    tried = [cost_at(labels, scores, t, missed=5, alarm=1) for t in np.linspace(-0.1, 1.5, 500)]
    assert found.cost <= min(tried) + 1e-12
    assert found.cost == cost_at(labels, scores, found.value, missed=5, alarm=1)


def test_honest_probabilities():
    rng = np.random.default_rng(1)
    p = rng.random(60_000)
    labels = (rng.random(60_000) < p).astype(int)
    for missed, alarm in ((9, 1), (1, 1), (1, 4)):
        # A grid of scores: with all 60,000 as thresholds the search would take minutes.
        found = threshold_for_cost(labels, np.round(p, 2), missed=missed, alarm=alarm)
        assert found.value == pytest.approx(alarm / (alarm + missed), abs=0.06)


def test_never_say_yes():
    assert threshold_for_cost([0, 0, 1], [0.9, 0.8, 0.1], missed=0, alarm=1).value == np.inf


@pytest.mark.parametrize(
    ("labels", "scores"), [([0, 1], [0.5]), ([], []), ([0, 2], [0.1, 0.2]), ([0, 1], [0.1, np.nan])]
)
def test_bad_input(labels, scores):
    with pytest.raises(ShapeError):
        threshold_for_cost(labels, scores, missed=1, alarm=1)


@pytest.mark.parametrize(("missed", "alarm"), [(-1, 1), (0, 0)])
def test_bad_costs(missed, alarm):
    with pytest.raises(CourseError, match="miss costs"):
        cost_at([0, 1], [0.1, 0.9], 0.5, missed=missed, alarm=alarm)
