"""Tables of scored payments over some days; several payments have one card."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_number


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: days, cards, scores, frauds and k; known mistakes give other numbers in each."""
    return {"cases": [_case(rng) for _ in range(4)]}


def _case(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        days, k = int(rng.integers(5, 8)), int(rng.integers(3, 6))
        day = np.repeat(np.arange(days), rng.integers(26, 40, days)) + int(rng.integers(5, 60))
        n = len(day)
        card = rng.integers(0, 16, n) + int(rng.integers(100, 900))
        fraud = (rng.random(n) < 0.25).astype("int64")
        score = rng.permutation(n) / n * 0.5 + rng.random(n) * 0.001 + 0.3 * fraud * rng.random(n)
        order = rng.permutation(n)
        case = {
            "day": day[order].astype("int64"),
            "card": card[order].astype("int64"),
            "score": score[order],
            "fraud": fraud[order],
            "k": k,
        }
        wanted = precision(case)
        found = {name: other(case) for name, other in OTHERS.items()}
        kinds = [found[name] for name in found if name != "all days, payments"]  # one mistake, two ways
        if min(abs(a - b) for a, b in itertools.combinations([wanted, *kinds], 2)) > 0.004 and (
            abs(found["all days, payments"] - wanted) > 0.004
        ):
            return case


def _days(case: dict[str, Any]) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Of each day cards, scores and frauds, the highest score first."""
    found = []
    for day in np.unique(case["day"]):
        rows = np.flatnonzero(case["day"] == day)
        rows = rows[np.argsort(-case["score"][rows])]
        found.append((case["card"][rows], case["score"][rows], case["fraud"][rows]))
    return found


def precision(case: dict[str, Any]) -> float:
    """The right number."""
    each = []
    for cards, _, frauds in _days(case):
        best = list(dict.fromkeys(cards))[: case["k"]]
        each.append(np.mean([frauds[cards == card].max() for card in best]))
    return float(np.mean(each))


def _payments(case: dict[str, Any]) -> float:
    return float(np.mean([frauds[: case["k"]].mean() for _, _, frauds in _days(case)]))


def _all_days(case: dict[str, Any]) -> float:
    cards = list(dict.fromkeys(case["card"][np.argsort(-case["score"])]))[: case["k"]]
    return float(np.mean([case["fraud"][case["card"] == card].max() for card in cards]))


def _all_payments(case: dict[str, Any]) -> float:
    return float(case["fraud"][np.argsort(-case["score"])][: case["k"]].mean())


def _recall(case: dict[str, Any]) -> float:
    each = []
    for cards, _, frauds in _days(case):
        stolen = set(cards[frauds == 1])
        best = list(dict.fromkeys(cards))[: case["k"]]
        each.append(len(stolen & set(best)) / max(len(stolen), 1))
    return float(np.mean(each))


def _top_payment(case: dict[str, Any]) -> float:
    each = []
    for cards, _, frauds in _days(case):
        best = list(dict.fromkeys(cards))[: case["k"]]
        each.append(np.mean([frauds[cards == card][0] for card in best]))
    return float(np.mean(each))


def _mean_score(case: dict[str, Any]) -> float:
    each = []
    for cards, scores, frauds in _days(case):
        means = {card: scores[cards == card].mean() for card in np.unique(cards)}
        best = sorted(means, key=lambda card: -means[card])[: case["k"]]
        each.append(np.mean([frauds[cards == card].max() for card in best]))
    return float(np.mean(each))


def _lowest(case: dict[str, Any]) -> float:
    each = []
    for cards, scores, frauds in _days(case):
        tops = {card: scores[cards == card].max() for card in np.unique(cards)}
        best = sorted(tops, key=lambda card: tops[card])[: case["k"]]
        each.append(np.mean([frauds[cards == card].max() for card in best]))
    return float(np.mean(each))


OTHERS: dict[str, Callable[[dict[str, Any]], float]] = {
    "payments": _payments,
    "all days": _all_days,
    "all days, payments": _all_payments,
    "recall": _recall,
    "the best payment alone": _top_payment,
    "mean score": _mean_score,
    "lowest": _lowest,
}
"""What other answers give."""


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``found``: a number for each table."""
    import pandas as pd

    found = []
    for case in inputs["cases"]:
        table = pd.DataFrame({name: case[name] for name in ("day", "card", "score", "fraud")})
        found.append(plain_number(answer(table, case["k"])))
    return {"found": found}
