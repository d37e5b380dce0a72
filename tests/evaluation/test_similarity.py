"""Centred kernel alignment: what changes nothing, what is unrelated, and the textbook's estimate."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import ShapeError
from tlcourse.evaluation import linear_cka


def test_a_turn_a_scale_and_a_shift_change_nothing() -> None:
    rng = np.random.default_rng(0)
    x = rng.normal(size=(40, 30))
    turn = np.linalg.qr(rng.normal(size=(30, 30)))[0]
    assert linear_cka(x, 0.1 * x @ turn - 1e4) == pytest.approx(1)
    y = x @ rng.normal(size=(30, 8)) + rng.normal(size=(40, 8))
    assert linear_cka(x, y) == pytest.approx(linear_cka(y, x))
    assert 0.1 < linear_cka(x, y) < 0.95


def test_more_numbers_than_images_are_no_likeness() -> None:
    """The plain estimate would say .9 for noise."""
    rng = np.random.default_rng(0)
    values = [linear_cka(rng.normal(size=(40, 500)), rng.normal(size=(40, 500))) for _ in range(20)]
    assert abs(np.mean(values)) < 0.03


def test_the_estimate_is_unbiased() -> None:
    """Over all ordered quadruples: Song et al. 2012, the U-statistic by its definition."""
    from itertools import permutations

    from tlcourse.evaluation.similarity import _hsic

    rng = np.random.default_rng(3)
    x, y = rng.normal(size=(7, 2)), rng.normal(size=(7, 3))
    y[:, 0] += x[:, 0]
    k, m = x @ x.T, y @ y.T
    terms = [k[i, j] * (m[i, j] + m[q, r] - 2 * m[i, q]) for i, j, q, r in permutations(range(7), 4)]
    assert _hsic(k, m) == pytest.approx(np.mean(terms))


def test_errors_say_what_to_do() -> None:
    x = np.random.default_rng(0).normal(size=(10, 3))
    with pytest.raises(ShapeError, match="same images"):
        linear_cka(x, x[:8])
    with pytest.raises(ShapeError, match="mean over the places"):
        linear_cka(x, np.zeros((10, 3, 2)))
    with pytest.raises(ShapeError, match="same for all images"):
        linear_cka(x, np.ones((10, 3)))
