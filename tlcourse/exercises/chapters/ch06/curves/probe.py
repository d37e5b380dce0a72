"""Losses of runs of five kinds, of few classes and of many; the answer names what is wrong with each."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import NotPlainError, describe, plain, show


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``cases``: losses ``train`` and ``val`` by epoch, ``chance``, and the ``cause``, which stays."""
    cases = []
    for kind, cause in KINDS.items():
        # So many that words in another order are right for few of them.
        cases += [_curve(rng, kind, cause) for _ in range(int(rng.integers(4, 7)))]
    return {"cases": [cases[int(i)] for i in rng.permutation(len(cases))]}


KINDS = {
    "flat": "underfitting",
    "by heart": "overfitting",
    "together": "good",
    "a gap": "good",
    "jumps": "broken",
}


def _curve(rng: np.random.Generator, kind: str, cause: str) -> dict[str, Any]:
    n = int(rng.integers(11, 15))
    t = np.arange(n)

    def noise() -> np.ndarray:
        return rng.normal(0, 0.01, n)

    # Of five classes or of a hundred: what is high for one is low for the other.
    chance = float(np.log(rng.integers(5, 101)))
    fall = np.exp(-t / rng.uniform(2.0, 3.0))
    turn = int(rng.integers(3, 6))
    train, val = {
        # Both high, hardly falling.
        "flat": (1 - 0.009 * t, 1.01 - 0.009 * t),
        # Training falls to nothing, validation turns up.
        "by heart": (0.95 * fall + 0.013, 0.39 + 0.52 * fall + 0.03 * np.maximum(0, t - turn)),
        # Both fall and stay together; the gap is small.
        "together": (0.74 * fall + 0.2, 0.74 * fall + 0.26),
        # A gap, but validation is still falling: not overfitting.
        "a gap": (0.78 * fall + 0.09, 0.65 * np.exp(-t / 5) + 0.24),
        # It jumps up and stays.
        "jumps": (
            np.where(t < turn + 1, 1 - 0.09 * t, 1 + 3 / chance),
            np.where(t < turn + 1, 1 - 0.08 * t, 1 + 3.2 / chance),
        ),
    }[kind]
    calm = 4 if kind in ("by heart", "a gap") else 1
    return {
        "cause": cause,
        "train": np.round(chance * train + noise() / calm, 4),
        "val": np.round(chance * val + noise() / calm, 4),
        "chance": chance,
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """The cases without their causes."""
    return {"cases": [{k: v for k, v in case.items() if k != "cause"} for case in inputs["cases"]]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``found``: for each case the ``word``, if it was one, and how to show it."""
    found = []
    for case in inputs["cases"]:
        value = answer(np.asarray(case["train"]).copy(), np.asarray(case["val"]).copy(), case["chance"])
        try:
            word = plain(value)
        except NotPlainError:
            word = None
        word = word.item() if isinstance(word, np.ndarray) and word.size == 1 else word
        found.append(
            {"word": word, "said": show(word)} if isinstance(word, str) else {"said": describe(value)}
        )
    return {"found": found}
