"""Paths of images of several people and classes; who was photographed stands in the file's name."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_items, words

CLASSES, PEOPLE = 3, 20


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``paths``: "data/<class>/<person>_<number>.jpg", shuffled. Two people are in all classes."""
    classes, people = words(rng, CLASSES, 2), words(rng, PEOPLE, 3)
    paths = []
    for place, person in enumerate(people):
        # Each class has six people of its own; two people are in all classes.
        kinds = classes if place < 2 else [classes[place % CLASSES]]
        for kind in kinds:
            numbers = rng.permutation(90)[: int(rng.integers(4, 8))] + 10
            paths += [f"data/{kind}/{person}_{number}.jpg" for number in numbers]
    return {"paths": [paths[place] for place in rng.permutation(len(paths))], "classes": classes}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``sides``: the two lists of paths that came back, or what did."""
    paths = list(inputs["paths"])
    made = plain_items(answer(paths), 2)
    if isinstance(made, str):
        return {"sides": made}
    return {"sides": [_names(side) for side in made]}


def _names(side: Any) -> list[str] | str:
    """Paths as text, or what it was."""
    if isinstance(side, str):
        return describe(side)
    try:
        names = list(side)
    except TypeError:
        return describe(side)
    if not all(isinstance(name, str) for name in names):
        return describe(next(name for name in names if not isinstance(name, str)))
    return [str(name) for name in names]
