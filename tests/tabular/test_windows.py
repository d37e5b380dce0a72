"""Windows against brute force, and features that do not move when the future does."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tlcourse.data import Market, transactions
from tlcourse.errors import DataError, SettingError
from tlcourse.tabular import FEATURES, in_window, payment_features

TINY = Market("tiny", 30, 20, 60, radius=40.0, terminals_a_day=0.2, customers_a_day=0.2)
DAY = 86_400


def brute(table: pd.DataFrame, delay: float = 7) -> pd.DataFrame:
    """The same features, a payment after the other, each from the rows that it may see."""
    rows = []
    for row in table.itertuples():
        age = (row.time - table.time).dt.total_seconds() / DAY
        found = {"amount": row.amount, "weekend": row.time.day_of_week >= 5, "night": row.time.hour < 6}
        theirs = table.customer == row.customer
        here = table.terminal == row.terminal
        for days in (1, 7, 30):
            own = table[theirs & (age >= 0) & (age < days)]
            old = table[here & (age >= delay) & (age < delay + days)]
            found[f"customer_count_{days}"] = len(own)
            found[f"customer_mean_{days}"] = own.amount.mean()
            found[f"terminal_count_{days}"] = len(old)
            found[f"terminal_risk_{days}"] = old.fraud.mean() if len(old) else 0
        rows.append(found)
    return pd.DataFrame(rows, index=table.index)[list(FEATURES)].astype(float)


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return transactions(TINY, seed=5)


@pytest.mark.parametrize("delay", [7, 0])
def test_features_are_those_of_brute_force(table: pd.DataFrame, delay: int) -> None:
    part = table.iloc[:900]
    pd.testing.assert_frame_equal(payment_features(part, delay), brute(part, delay), check_exact=False)


def test_the_order_of_the_rows_does_not_matter(table: pd.DataFrame) -> None:
    mixed = table.sample(frac=1, random_state=0)
    pd.testing.assert_frame_equal(payment_features(mixed).sort_index(), payment_features(table))


def test_nothing_of_the_future_is_in_them(table: pd.DataFrame) -> None:
    """What comes later may be anything, and so may the labels of the last week."""
    now = table.time.iloc[1500]
    changed = table.copy()
    later = changed.time > now
    changed.loc[later, ["amount", "fraud"]] = [9999.0, 1]
    young = changed.time > now - pd.Timedelta(days=7)
    changed.loc[young, "fraud"] = 1 - changed.fraud[young]
    here = (table.time <= now).to_numpy()
    pd.testing.assert_frame_equal(payment_features(changed)[here], payment_features(table)[here])
    cut = payment_features(table[here])
    pd.testing.assert_frame_equal(cut, payment_features(table)[here])


def test_a_known_fraud_raises_the_risk_after_a_week() -> None:
    times = pd.to_datetime("2018-04-02 10:00") + pd.to_timedelta([0, 6.9, 7.1, 40], unit="D")
    table = pd.DataFrame({"time": times, "customer": 0, "terminal": 3, "amount": 1.0, "fraud": [1, 0, 0, 0]})
    assert payment_features(table).terminal_risk_30.tolist() == [0, 0, 1, 0]


def test_windows_of_any_order_and_group() -> None:
    rng = np.random.default_rng(0)
    group, second, value = rng.integers(0, 5, 200), rng.integers(0, 30 * DAY, 200), rng.normal(size=200)
    for days, delay in ((1, 0), (7, 3), (50, 0), (0.5, 0.25)):
        age = (second[:, None] - second[None]) / DAY
        seen = (group[:, None] == group[None]) & (age >= delay) & (age < days + delay)
        assert np.allclose(in_window(group, second, value, days, delay), seen @ value)


def test_bad_columns() -> None:
    with pytest.raises(DataError):
        in_window([0, 1], [0], [1, 2], 1)
    with pytest.raises(DataError):
        in_window([-1], [0], [1], 1)
    with pytest.raises(SettingError):
        in_window([0], [0], [1], 0)
    with pytest.raises(SettingError):
        in_window([0], [0], [1], 1, -1)
    assert in_window([], [], [], 1).shape == (0,)
