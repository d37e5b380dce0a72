"""Photographs of five classes on grounds of any colour; the frozen part of the network has looked at them."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import late, photographs

KEPT = ("new_labels",)
"""What stays with the judge."""


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """What `photographs.drawn` gives, and a seed for the head."""
    sides = photographs.sides(rng)
    start = {"seed": int(rng.integers(1, 10_000)), "n_classes": len(photographs.CLASSES)}
    return {**start, **photographs.drawn(rng, sides)}


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """What the answer's process gets."""
    return {name: value for name, value in inputs.items() if name not in KEPT}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What `late.trained` gives: ``predicted``, float32 (60, 5), and how far the parts went."""
    return late.trained(answer, inputs, framework, "efficientnet_lite0")
