"""Paths as `data.as_folder` writes them: a class, then the module's number and the cell's."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, shuffled

CLASSES = ("defective", "functional")
MOST = 200
"""A generator may never end: so many names are read."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``splits``: paths of ``train`` and ``test``; some leak and one does not, in an order from the seed."""
    return {"splits": [_split(rng, leaked) for leaked in shuffled(rng, [0, 1, int(rng.integers(2, 4))])]}


def _split(rng: np.random.Generator, leaked: int) -> dict[str, list[str]]:
    # One number inside another (12 in 112, 3 in 13) is no leak: the same digits begin or end it.
    base = int(rng.integers(12, 60))
    near = [base, base + 100, 10 * base + 1]
    others = [n for n in rng.permutation(np.arange(200, 900)).tolist() if n not in near]
    both, left, right = others[:leaked], others[10:13], others[20:22]
    left, right = [*left, near[0]], [*right, near[1], near[2]]
    cells = {n: shuffled(rng, list(range(60)))[:4] for n in [*both, *left, *right]}
    sides: dict[str, list[str]] = {"train": [], "test": []}
    for module in [*both, *left]:
        sides["train"] += [_path(rng, "train", module, cell) for cell in cells[module][:2]]
    for module in [*both, *right]:
        sides["test"] += [_path(rng, "test", module, cell) for cell in cells[module][2:]]
    # The same cell's number, of other modules, on both sides.
    sides["train"].append(_path(rng, "train", left[0], 61))
    sides["test"].append(_path(rng, "test", right[0], 61))
    return {side: shuffled(rng, paths) for side, paths in sides.items()}


def _path(rng: np.random.Generator, side: str, module: int, cell: int) -> str:
    return f"{side}/{CLASSES[int(rng.integers(2))]}/{module:04d}-cell{cell:04d}.png"


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``found``: for each split the names that came back, sorted, once each; or in words what it was."""
    found: list[Any] = []
    for split in inputs["splits"]:
        given = answer(list(split["train"]), list(split["test"]))
        if isinstance(given, str | bytes) or not hasattr(given, "__iter__"):
            found.append(describe(given))
            continue
        names = [str(name) for name in itertools.islice(given, MOST)]
        found.append(sorted(set(names)))
    return {"found": found}
