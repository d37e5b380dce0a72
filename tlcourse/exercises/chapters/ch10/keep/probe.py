"""Clothes that the network knows, and digits in any two colours that it is to learn."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import coloured, late

SIZE = 40
"""Pixels a side."""
EACH, NEW_EACH = 24, 40
"""Digits of a kind, with labels and without."""
OLD_EACH, NEW_OLD_EACH, FEW = 40, 30, 6
"""Clothes of a kind: from which the old head comes, without labels, and those that the answer gets."""
KEPT = ("new_labels", "new_old_labels")
"""What stays with the judge."""


@functools.cache
def _data() -> tuple[Any, Any]:
    from tlcourse import data

    return data.digits().resized(SIZE), data.fashion_mnist().resized(SIZE)


def _rows(rng: np.random.Generator, labels: np.ndarray, *each: int) -> list[np.ndarray]:
    """Rows for each part, so many of each of ten classes, none in two parts."""
    parts: list[list[np.ndarray]] = [[] for _ in each]
    for label in range(10):
        rows = rng.permutation(np.flatnonzero(labels == label))
        for part, some in zip(parts, np.split(rows[: sum(each)], np.cumsum(each)[:-1]), strict=True):
            part.append(some)
    return [np.concatenate(part) for part in parts]


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """What `late.taught` reads, and the labels that stay: which digit and which piece has which number comes
    from the seed."""
    digits, clothes = _data()
    numbers, old_numbers = rng.permutation(10), rng.permutation(10)
    known, new = _rows(rng, digits.labels, EACH, NEW_EACH)
    old, new_old = _rows(rng, clothes.labels, OLD_EACH, NEW_OLD_EACH)
    few = np.concatenate([np.flatnonzero(clothes.labels[old] == label)[:FEW] for label in range(10)])
    drawn: dict[str, Any] = {
        "seed": int(rng.integers(1, 10_000)),
        "n_classes": 10,
        "n_old_classes": 10,
        "few": rng.permutation(few),
        "old_images": clothes.images[old],
        "old_labels": old_numbers[clothes.labels[old]].astype("int64"),
        "new_old_images": clothes.images[new_old],
        "new_old_labels": old_numbers[clothes.labels[new_old]].astype("int64"),
    }
    for before, rows in (("", known), ("new_", new)):
        rows = rng.permutation(rows)
        drawn[f"{before}images"] = coloured(rng, digits.images[rows])
        drawn[f"{before}labels"] = numbers[digits.labels[rows]].astype("int64")
    return drawn


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What `late.taught` gives: outputs for new digits and new clothes, and for clothes before."""
    return late.taught(answer, inputs, framework, "squeezenet")
