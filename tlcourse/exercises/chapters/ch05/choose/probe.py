"""Tasks of three kinds, some of each, in an order that the seed chose."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe

TASKS: dict[str, tuple[str, ...]] = {
    "exactly one": (
        "which of {n} animals is in the image",
        "the language of the recording, of {n}",
        "the next of {n} words",
        "which of {n} kinds of rock this is",
        "the digit, of {n}",
    ),
    "any number": (
        "which of {n} tags apply to the article",
        "which of {n} faults the part has, if any",
        "which of {n} instruments are heard",
        "which of {n} objects stand on the table",
        "which of {n} illnesses the scan shows, if any",
    ),
    "a number": (
        "the ages of {n} trees in the image, in years",
        "where things are, as {n} coordinates",
        "{n} temperatures of tomorrow",
        "{n} prices",
        "{n} angles of a joint",
    ),
}


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``tasks``: dictionaries with ``about``, ``answer`` and ``of``."""
    tasks = []
    for kind, abouts in TASKS.items():
        for about in rng.permutation(abouts)[: int(rng.integers(3, 5))]:
            # One number, or a few; and classes and labels in any number.
            few = int(rng.integers(1, 9)) if kind == "a number" else int(rng.integers(3, 30))
            tasks.append({"about": str(about).format(n=few), "answer": kind, "of": few})
    if all(task["of"] == 1 for task in tasks if task["answer"] == "a number"):
        return inputs(rng)  # who always gives one output for numbers is found out
    return {"tasks": [tasks[int(i)] for i in rng.permutation(len(tasks))]}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``chosen``: [outputs, activation, loss] for each task; or ``wrong``, what it gave instead."""
    out = []
    for task in inputs["tasks"]:
        found = answer(dict(task))
        if isinstance(found, (str, bytes, Mapping)) or not hasattr(found, "__len__") or len(found) != 3:
            return {"wrong": describe(found)}
        units, activation, loss = found
        try:
            units = int(units)
        except (TypeError, ValueError):
            return {"wrong": describe(found)}
        out.append([units, str(activation).lower(), str(loss).lower()])
    return {"chosen": out}
