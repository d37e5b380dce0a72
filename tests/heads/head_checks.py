"""What a head must do in either framework; the test files of the frameworks call these."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import heads
from tlcourse.errors import CourseError, ShapeError, UnknownNameError

BEGINS = [-2.0774152, -1.3823649, -0.4592657]
"""The first row of `begins_alike`, in both frameworks."""


def points(seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Three clouds of 30 points in eight dimensions."""
    rng = np.random.default_rng(seed)
    labels = np.arange(90) % 3
    centres = rng.normal(0, 3, (3, 8))
    return (centres[labels] + rng.normal(0, 1, (90, 8))).astype(np.float32), labels


def learns_each_task(framework: str) -> None:
    x, y = points()
    hot = np.eye(3, dtype=np.float32)[y]
    one = heads.fit(heads.build(8, 3, framework=framework), x, y, "one-of", steps=150, lr=0.05)
    assert (heads.predict(one, x, "one-of").argmax(1) == y).mean() > 0.95
    assert heads.predict(one, x, "one-of").sum(1) == pytest.approx(np.ones(90), abs=1e-5)
    several = heads.fit(heads.build(8, 3, framework=framework), x, hot, "any-of", steps=150, lr=0.05)
    assert ((heads.predict(several, x, "any-of") > 0.5) == hot).mean() > 0.95
    number = heads.fit(
        heads.build(8, 1, framework=framework), x, x[:, 0] * 2 + 1, "number", steps=400, lr=0.05
    )
    assert np.abs(heads.outputs(number, x)[:, 0] - x[:, 0] * 2 - 1).mean() < 0.2


def begins_alike(framework: str) -> np.ndarray:
    """Outputs of a fresh head: the same numbers in both frameworks."""
    x, _ = points()
    bias = heads.bias_for_classes([1, 2, 5])
    head = heads.build(
        8, 3, hidden=(6, 5), batch_norm=True, dropout=0.5, bias=bias, seed=3, framework=framework
    )
    found = heads.outputs(head, x[:4])
    again = heads.outputs(head, x[:4])
    np.testing.assert_array_equal(found, again)  # dropout sleeps
    return found


def zero_steps_leave_it(framework: str) -> None:
    x, y = points()
    head = heads.build(8, 3, seed=1, framework=framework)
    before = heads.outputs(head, x)
    np.testing.assert_array_equal(heads.outputs(heads.fit(head, x, y, "one-of", steps=0, lr=1e-3), x), before)


def repeats(framework: str) -> None:
    """The same seed gives the same head, dropout included; another seed another one."""
    x, y = points()

    def run(seed: int) -> np.ndarray:
        head = heads.build(8, 3, hidden=(6,), dropout=0.5, seed=seed, framework=framework)
        return heads.outputs(heads.fit(head, x, y, "one-of", steps=20, lr=0.01, seed=seed), x)

    np.testing.assert_allclose(run(0), run(0), rtol=1e-5, atol=1e-6)
    assert np.abs(run(0) - run(1)).max() > 1e-3


def decay_shrinks(framework: str) -> None:
    x, y = points()

    def size(decay: float) -> float:
        head = heads.build(8, 3, framework=framework)
        heads.fit(head, x, y, "one-of", steps=100, lr=0.05, weight_decay=decay)
        return float(np.abs(heads.outputs(head, x)).mean())

    assert size(5.0) < 0.5 * size(0.0)


def bad_input_is_refused(framework: str) -> None:
    x, y = points()
    head = heads.build(8, 3, framework=framework)
    before = heads.outputs(head, x)
    with pytest.raises(CourseError, match="dropout is 1"):
        heads.build(8, 3, dropout=1.0, framework=framework)
    with pytest.raises(CourseError, match="outputs is 0"):
        heads.build(8, 0, framework=framework)
    with pytest.raises(ShapeError, match="bias has shape"):
        heads.build(8, 3, bias=[0.0, 1.0], framework=framework)
    with pytest.raises(UnknownNameError):
        heads.fit(head, x, y, "ordinal", steps=1, lr=1e-3)
    with pytest.raises(ShapeError, match="float"):
        heads.fit(head, x, y, "any-of", steps=1, lr=1e-3)
    with pytest.raises(ShapeError, match="89"):
        heads.fit(head, x, y[:-1], "one-of", steps=1, lr=1e-3)
    with pytest.raises(ShapeError, match="features have shape"):
        heads.outputs(head, x[0])
    with pytest.raises(CourseError, match="rate"):
        heads.fit(head, x, y, "one-of", steps=1, lr=-1.0)
    np.testing.assert_array_equal(heads.outputs(head, x), before)
