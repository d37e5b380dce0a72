"""Features of payments: what is known of a customer and of a terminal at the moment of a payment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import DataError, SettingError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["FEATURES", "in_window", "payment_features"]

DAY = 86_400
DAYS = (1, 7, 30)
FEATURES = (
    "amount",
    "weekend",
    "night",
    *(f"customer_count_{days}" for days in DAYS),
    *(f"customer_mean_{days}" for days in DAYS),
    *(f"terminal_count_{days}" for days in DAYS),
    *(f"terminal_risk_{days}" for days in DAYS),
)
"""The columns of `payment_features`."""


def in_window(
    groups: npt.ArrayLike, seconds: npt.ArrayLike, values: npt.ArrayLike, days: float, delay: float = 0
) -> npt.NDArray[np.float64]:
    """For each row: the sum of the values of its group in a window of time that ends at the row, or before.

    The window begins ``days + delay`` days before the row, which is outside, and ends ``delay`` days before
    it, which is inside. So with a delay of 0 the row itself belongs to it.

    Parameters
    ----------
    groups : int array (N,)
        Rows with one number belong together: the customers, or the terminals. 0 or more.
    seconds : int array (N,)
        The time of each row, 0 or more. Rows may stand in any order.
    values : array (N,)
    days, delay : float
        In days.

    Returns
    -------
    float64 array (N,)

    Raises
    ------
    DataError
        For arrays of different lengths, or numbers below 0.
    SettingError
        For a window of no length, or a delay below 0.

    Examples
    --------
    >>> import numpy as np
    >>> day = 86_400 * np.arange(4)
    >>> in_window([5, 5, 5, 6], day, [1, 10, 100, 1000], days=2)
    array([   1.,   11.,  110., 1000.])
    >>> in_window([5, 5, 5, 6], day, [1, 10, 100, 1000], days=2, delay=1)
    array([ 0.,  1., 11.,  0.])
    """
    group, second = np.asarray(groups, np.int64), np.asarray(seconds, np.int64)
    value = np.asarray(values, np.float64)
    if not group.shape == second.shape == value.shape or group.ndim != 1:
        raise DataError(
            f"Groups, seconds and values have the shapes {group.shape}, {second.shape} and {value.shape}.",
            "Give three columns of the same table.",
        )
    if not days > 0 or not delay >= 0:
        raise SettingError(
            f"A window of {days} days after a delay of {delay} days is none.",
            "Give more than 0 days, and a delay of 0 or more.",
        )
    if not len(group):
        return np.zeros(0)
    if min(group.min(), second.min()) < 0:
        raise DataError("A group or a time is below 0.", "Count both from 0.")
    end, begin = round(delay * DAY), round((days + delay) * DAY)
    # One number that sorts by group, then by time; groups lie farther apart than any window reaches.
    key = group * (int(second.max()) + begin + 1) + second
    order = np.argsort(key, kind="stable")
    key = key[order]
    total = np.concatenate([[0.0], np.cumsum(value[order])])
    last, first = (np.searchsorted(key, key - back, side="right") for back in (end, begin))
    sums = np.empty(len(key))
    sums[order] = total[last] - total[first]
    return sums


def payment_features(table: pd.DataFrame, delay: float = 7, days: Sequence[int] = DAYS) -> pd.DataFrame:
    """The 15 features of the handbook, from a table of payments in any order.

    Weekend or not; night (before 6:00) or not; how many payments the customer made in the last days, this one
    included, and their mean amount; how many payments the terminal had in as many days, a week ago, and the
    share of frauds among them: the terminal's risk. What is younger than the delay has no label yet, so it is
    left out.

    Le Borgne and others 2022, chapter 3, "Baseline feature transformation".

    Parameters
    ----------
    table : DataFrame
        With ``time``, ``customer``, ``terminal``, ``amount`` and ``fraud``, as
        `tlcourse.data.transactions` gives it.
    delay : float
        So many days after a payment its label is known.
    days : sequence of int
        The lengths of the windows.

    Returns
    -------
    DataFrame
        float64, the rows of the table; the columns are `FEATURES` with the published windows.

    Raises
    ------
    SettingError
        For a delay below 0, or a window of no length.
    """
    days = [whole("The length of a window", one, 1) for one in days]
    time = table["time"]
    second = (time - time.min().normalize()).dt.total_seconds().to_numpy().astype(np.int64)
    amount, fraud, one = (
        table["amount"].to_numpy(),
        table["fraud"].to_numpy(),
        np.ones(len(table)),
    )
    columns = {
        "amount": amount,
        "weekend": (time.dt.day_of_week >= 5).to_numpy(),
        "night": (time.dt.hour < 6).to_numpy(),
    }
    customer, terminal = table["customer"].to_numpy(), table["terminal"].to_numpy()
    counts = {n: in_window(customer, second, one, n) for n in days}
    columns |= {f"customer_count_{n}": counts[n] for n in days}
    columns |= {f"customer_mean_{n}": in_window(customer, second, amount, n) / counts[n] for n in days}
    seen = {n: in_window(terminal, second, one, n, delay) for n in days}
    columns |= {f"terminal_count_{n}": seen[n] for n in days}
    frauds = {n: in_window(terminal, second, fraud, n, delay) for n in days}
    columns |= {f"terminal_risk_{n}": frauds[n] / np.maximum(seen[n], 1) for n in days}
    made = table[[]].assign(**columns)
    return made.astype(np.float64)
