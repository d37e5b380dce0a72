"""Simulated payments: the published numbers, the three scenarios, and nothing that a seed does not say."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import numpy as np
import pandas as pd
import pytest

from tlcourse.data import MARKETS, Market, transactions
from tlcourse.errors import SettingError, UnknownNameError

SMALL = Market("small", 300, 400, 60, radius=8.0, terminals_a_day=0.5, customers_a_day=0.5)


def days_of(table: pd.DataFrame) -> np.ndarray:
    return (table.time - table.time.min().normalize()).dt.days.to_numpy()


@lru_cache(maxsize=1)
def published() -> pd.DataFrame:
    return transactions("handbook")


def test_the_published_size_and_share_of_fraud() -> None:
    """5,000 customers, 10,000 terminals, 183 days: 1.75 million payments, 0.8 % of them frauds."""
    table = published()
    assert 1_700_000 < len(table) < 1_850_000
    assert 0.0075 < table.fraud.mean() < 0.0092
    assert table.customer.nunique() > 4950
    assert table.terminal.nunique() > 9900
    assert days_of(table).max() == 182
    counts = table.scenario.value_counts()
    assert counts[2] > counts[3] > counts[1] > 500


def test_amounts_numbers_and_times_are_distributed_as_published() -> None:
    table = published()
    usual = table[table.scenario != 3]  # a stolen card's amounts are multiplied
    by = usual.groupby("customer")["amount"].agg(["mean", "std", "size"])
    busy = by[by["size"] > 300]
    assert 5 < busy["mean"].quantile(0.01) < 9  # uniform from 5 to 100
    assert 95 < busy["mean"].quantile(0.99) < 105
    # Drawn anew from below zero, so a little more than the mean (1.04 times).
    assert abs(busy["mean"].mean() - 54.4) < 1.5
    # Half the mean, but for what was below zero and was drawn anew.
    assert abs((busy["std"] / busy["mean"]).median() - 0.5) < 0.04
    a_day = by["size"] / 183
    assert abs(a_day.mean() - 2 * 0.969) < 0.06  # 3.1 % of the times fall on another day
    assert abs(a_day.std() - 4 / 12**0.5 * 0.969) < 0.05
    each = usual[usual.customer == busy["size"].idxmax()]
    counts = np.bincount(days_of(each), minlength=183)
    assert 0.7 < counts.var() / counts.mean() < 1.35  # Poisson
    second = (table.time - table.time.dt.normalize()).dt.total_seconds()
    assert abs(second.mean() - 43_200) < 100
    assert 17_500 < second.std() < 19_000  # 20,000 s, cut at midnight
    assert np.allclose(table.amount, table.amount.round(2))
    assert (table.amount >= 0).all()


def test_scenario_1_is_every_amount_above_the_limit() -> None:
    table = published()
    large = table[(table.amount > 220) & (table.scenario != 3)]
    assert (large.fraud == 1).all()
    assert (table.amount[table.scenario == 1] > 220).all()


def test_scenario_2_is_every_payment_at_a_terminal_for_28_days() -> None:
    table = transactions(replace(MARKETS["north"], customers_a_day=0, limit=1e9), seed=3)
    day = days_of(table)
    attacked = table[table.fraud == 1]
    assert set(attacked.scenario) == {2}
    shares = []
    for terminal, rows in attacked.groupby("terminal"):
        first, last = day[rows.index].min(), day[rows.index].max()
        if last - first < 28:  # attacked once
            inside = table[(table.terminal == terminal) & (day >= first) & (day <= last)]
            shares.append(inside.fraud.mean())
    assert len(shares) > 50
    assert min(shares) == 1
    spans = attacked.groupby("terminal").apply(lambda rows: np.ptp(day[rows.index]))
    assert 20 < spans.quantile(0.75) < 28


def test_scenario_3_is_a_third_of_a_customers_payments_five_times_as_large() -> None:
    market = replace(MARKETS["north"], terminals_a_day=0, limit=1e9)
    table, quiet = transactions(market, seed=4), transactions(replace(market, customers_a_day=0), seed=4)
    assert quiet.fraud.sum() == 0
    fraud = table.fraud.to_numpy() == 1
    assert set(table.scenario[fraud]) == {3}
    assert np.allclose(table.amount[fraud], 5 * quiet.amount[fraud], atol=0.03)  # cents were rounded
    assert np.array_equal(table.amount[~fraud], quiet.amount[~fraud])
    day = days_of(table)
    attacks = 120 * 1.2
    assert 0.6 < fraud.sum() / (attacks * 13 * 1.94 / 3) < 1.3
    spans = table[fraud].groupby("customer").apply(lambda rows: np.ptp(day[rows.index]))
    assert spans.median() < 14


def test_customers_pay_near_by() -> None:
    table = published()
    used = table.groupby("customer")["terminal"].nunique()
    assert 40 < used.median() < 90  # pi times 5 squared: 79 terminals at most, fewer at the border


def test_a_seed_says_it_all() -> None:
    one, same, other = (transactions(SMALL, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(one, same)
    assert len(one) != len(other)
    assert one.time.is_monotonic_increasing
    assert one.dtypes.astype(str).to_dict() == {
        "time": "datetime64[s]",
        "customer": "int64",
        "terminal": "int64",
        "amount": "float64",
        "fraud": "int64",
        "scenario": "int64",
    }


@pytest.mark.parametrize("name", sorted(MARKETS))
def test_every_market_has_fraud_but_little(name: str) -> None:
    table = published() if name == "handbook" else transactions(name)
    assert 0.005 < table.fraud.mean() < 0.015


def test_other_numbers() -> None:
    table = transactions("south", customers=100, terminals=200, days=20)
    assert table.customer.max() < 100
    assert table.terminal.max() < 200
    assert days_of(table).max() == 19


def test_nobody_near_a_terminal_pays_nowhere() -> None:
    table = transactions(replace(SMALL, radius=0.001, terminals_a_day=0))
    assert list(table.columns) == ["time", "customer", "terminal", "amount", "fraud", "scenario"]
    assert not len(table)


def test_bad_requests() -> None:
    with pytest.raises(UnknownNameError):
        transactions("west")
    with pytest.raises(SettingError):
        transactions(days=0)
    with pytest.raises(SettingError):
        transactions(seed=-1)
    with pytest.raises(SettingError):
        transactions("handbook", terminals=1)
