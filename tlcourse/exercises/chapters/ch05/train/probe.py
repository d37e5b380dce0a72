"""Solar cells with their probabilities, and others without: drawn anew for each seed, and turned."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.exercises.engine import frozen, plain_array, turned

SIZE = 64
LEARNED, NEW = 500, 300
KEPT = ("new_probabilities",)


@cache
def _cells() -> Any:
    """On the judge's side only."""
    from tlcourse import data

    return data.solar_cells(size=SIZE)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` uint8 (500, 64, 64), ``probabilities`` float32 (500,), ``new_images`` and their
    ``new_probabilities``, which stay with the judge.

    Cells at random, so of the same modules: between whole modules what the same head explains goes from
    -0.15 to 0.5, by which modules they are, and no bar would be fair.
    """
    cells = _cells()
    rows = rng.permutation(len(cells))
    learned, new = rows[:LEARNED], rows[LEARNED : LEARNED + NEW]
    return {
        "images": turned(rng, cells.images[learned, ..., 0]),
        "probabilities": cells.probabilities[learned].astype("float32"),
        "new_images": turned(rng, cells.images[new, ..., 0]),
        "new_probabilities": cells.probabilities[new].astype("float32"),
    }


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All but the probabilities of the new cells."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: what the answer gives for the new cells, from features of the frozen backbone."""
    known, new = (frozen.features(inputs[name], framework) for name in ("images", "new_images"))
    probabilities = np.asarray(inputs["probabilities"], "float32")
    return {"predicted": plain_array(answer(*frozen.given(framework, known, probabilities, new)))}
