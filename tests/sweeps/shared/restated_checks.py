"""Statistics taken anew are those of the images: the same check for both frameworks."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse import models

SIZE = 32


def images(seed: int, n: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, (n, SIZE, SIZE, 3)).astype(np.uint8)


def check_the_first_layer(framework: str, restate: Any, first_maps: Any, statistics: Any) -> None:
    """``first_maps(network, x)``: what the first BatchNorm gets; ``statistics(network)``: its own."""
    network = models.load("efficientnet_lite0", framework, num_classes=0, input_size=SIZE)
    batches = [models.preprocess(images(s, 6), "efficientnet_lite0", framework=framework) for s in (0, 1, 2)]
    maps = [first_maps(network, batch) for batch in batches]
    before = statistics(network)
    restate(network, batches)
    mean, variance = statistics(network)
    np.testing.assert_allclose(mean, np.mean([m.mean((0, 1, 2)) for m in maps], axis=0), rtol=1e-3, atol=1e-3)
    np.testing.assert_allclose(variance, np.mean([m.var((0, 1, 2)) for m in maps], axis=0), rtol=5e-3)
    assert np.abs(mean - before[0]).max() > 0.01
