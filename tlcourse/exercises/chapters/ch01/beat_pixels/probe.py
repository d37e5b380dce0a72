"""Photographs of five classes on grounds of any colour: a dozen each with labels, and as many to predict."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import gauge, photographs, plain

KEPT = ("new_labels", "pixels")
"""What stays with the judge."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """What `photographs.drawn` gives, and how many of the new images the pixels get right."""
    drawn: dict[str, Any] = photographs.drawn(rng, photographs.sides(rng))
    return {**drawn, "pixels": _pixels_get_right(drawn)}


def _pixels_get_right(drawn: dict[str, Any]) -> int:
    """How many new images a logistic regression on the pixels gets right."""
    from sklearn.linear_model import LogisticRegression

    def small(images: np.ndarray) -> np.ndarray:
        side = photographs.SIZE // 3
        blocks = images.reshape(len(images), side, 3, side, 3, 3).mean(axis=(2, 4))
        return (blocks / 255).reshape(len(images), -1)

    known, new = small(drawn["images"]), small(drawn["new_images"])
    centre = known.mean(axis=0)
    # Among so few images the penalty lets the weights be sums of images only: 60 numbers instead of 3,072.
    _, _, axes = np.linalg.svd(known - centre, full_matrices=False)
    model = LogisticRegression(C=0.1, max_iter=1000).fit((known - centre) @ axes.T, drawn["labels"])
    return int((model.predict((new - centre) @ axes.T) == drawn["new_labels"]).sum())


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``predicted``: class numbers for the new images; ``backbone``: what the backbone saw, for the words."""
    from tlcourse import models

    backbone = models.load("efficientnet_lite0", framework, num_classes=0)
    if framework == "torch":
        backbone = backbone.cpu()
    watching = gauge.on(backbone, framework)
    given = (inputs["images"], inputs["labels"], inputs["new_images"])
    predicted = answer(backbone, *(array.copy() for array in given))
    return {"predicted": plain(predicted), "backbone": watching.seen()}
