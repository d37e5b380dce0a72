"""Pairs of features: from one distribution, from two, and from one in unequal numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_number, shuffled

FEATURES = 60
FEW, MANY = 30, 150
KINDS = {"same": (40, 40), "far": (40, 40), "unequal": (MANY, FEW)}
"""Rows of the source and of the target."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``kinds``: which kind each pair is of, in an order of the seed's."""
    return {
        "kinds": shuffled(rng, ["same"] * 5 + ["far"] * 5 + ["unequal"] * 4),
        "seed": int(rng.integers(2**31)),
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """The pairs themselves; of which kind each is stays with the judge."""
    rng = np.random.default_rng(inputs["seed"])
    pairs = []
    for kind in inputs["kinds"]:
        n, m = KINDS[kind]
        if kind != "unequal" and rng.random() < 0.5:
            n, m = n + int(rng.integers(1, 5)), m
        flip = kind == "unequal" and rng.random() < 0.5
        source, target = rng.normal(size=(n, FEATURES)), rng.normal(size=(m, FEATURES))
        if kind == "far":
            target += rng.uniform(1.0, 1.6)
        pair = [source.astype("float32"), target.astype("float32")]
        pairs.append(pair[::-1] if flip else pair)
    return {"pairs": pairs}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``values``: what each pair gave."""
    return {"values": [plain_number(answer(a.copy(), b.copy())) for a, b in inputs["pairs"]]}
