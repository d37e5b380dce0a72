"""What a frozen network makes of images is made once, and nobody can tell when."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tlcourse.exercises.engine import frozen

IMAGES = np.arange(24, dtype=np.uint8).reshape(2, 2, 2, 3)


@pytest.fixture(autouse=True)
def nothing_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frozen, "_made", type(frozen._made)())


def made(calls: list[float]) -> np.ndarray:
    calls.append(random.random())
    return np.ones((2, 5), np.float32)


def test_the_same_images_are_looked_at_once() -> None:
    calls: list[float] = []
    for _ in range(3):
        first = frozen.remembered(IMAGES, ("net", "torch"), lambda: made(calls))
        np.testing.assert_array_equal(first, np.ones((2, 5)))
        first[:] = 7  # what an answer does to its copy stays its own
    assert len(calls) == 1
    other = IMAGES.copy()
    other[0, 0, 0, 0] ^= 1
    frozen.remembered(other, ("net", "torch"), lambda: made(calls))
    frozen.remembered(IMAGES, ("net", "keras"), lambda: made(calls))
    frozen.remembered(IMAGES.reshape(2, 4, 1, 3), ("net", "torch"), lambda: made(calls))
    assert len(calls) == 4


def test_not_more_is_kept_than_said() -> None:
    calls: list[float] = []
    for number in range(frozen.KEPT + 3):
        frozen.remembered(IMAGES + np.uint8(number), ("net",), lambda: made(calls))
    assert len(frozen._made) == frozen.KEPT
    frozen.remembered(IMAGES, ("net",), lambda: made(calls))
    assert len(calls) == frozen.KEPT + 4, "the oldest went first"


def test_an_answer_draws_the_same_numbers_either_way() -> None:
    drawn = []
    for _ in range(2):
        random.seed(3)
        np.random.seed(3)
        frozen.remembered(IMAGES, ("net",), lambda: made([]))
        drawn.append((random.random(), np.random.random()))
    assert drawn[0] == drawn[1]
