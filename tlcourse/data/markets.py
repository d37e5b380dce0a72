"""`transactions`: card payments of a simulated market, some of them fraud, in any number of markets."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.errors import SettingError, UnknownNameError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["MARKETS", "Market", "transactions"]

DAY = 86_400
START = "2018-04-01"
"""The first day of every market, a Sunday."""

Whole = npt.NDArray[np.int64]
Real = npt.NDArray[np.float64]
Rng = np.random.Generator


@dataclass(frozen=True)
class Market:
    """The habits and the fraud of a market. What is not said is as published.

    Attributes
    ----------
    name : str
    customers, terminals, days : int
        How many of each.
    radius : float
        Customers and terminals stand on a square of 100 by 100. A customer uses the terminals within it.
    amounts : tuple of float
        The range in which a customer's mean amount lies. Half of the mean is the standard deviation.
    a_day : tuple of float
        The range in which a customer's mean number of payments a day lies.
    hour, hours : float
        Mean and standard deviation of a payment's time of day. The published ones are noon and 20,000 s.
    limit : float
        Scenario 1: each larger amount is a fraud.
    terminals_a_day : float
        Scenario 2: so many terminals are compromised each day, for `terminal_days` days. A half is one every
        second day.
    terminal_days : int
    customers_a_day : float
        Scenario 3: the cards of so many customers are stolen each day, for `customer_days` days.
    customer_days : int
    share : float
        Of the payments with a stolen card, those that are frauds.
    factor : float
        By which their amounts are multiplied.
    """

    name: str
    customers: int = 5000
    terminals: int = 10_000
    days: int = 183
    radius: float = 5.0
    amounts: tuple[float, float] = (5.0, 100.0)
    a_day: tuple[float, float] = (0.0, 4.0)
    hour: float = 12.0
    hours: float = 20_000 / 3600
    limit: float = 220.0
    terminals_a_day: float = 2
    terminal_days: int = 28
    customers_a_day: float = 3
    customer_days: int = 14
    share: float = 1 / 3
    factor: float = 5.0


MARKETS = {
    market.name: market
    for market in (
        Market("handbook"),
        # The habits and fraud of the handbook, with fewer people.
        Market("north", 2000, 4000, 120, terminals_a_day=0.8, customers_a_day=1.2),
        # Another currency, later hours, fewer payments, and thieves who are more careful.
        Market(
            "south",
            1000,
            1500,
            120,
            radius=8.0,
            amounts=(60.0, 900.0),
            a_day=(0.0, 3.0),
            hour=17.0,
            hours=4.0,
            limit=2000.0,
            terminals_a_day=0.5,
            terminal_days=14,
            customers_a_day=0.8,
            customer_days=10,
            share=0.5,
            factor=3.0,
        ),
        # Few shops and small amounts; most fraud is at the terminals.
        Market(
            "island",
            600,
            400,
            120,
            radius=12.0,
            amounts=(3.0, 40.0),
            a_day=(0.0, 5.0),
            hour=14.0,
            limit=90.0,
            terminals_a_day=0.2,
            terminal_days=21,
            customers_a_day=0.2,
        ),
    )
}
"""Markets by name. ``"handbook"`` has all numbers as published."""


def transactions(
    market: str | Market = "north",
    *,
    customers: int | None = None,
    terminals: int | None = None,
    days: int | None = None,
    seed: int = 0,
) -> pd.DataFrame:
    """Card payments of a market, made up by the rules of a published simulator.

    A customer has a place, a mean amount, and a mean number of payments a day, and pays at terminals nearby.
    The number of payments on a day is drawn from a Poisson distribution, their time of day and amount from
    normal ones; what would fall on another day is left out, and an amount below zero is drawn anew, uniformly
    from 0 to twice the mean. Three scenarios make fraud: an amount above a limit (1); a payment at a
    compromised terminal (2); some payments with a stolen card, whose amounts are multiplied (3). A payment
    that belongs to two scenarios has the higher number.

    Le Borgne, Siblini, Lebichot and Bontempi 2022, "Reproducible Machine Learning for Credit Card Fraud
    Detection - Practical Handbook", chapter 3. Written from the description.

    Parameters
    ----------
    market : str or Market
        A name in `MARKETS`, or a market of your own.
    customers, terminals, days : int, optional
        Other numbers than the market's.
    seed : int
        Other seeds give other people, payments and frauds.

    Returns
    -------
    DataFrame
        A row for each payment, in the order of time: ``time`` (datetime64, whole seconds), ``customer`` and
        ``terminal`` (int64, from 0), ``amount`` (float64, two decimals), ``fraud`` (int64, 0 or 1) and
        ``scenario`` (int64, 0 for none). The scenario is known to the simulator only.

    Raises
    ------
    UnknownNameError
        For a market without a name in `MARKETS`.
    SettingError
        For a number below 1, or a seed below 0.

    Examples
    --------
    >>> table = transactions("north", customers=50, days=30)
    >>> list(table.columns)
    ['time', 'customer', 'terminal', 'amount', 'fraud', 'scenario']
    """
    import pandas as pd

    if isinstance(market, str):
        if market not in MARKETS:
            raise UnknownNameError("market", market, tuple(MARKETS))
        market = MARKETS[market]
    sizes = {"customers": customers, "terminals": terminals, "days": days}
    given: dict[str, Any] = {
        key: whole(f"The number of {key}", n, 1) for key, n in sizes.items() if n is not None
    }
    market = dataclasses.replace(market, **given)
    if max(market.terminals_a_day - market.terminals, market.customers_a_day - market.customers) > 0:
        raise SettingError(
            "More terminals or customers are attacked each day than the market has.",
            "Give a market with more of them, or with fewer attacks a day.",
        )
    people, payments, attacks = (
        np.random.default_rng([whole("The seed", seed, 0), place]) for place in range(3)
    )
    day, second, customer, terminal, amount = _payments(market, people, payments)
    scenario, amount = _frauds(market, attacks, day, customer, terminal, amount)
    return pd.DataFrame(
        {
            "time": np.datetime64(START, "s") + (day * DAY + second),
            "customer": customer,
            "terminal": terminal,
            "amount": np.round(amount, 2),
            "fraud": (scenario > 0).astype(np.int64),
            "scenario": scenario,
        }
    )


def _payments(market: Market, people: Rng, rng: Rng) -> tuple[Whole, Whole, Whole, Whole, Real]:
    """Day, second of the day, customer, terminal and amount of all payments, in the order of time."""
    from scipy.spatial import cKDTree

    homes = people.uniform(0, 100, (market.customers, 2))
    mean = people.uniform(*market.amounts, market.customers)
    rate = people.uniform(*market.a_day, market.customers)
    shops = people.uniform(0, 100, (market.terminals, 2))
    near = cKDTree(shops).query_ball_point(homes, market.radius, return_sorted=True)
    known = np.array([len(one) for one in near])
    first = np.concatenate([[0], np.cumsum(known)[:-1]])
    # Who has no terminal nearby pays nowhere.
    counts = rng.poisson(np.where(known > 0, rate, 0.0), (market.days, market.customers))
    which = np.repeat(np.arange(counts.size), counts.ravel())
    day, customer = np.divmod(which, market.customers)
    second = rng.normal(market.hour * 3600, market.hours * 3600, len(which)).astype(np.int64)
    amount = rng.normal(mean[customer], mean[customer] / 2)
    again = rng.uniform(0, 2 * mean[customer])
    amount = np.where(amount < 0, again, amount)
    place = first[customer] + np.floor(rng.random(len(which)) * known[customer]).astype(np.int64)
    terminal = np.concatenate([np.array(one, np.int64) for one in near])[place]
    order = np.argsort(day * DAY + second, kind="stable")
    order = order[((second > 0) & (second < DAY))[order]]
    return day[order], second[order], customer[order], terminal[order], amount[order]


def _attacked(rng: Rng, days: int, a_day: float, of: int, lasting: int) -> Iterator[tuple[int, slice]]:
    """Who is attacked, and in which days, drawn anew for each day."""
    for day in range(days):
        for one in rng.choice(of, int((day + 1) * a_day) - int(day * a_day), replace=False):
            yield int(one), slice(day, day + lasting)


def _frauds(
    market: Market, rng: Rng, day: Whole, customer: Whole, terminal: Whole, amount: Real
) -> tuple[Whole, Real]:
    """The scenario of each payment, and the amounts with those that a thief spends."""
    scenario = np.where(np.round(amount, 2) > market.limit, 1, 0)
    compromised = np.zeros((market.terminals, market.days), bool)
    for one, span in _attacked(
        rng, market.days, market.terminals_a_day, market.terminals, market.terminal_days
    ):
        compromised[one, span] = True
    scenario[compromised[terminal, day]] = 2
    by_customer = np.argsort(customer, kind="stable")  # and by day
    ends = np.searchsorted(customer[by_customer], np.arange(market.customers + 1))
    stolen = np.zeros(len(day), bool)
    for one, span in _attacked(
        rng, market.days, market.customers_a_day, market.customers, market.customer_days
    ):
        theirs = by_customer[ends[one] : ends[one + 1]]
        theirs = theirs[(day[theirs] >= span.start) & (day[theirs] < span.stop)]
        stolen[rng.choice(theirs, int(len(theirs) * market.share), replace=False)] = True
    scenario[stolen] = 3
    return scenario, np.where(stolen, amount * market.factor, amount)
