"""A table of payments at a few terminals; which labels are known when a payment is made."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array

SPAN, TERMINALS = 45, 3
"""Days of a table, and terminals in it."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: minutes since the first day, terminals, frauds, days, delay; each shows known mistakes."""
    return {"cases": [_case(rng) for _ in range(2)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        n = int(rng.integers(60, 80))
        minutes = np.sort(rng.choice(SPAN * 1440, n, replace=False)).astype("int64")
        names = rng.choice(np.arange(100, 1000), TERMINALS, replace=False)
        case = {
            "minutes": minutes,
            "terminals": names[rng.integers(0, TERMINALS, n)].astype("int64"),
            "frauds": (rng.random(n) < 0.35).astype("int64"),
            "days": int(rng.integers(9, 14)),
            "delay": int(rng.integers(4, 8)),
        }
        wanted = risk(case, window(case))
        others = [wrong(case) for wrong in OTHERS.values()]
        if all(np.mean(np.abs(np.nan_to_num(other) - wanted) > 0.02) > 0.15 for other in others):
            return case


def ages(case: dict[str, Any]) -> np.ndarray:
    """How old the payment of each column is at the moment of each row's, in days; below 0 in the future."""
    return np.asarray((case["minutes"][:, None] - case["minutes"][None]) / 1440)


def window(case: dict[str, Any]) -> np.ndarray:
    """Bool (N, N): which payments count for a row, the terminal apart."""
    age = ages(case)
    return np.asarray((age >= case["delay"]) & (age < case["delay"] + case["days"]))


def risk(case: dict[str, Any], seen: np.ndarray, same: bool = True) -> np.ndarray:
    """The share of frauds among the payments seen at the terminal; 0 where there are none."""
    if same:
        seen = seen & (case["terminals"][:, None] == case["terminals"][None])
    return np.asarray((seen @ case["frauds"]) / np.maximum(seen.sum(1), 1))


def _without_delay(case: dict[str, Any]) -> np.ndarray:
    age = ages(case)
    return risk(case, (age >= 0) & (age < case["days"]))


def _without_delay_before(case: dict[str, Any]) -> np.ndarray:
    age = ages(case)
    return risk(case, (age > 0) & (age < case["days"]))


def _shorter(case: dict[str, Any]) -> np.ndarray:
    age = ages(case)
    return risk(case, (age >= case["delay"]) & (age < case["days"]))


def _all_past(case: dict[str, Any]) -> np.ndarray:
    return risk(case, ages(case) >= case["delay"])


def _whole(case: dict[str, Any]) -> np.ndarray:
    return risk(case, np.ones((len(case["frauds"]),) * 2, bool))


def _future(case: dict[str, Any]) -> np.ndarray:
    age = -ages(case)
    return risk(case, (age >= case["delay"]) & (age < case["delay"] + case["days"]))


def _all_terminals(case: dict[str, Any]) -> np.ndarray:
    return risk(case, window(case), same=False)


def _counts(case: dict[str, Any]) -> np.ndarray:
    seen = window(case) & (case["terminals"][:, None] == case["terminals"][None])
    return np.asarray(seen @ case["frauds"], float)


OTHERS: dict[str, Callable[[dict[str, Any]], np.ndarray]] = {
    "no delay": _without_delay,
    "no delay, itself left out": _without_delay_before,
    "window too short": _shorter,
    "all of the past": _all_past,
    "the whole table": _whole,
    "the future": _future,
    "all terminals": _all_terminals,
    "a number of frauds": _counts,
}
"""What other answers give."""


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``risks``: what the answer gives for each table."""
    import pandas as pd

    found = []
    for case in inputs["cases"]:
        table = pd.DataFrame(
            {
                "time": pd.Timestamp("2018-04-01") + pd.to_timedelta(case["minutes"], unit="min"),
                "terminal": case["terminals"],
                "fraud": case["frauds"],
            }
        )
        found.append(plain_array(answer(table, case["days"], case["delay"])))
    return {"risks": found}
