"""Precision of a day's list, and the stability index."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import DataError, SettingError
from tlcourse.tabular import precision_at, stability


def test_precision_of_cards_counts_a_card_once() -> None:
    scores = [0.9, 0.8, 0.7, 0.1, 0.6, 0.5]
    frauds = [0, 1, 1, 1, 0, 1]
    days = [0, 0, 0, 0, 1, 1]
    cards = [4, 4, 5, 6, 4, 5]
    # Day 0: cards 4 (a fraud among its payments) and 5; day 1: cards 4 and 5.
    assert precision_at(scores, frauds, days, 2, cards) == 0.75
    assert precision_at(scores, frauds, days, 1, cards) == 0.5
    # Payments: day 0 takes 0.9 and 0.8, day 1 both.
    assert precision_at(scores, frauds, days, 2) == 0.5


def test_a_day_with_fewer_payments_than_places() -> None:
    assert precision_at([0.5], [1], [0], 4) == 0.25


def test_stability_is_zero_for_the_same_and_grows() -> None:
    rng = np.random.default_rng(0)
    old = rng.normal(size=20_000)
    same, moved, far = (stability(old, rng.normal(by, 1, 20_000)) for by in (0, 0.3, 1.5))
    assert same < 0.005 < 0.05 < moved < 0.2 < far


def test_stability_where_nearly_all_values_are_equal() -> None:
    old = np.r_[np.zeros(99), 1]
    assert stability(old, old) == 0
    assert stability(old, np.ones(100)) > 1


def test_bad_columns() -> None:
    with pytest.raises(DataError):
        precision_at([1, 2], [1], [0, 0])
    with pytest.raises(SettingError):
        precision_at([1], [1], [0], 0)
    with pytest.raises(DataError):
        stability([], [1])
    with pytest.raises(SettingError):
        stability([1], [1], 1)
