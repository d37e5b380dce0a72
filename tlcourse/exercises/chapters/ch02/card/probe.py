"""A batch of images and model cards: three to be obeyed, one whose licence is another each time."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array

FREE = ("apache-2.0", "mit", "bsd-3-clause", "cc-by-4.0")
NOT_FOR_SALE = ("cc-by-nc-4.0", "cc-by-nc-sa-4.0", "research-only")

Card = dict[str, Any]


def _card(rng: np.random.Generator, low: float, high: float, channels: str) -> Card:
    # Means and deviations in the middle of the range, and different for each channel.
    mean = low + (high - low) * rng.permutation([0.36, 0.47, 0.59])
    std = (high - low) * rng.permutation([0.17, 0.22, 0.31])
    return {
        "licence": str(rng.choice(FREE)),
        "range": [low, high],
        "mean": [round(float(v), 4) for v in mean],
        "std": [round(float(v), 4) for v in std],
        "channels": channels,
    }


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` uint8 (N, H, W, 3); cards for ``numbers`` and ``channels``; licences that are ``asked``."""
    height, width = (int(v) for v in rng.permutation([5, 7]))
    images = rng.integers(0, 256, (int(rng.integers(2, 5)), height, width, 3)).astype("uint8")
    images[..., 0] //= 2  # red and blue are told apart
    images[:, : height // 2] //= 2  # and top from bottom
    asked = [(str(name), True) for name in FREE] + [(str(name), False) for name in NOT_FOR_SALE]
    asked += [(str(name), True) for name in NOT_FOR_SALE]
    asked += [("Apache-2.0", True), ("MIT", True), ("CC-BY-NC-4.0", True), ("other", False)]
    asked += [("", bool(rng.random() < 0.5)), ("missing", False), ("missing", True)]
    return {
        "images": images,
        "numbers": [_card(rng, 0.0, 1.0, "RGB"), _card(rng, -1.0, 1.0, "RGB")],
        "channels": [_card(rng, 0.0, 1.0, "BGR"), _card(rng, 0.0, 255.0, "BGR")],
        "card": _card(rng, 0.0, 1.0, "RGB"),
        "asked": [asked[i] for i in rng.permutation(len(asked))],
    }


def _licensed(card: Card, licence: str) -> Card:
    """The card with this licence; without the entry for "missing"."""
    rest = {name: value for name, value in card.items() if name != "licence"}
    return rest if licence == "missing" else {**rest, "licence": licence}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """For each card the ``batch`` that came back, its ``type`` and ``dtype``; and whom it ``allowed``."""
    images = np.asarray(inputs["images"], "uint8")

    def ask(card: Card) -> dict[str, Any]:
        own = {name: list(v) if isinstance(v, list | tuple) else v for name, v in card.items()}
        found = answer(images.copy(), own, True)
        return {
            "batch": None if found is None else plain_array(found),
            "type": type(found).__name__,
            "dtype": str(getattr(found, "dtype", "")).rpartition(".")[2],
        }

    bare = inspect.unwrap(answer)  # a KeyError for a missing licence costs that part only

    def permits(licence: str, commercial: bool) -> bool | str:
        try:
            return bare(images.copy(), _licensed(inputs["card"], licence), commercial) is not None
        except Exception as error:
            return type(error).__name__

    return {
        "numbers": [ask(card) for card in inputs["numbers"]],
        "channels": [ask(card) for card in inputs["channels"]],
        "allowed": [permits(licence, commercial) for licence, commercial in inputs["asked"]],
        "first": framework == "torch",  # whether a network takes the channels first
    }
