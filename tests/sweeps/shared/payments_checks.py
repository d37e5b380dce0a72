"""The small network of payments, against Adam and backpropagation written out in NumPy."""

from __future__ import annotations

import numpy as np

from tlcourse.sweeps.shared import payments

RNG = np.random.default_rng(0)
X = RNG.normal(size=(200, 6)).astype("float32")
Y = (X[:, 0] + X[:, 1] * X[:, 2] > 0.5).astype("int64")
ROWS = payments.batches(np.arange(200), 12, 32, seed=1)
RATE = 3e-3


def by_hand(weights: list[np.ndarray]) -> list[np.ndarray]:
    """All weights trained, in float64."""
    w = [array.astype("float64") for array in weights]
    m, v = [np.zeros_like(a) for a in w], [np.zeros_like(a) for a in w]
    for step, rows in enumerate(ROWS):
        x, y = X[rows].astype("float64"), Y[rows][:, None]
        one = np.maximum(x @ w[0] + w[1], 0)
        two = np.maximum(one @ w[2] + w[3], 0)
        d = (1 / (1 + np.exp(-(two @ w[4] + w[5]))) - y) / len(y)
        back_two = (d @ w[4].T) * (two > 0)
        back_one = (back_two @ w[2].T) * (one > 0)
        slopes = [x.T @ back_one, back_one.sum(0), one.T @ back_two, back_two.sum(0), two.T @ d, d.sum(0)]
        rate = RATE * (1 + np.cos(np.pi * step / len(ROWS))) / 2
        for i, slope in enumerate(slopes):
            m[i] = 0.9 * m[i] + 0.1 * slope
            v[i] = 0.999 * v[i] + 0.001 * slope**2
            up, down = m[i] / (1 - 0.9 ** (step + 1)), np.sqrt(v[i] / (1 - 0.999 ** (step + 1)))
            w[i] = w[i] - rate * up / (down + 1e-8)
    return w


def check_all_weights(framework: str) -> None:
    first = payments.start(6, seed=3)
    kept = [array.copy() for array in first]
    found = payments.trained(framework, first, X, Y, ROWS, RATE)
    for array, wanted, before in zip(found, by_hand(first), kept, strict=True):
        # Adam divides by a gradient's size, so where that is nearly 0 a rounding shows: a few, and little.
        np.testing.assert_allclose(array, wanted, atol=1e-3)
        assert np.abs(array - wanted).mean() < 2e-5
        assert np.abs(array - before).max() > 1e-3
    for array, before in zip(first, kept, strict=True):
        np.testing.assert_array_equal(array, before)


def check_parts(framework: str) -> None:
    first = payments.start(6, seed=3)
    last = payments.trained(framework, first, X, Y, ROWS, RATE, "last")
    assert all(np.array_equal(a, b) for a, b in zip(last[:4], first[:4], strict=True))
    assert not np.array_equal(last[4], first[4])
    wide = payments.adapted(first, seed=4)
    np.testing.assert_allclose(payments.logits(wide, X), payments.logits(first, X), atol=1e-6)
    bent = payments.trained(framework, wide, X, Y, ROWS, RATE, "adapters")
    assert len(bent) == 10
    assert all(np.array_equal(a, b) for a, b in zip(bent[:4], first[:4], strict=True))
    assert all(not np.array_equal(a, b) for a, b in zip(bent[4:], wide[4:], strict=True))


def check_averages() -> None:
    one, two = payments.start(6, 1), payments.start(6, 2)
    mean = payments.averaged([one, two], [0.25, 0.75])
    np.testing.assert_allclose(mean[2], 0.25 * one[2] + 0.75 * two[2], rtol=1e-6)
