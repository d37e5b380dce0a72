"""Handwritten digits, some with a wrong label; which ones stays with the judge."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import frozen, plain_array

SIZE = 48
IMAGES, WRONG, NAMED = 320, 32, 48
"""Images, how many have a wrong label, and how many rows are to be named."""


@functools.cache
def _data() -> Any:
    from tlcourse import data

    return data.digits().resized(SIZE)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` uint8 (320, 48, 48, 3), ``labels`` int64 (320,), and ``wrong``, the rows with a wrong one.

    Which digit has which number comes from the seed.
    """
    digits, numbers = _data(), rng.permutation(10)
    rows = rng.permutation(len(digits.labels))[:IMAGES]
    labels = numbers[digits.labels[rows]].astype("int64")
    wrong = np.sort(rng.permutation(IMAGES)[:WRONG])
    labels[wrong] = (labels[wrong] + rng.integers(1, 10, WRONG)) % 10
    return {"images": digits.images[rows], "labels": labels, "wrong": wrong}


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All but which labels are wrong."""
    return {name: value for name, value in inputs.items() if name != "wrong"}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``rows``: what the answer gives for features of the frozen backbone."""
    x = frozen.features(inputs["images"], framework)
    labels = np.asarray(inputs["labels"], "int64")
    return {"rows": plain_array(answer(*frozen.given(framework, x, labels), NAMED))}
