"""Monocrystalline cells with their labels, and others without: drawn anew for each seed, and turned."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.exercises.engine import frozen, plain_array, turned

SIZE, CONTROL = 96, 32
LEARNED, NEW = 360, 220
KEPT = ("new_labels", "pixels")


@cache
def _cells() -> Any:
    """On the judge's side only: the cells about which the experts had no doubt."""
    from tlcourse import data

    cells: Any = data.solar_cells(size=SIZE)
    mono = np.array(cells.kinds) == "monocrystalline"
    rows = np.flatnonzero(mono & np.isin(cells.probabilities, (0, 1)))
    return cells.images[rows, ..., 0], cells.labels[rows]


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` uint8 (360, 96, 96), ``labels`` int64 (360,), ``new_images`` (220, 96, 96).

    With the judge stay the ``new_labels`` and ``pixels``: the area under the curve that a logistic regression
    on grey pixels reaches. Cells at random, so of the same modules: between whole modules the same head's
    area hangs on which modules they are, and no bar would be fair.
    """
    images, labels = _cells()
    rows = rng.permutation(len(labels))
    learned, new = rows[:LEARNED], rows[LEARNED : LEARNED + NEW]
    given = {
        "images": turned(rng, images[learned]),
        "labels": labels[learned],
        "new_images": turned(rng, images[new]),
        "new_labels": labels[new],
    }
    return {**given, "pixels": _by_pixels(given)}


def _by_pixels(given: dict[str, np.ndarray]) -> float:
    from sklearn.linear_model import LogisticRegression

    def small(images: np.ndarray) -> np.ndarray:
        step = SIZE // CONTROL
        blocks = images.reshape(len(images), CONTROL, step, CONTROL, step)
        return np.asarray(blocks.mean((2, 4)).reshape(len(images), -1) / 255)

    known, new = small(given["images"]), small(given["new_images"])
    mean, deviation = known.mean(0), known.std(0) + 1e-6
    model = LogisticRegression(C=1e-3, max_iter=500).fit((known - mean) / deviation, given["labels"])
    return area(given["new_labels"], model.decision_function((new - mean) / deviation))


def area(labels: np.ndarray, scores: np.ndarray) -> float:
    """The area under the ROC curve: the share of pairs in the right order, ties half."""
    yes, no = scores[labels == 1][:, None], scores[labels == 0]
    return float(((yes > no) + 0.5 * (yes == no)).mean())


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """All but what stays with the judge."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: what the answer gives for the new cells, from features of the frozen backbone."""
    known, new = (frozen.features(inputs[name], framework) for name in ("images", "new_images"))
    labels = np.asarray(inputs["labels"], "int64")
    return {"predicted": plain_array(answer(*frozen.given(framework, known, labels, new)))}
