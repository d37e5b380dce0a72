"""Logits of a few tokens: one case for the temperature, three for top-p."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array

WAYS = (
    "times the temperature",
    "no temperature",
    "everything kept",
    "each above top_p",
    "one too few",
    "one too many",
    "does not add up",
)
"""Known wrong ways."""


def probabilities(case: dict[str, Any], how: str = "right") -> np.ndarray:
    """What an answer of this kind gives, (V,)."""
    logits, top_p = np.asarray(case["logits"], "float64"), case["top_p"]
    scaled = logits * case["temperature"] if how == "times the temperature" else logits / case["temperature"]
    if how == "no temperature":
        scaled = logits
    p = np.exp(scaled - scaled.max())
    p = p / p.sum()
    if how == "everything kept":
        return np.asarray(p)
    if how == "each above top_p":
        kept = p >= top_p
        return np.where(kept, p, 0) / max(p[kept].sum(), 1e-12)
    order = np.argsort(-p)
    count = int((np.cumsum(p[order]) < top_p - 1e-12).sum()) + 1
    if how == "one too few":
        count = max(count - 1, 1)
    if how == "one too many":
        count = min(count + 1, len(p))
    chosen = np.zeros_like(p)
    chosen[order[:count]] = p[order[:count]]
    return chosen if how == "does not add up" else np.asarray(chosen / chosen.sum())


def _logits(rng: np.random.Generator, count: int) -> np.ndarray:
    return rng.normal(0, 1.2, count).astype("float32")


def _cut(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        case = {
            "logits": _logits(rng, int(rng.integers(7, 10))),
            "temperature": round(float(rng.choice([rng.uniform(0.6, 0.8), rng.uniform(1.3, 1.8)])), 2),
            "top_p": round(float(rng.uniform(0.6, 0.8)), 2),
        }
        # Far from the edge, where rounding would decide, and each way gives an array of its own.
        p = np.sort(probabilities({**case, "top_p": 1.0}))[::-1]
        clear = np.abs(np.cumsum(p) - case["top_p"]).min() > 0.01 and p[0] < case["top_p"]
        ways = [probabilities(case, how) for how in ("right", *WAYS)]
        pairs = [(a, b) for n, a in enumerate(ways) for b in ways[:n]]
        if clear and all(np.abs(a - b).max() > 1e-3 for a, b in pairs):
            return case


def _sure(rng: np.random.Generator) -> dict[str, Any]:
    """One token has more than ``top_p`` by itself."""
    logits = _logits(rng, int(rng.integers(7, 10)))
    logits[rng.integers(len(logits))] = logits.max() + 4.5
    return {
        "logits": logits,
        "temperature": round(float(rng.uniform(1.1, 1.3)), 2),
        "top_p": round(float(rng.uniform(0.3, 0.6)), 2),
    }


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Four ``cases``: ``logits`` float32 (V,), ``temperature``, ``top_p``; it is 1 in the first."""
    all_kept = {
        "logits": _logits(rng, 6),
        "temperature": round(float(rng.uniform(1.4, 2.2)), 2),
        "top_p": 1.0,
    }
    return {"cases": [all_kept, _cut(rng), _cut(rng), _sure(rng)]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``given`` for each case; the logits are a tensor in PyTorch, an array in Keras."""
    given = []
    for case in inputs["cases"]:
        logits: Any = np.array(case["logits"], "float32")
        if framework == "torch":
            import torch

            logits = torch.from_numpy(logits)
        value = answer(logits, case["temperature"], case["top_p"])
        given.append(describe(value) if value is None else plain_array(value))
    return {"given": given}
