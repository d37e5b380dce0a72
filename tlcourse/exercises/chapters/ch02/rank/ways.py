"""Spearman's correlation, and what the known wrong formulas give."""

from __future__ import annotations

import numpy as np

__all__ = ["rank_ways"]


def _ranks(x: np.ndarray) -> np.ndarray:
    return np.argsort(np.argsort(x)).astype(float)


def _pearson(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a, b)[0, 1])


def _kendall(a: np.ndarray, b: np.ndarray) -> float:
    upper = np.triu_indices(len(a), 1)
    return float(np.mean(np.sign((a[:, None] - a)[upper] * (b[:, None] - b)[upper])))


def rank_ways(scores: np.ndarray, accuracies: np.ndarray) -> dict[str, float]:
    """The right one under "right", and the known wrong ones under their names in the judge."""
    a, b, n = _ranks(scores), _ranks(accuracies), len(scores)
    d = a - b
    return {
        "right": _pearson(a, b),
        "values for ranks": _pearson(scores, accuracies),
        "argsort is not a rank": _pearson(
            np.argsort(scores).astype(float), np.argsort(accuracies).astype(float)
        ),
        "the sign is turned": -_pearson(a, b),
        "one side ranked": _pearson(a, accuracies),
        "the other side ranked": _pearson(scores, b),
        "pairs in order": _kendall(scores, accuracies),
        "differences not squared": 1 - 6 * float(np.abs(d).sum()) / (n * (n**2 - 1)),
        "the factor is missing": 1 - float((d**2).sum()) / (n * (n**2 - 1)),
        "the same place": float(np.mean(a == b)),
    }
