"""Grey photographs with labels, and others whose labels stay with the judge; a backbone without its head."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from tlcourse.exercises.engine import gauge, plain

SIDE, LEARN, ASK = 128, 10, 12
CLASSES = (
    "bird",
    "flower",
    "fruit or vegetable",
    "household item",
    "mammal",
)  # of vehicles there are too few
GREY = (0.299, 0.587, 0.114)


@cache
def _photographs() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Grey images uint8 (N, 128, 128), the name of each one's class, and what thing it shows."""
    from tlcourse import data

    photos: Any = data.photos(size=SIDE)
    grey = np.round(photos.images @ np.array(GREY)).astype("uint8")
    return grey, np.array(photos.class_names)[photos.labels], np.array(photos.things)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """50 ``images`` with ``labels``, 60 ``new_images`` with ``new_labels``; no thing is on both sides."""
    grey, names, things = _photographs()
    learn, ask = [], []
    for name in CLASSES:
        rows = np.flatnonzero(names == name)
        grouped = [rows[things[rows] == thing] for thing in rng.permutation(np.unique(things[rows]))]
        ends = np.cumsum([len(group) for group in grouped])
        first = int(np.searchsorted(ends, LEARN)) + 1
        learn.append(np.concatenate(grouped[:first])[:LEARN])
        ask.append(rng.permutation(np.concatenate(grouped[first:]))[:ASK])
    numbers = rng.permutation(len(CLASSES))  # a class has another number for every seed
    drawn = {}
    for which, parts in (("", learn), ("new_", ask)):
        order = rng.permutation(sum(len(rows) for rows in parts))
        drawn[f"{which}images"] = grey[np.concatenate(parts)][order]
        labels = np.repeat(numbers, [len(rows) for rows in parts])
        drawn[f"{which}labels"] = labels[order].astype("int64")
    return drawn


def sent(inputs: dict[str, Any]) -> dict[str, Any]:
    """Everything but the labels that are asked for."""
    return {name: value for name, value in inputs.items() if name != "new_labels"}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """What was ``predicted``, and what the backbone has ``seen``."""
    from tlcourse import models

    backbone = models.load("efficientnet_lite0", framework, num_classes=0, input_size=SIDE)
    if framework == "torch":
        backbone.train()  # as a loop may have left it
    watched = gauge.on(backbone, framework)
    given = [np.array(inputs[name]) for name in ("images", "labels", "new_images")]
    predicted = answer(backbone, *given)
    return {"predicted": plain(predicted), "seen": watched.seen()}
