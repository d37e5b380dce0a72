"""Clips that end in silence, filters, a window, a hop and a floor."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array

WINDOWS = (32, 64)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``sounds`` float32 (N, samples), tones and then zeros; ``filters`` (window // 2 + 1, bands).

    There are always more frames than bands, so that their order shows.
    """
    window, bands, n = int(rng.choice(WINDOWS)), int(rng.integers(4, 8)), int(rng.integers(3, 6))
    hop = window // 2 + int(rng.integers(1, 7))
    samples = window + hop * int(rng.integers(7, 13)) + int(rng.integers(1, hop))
    time = np.arange(samples)
    sounds = np.zeros((n, samples))
    for row in sounds:
        tones = np.sin(time[None] * rng.uniform(0.1, 3, (3, 1)) + rng.uniform(0, 6, (3, 1)))
        row[:] = rng.uniform(0.3, 0.8) * tones.mean(0) + rng.normal(0, 0.05, samples)
        row[int(samples * rng.uniform(0.55, 0.7)) :] = 0
    return {
        "sounds": sounds.astype("float32"),
        "filters": rng.uniform(0, 1, (window // 2 + 1, bands)).astype("float32"),
        "window": window,
        "hop": hop,
        "floor": round(float(rng.uniform(0.05, 0.2)), 3),
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``features``: what the answer made of the clips."""
    sounds, filters = inputs["sounds"].copy(), inputs["filters"].copy()
    if framework == "torch":
        import torch

        given: Any = torch.from_numpy(sounds), torch.from_numpy(filters)
    else:
        given = sounds, filters
    return {"features": plain_array(answer(*given, inputs["window"], inputs["hop"], inputs["floor"]))}
