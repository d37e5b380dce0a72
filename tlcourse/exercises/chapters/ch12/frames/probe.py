"""Maps of padded clips, how long each clip is in samples, and the window and the hop behind the frames."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``maps`` float32 (N, frames, D), ``samples`` int64 (N,): one full, one of a frame, some between."""
    hop = int(rng.integers(11, 20))
    window = 3 * hop + int(rng.integers(1, hop))
    frames, depth, n = int(rng.integers(14, 22)), int(rng.integers(3, 6)), int(rng.integers(5, 8))
    own = np.concatenate([[1, frames], rng.integers(3, frames - 4, n - 2)])
    samples = window + (own - 1) * hop + rng.integers(1, hop, n)
    maps = rng.normal(1.5, 1, (n, frames, depth)) + np.linspace(0, 4, frames)[:, None]
    order = rng.permutation(n)
    return {
        "maps": maps[order].astype("float32"),
        "samples": samples[order].astype("int64"),
        "window": window,
        "hop": hop,
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``means``: what the answer gave."""
    maps, samples = inputs["maps"].copy(), inputs["samples"].copy()
    given: Any = (maps, samples)
    if framework == "torch":
        import torch

        given = torch.from_numpy(maps), torch.from_numpy(samples)
    return {"means": plain_array(answer(*given, inputs["window"], inputs["hop"]))}
