"""A question's vector and those of some texts, of different lengths."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array

WAYS = ("worst first", "worst of all", "dot product", "the distance")
"""Known wrong ways to rank the texts."""


def ranked(case: dict[str, Any], how: str = "right") -> list[int]:
    """The rows that a search of this kind gives."""
    query, texts = (np.asarray(case[name], "float64") for name in ("query", "texts"))
    if how == "the distance":
        scores = -np.linalg.norm(texts - query, axis=1)
    else:
        scores = texts @ query
        if how != "dot product":
            scores = scores / np.linalg.norm(texts, axis=1)
    order = np.argsort(scores)
    if how == "worst of all":
        return [int(row) for row in order[: case["k"]]]
    best = order[-case["k"] :]
    return [int(row) for row in (best if how == "worst first" else best[::-1])]


def _case(rng: np.random.Generator) -> dict[str, Any]:
    while True:
        count, width, k = int(rng.integers(12, 20)), int(rng.integers(4, 7)), int(rng.integers(3, 7))
        query = rng.normal(0, 1, width)
        texts = rng.normal(0, 1, (count, width)) + 0.4 * query
        texts *= rng.uniform(0.3, 3, (count, 1))
        drawn = {"query": query.astype("float32"), "texts": texts.astype("float32"), "k": k}
        cosines = np.sort(texts @ query / np.linalg.norm(texts, axis=1))
        lists = {tuple(ranked(drawn, how)) for how in ("right", *WAYS)}
        # Each way gives a list of its own, and no two texts are equally near.
        if len(lists) == len(WAYS) + 1 and np.diff(cosines).min() > 3e-4:
            return drawn


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """Two ``cases``: ``query`` float32 (D,), ``texts`` float32 (N, D), ``k``."""
    return {"cases": [_case(rng), _case(rng)]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``rows`` of each case."""
    return {
        "rows": [
            plain_array(
                answer(np.array(case["query"], "float32"), np.array(case["texts"], "float32"), case["k"])
            )
            for case in inputs["cases"]
        ]
    }
