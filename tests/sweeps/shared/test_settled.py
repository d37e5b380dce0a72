"""Logistic regressions whose result does not depend on the order in which a processor adds."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps.shared import settled

STRENGTHS = (0.01, 1.0)


def _brightness(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Rows as raw pixels are: far from zero, much alike, with more columns than rows; three classes."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(3), 10)
    common = rng.uniform(0.6, 1.0, 300)
    own = rng.normal(0, 0.05, (30, 300)) + rng.normal(0, 0.03, (3, 300))[labels]
    return np.float32(common + rng.normal(0, 0.2, (30, 1)) + own), labels


def _probabilities(head: settled.Settled, x: np.ndarray) -> np.ndarray:
    return head.head.predict_proba((x - head.centre) @ head.directions.T)


@pytest.mark.parametrize("strength", STRENGTHS)
def test_it_stands_at_the_minimum_of_the_loss_on_the_pixels_themselves(strength):
    x, labels = _brightness()
    (head,) = settled.fitted(x, labels, [strength])
    weights = head.head.coef_ @ head.directions  # of the pixels
    off = _probabilities(head, x) - np.eye(3)[labels]
    gradient = strength * off.T @ (x - head.centre) + weights
    assert np.abs(gradient).max() < 1e-3 * np.abs(weights).max()
    assert np.abs(off.sum(0)).max() < 1e-3  # the intercepts, which bear no penalty


def test_other_orders_of_the_columns_and_a_shift_change_nothing():
    x, labels = _brightness()
    other = np.random.default_rng(1).permutation(x.shape[1])
    for head, turned in zip(
        settled.fitted(x, labels, STRENGTHS), settled.fitted(x[:, other] + 3, labels, STRENGTHS), strict=True
    ):
        assert np.abs(_probabilities(head, x) - _probabilities(turned, x[:, other] + 3)).max() < 1e-4


def test_the_score_is_the_accuracy():
    x, labels = _brightness()
    head = settled.fitted(x, labels, [1.0])[0]
    assert head.score(x, labels) == 1.0
    assert head.score(x, np.roll(labels, 10)) == 0.0
