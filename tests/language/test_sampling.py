"""From logits to the next token: each strategy does what its paper says."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import CourseError, SettingError, ShapeError, UnknownNameError
from tlcourse.language import generate, next_probabilities, perplexity

LOGITS = np.log([0.5, 0.3, 0.15, 0.05])


def fixed(tokens: np.ndarray) -> np.ndarray:
    """Always the same distribution."""
    return np.tile(LOGITS, (*tokens.shape, 1))


def counting(tokens: np.ndarray) -> np.ndarray:
    """Sure that the next token is the last one and one more, of six."""
    return 50.0 * np.eye(6)[(tokens + 1) % 6]


def test_probabilities() -> None:
    assert next_probabilities(LOGITS) == pytest.approx([0.5, 0.3, 0.15, 0.05])
    cold = next_probabilities(LOGITS, temperature=0.5)
    assert cold == pytest.approx(np.array([0.25, 0.09, 0.0225, 0.0025]) / 0.365)
    assert next_probabilities(LOGITS, top_k=2) == pytest.approx([0.625, 0.375, 0, 0])
    assert next_probabilities(LOGITS, top_k=9) == pytest.approx([0.5, 0.3, 0.15, 0.05])
    # The token that crosses the line is kept.
    assert next_probabilities(LOGITS, top_p=0.6) == pytest.approx([0.625, 0.375, 0, 0])
    assert next_probabilities(LOGITS, top_p=0.5) == pytest.approx([1, 0, 0, 0])
    assert next_probabilities(LOGITS, top_p=1.0) == pytest.approx([0.5, 0.3, 0.15, 0.05])
    assert np.isfinite(next_probabilities([1e6, 0.0])).all()


def test_each_strategy_draws_from_its_distribution() -> None:
    def share(**settings) -> np.ndarray:
        written = generate(fixed, [0], 3000, longest=1, seed=1, **settings)[1:]
        return np.bincount(written, minlength=4) / len(written)

    assert share(strategy="greedy").tolist() == [1, 0, 0, 0]
    assert share(strategy="temperature") == pytest.approx([0.5, 0.3, 0.15, 0.05], abs=0.03)
    assert share(strategy="top-k", top_k=2) == pytest.approx([0.625, 0.375, 0, 0], abs=0.03)
    assert share(strategy="top-p", top_p=0.8) == pytest.approx([0.625, 0.375, 0, 0], abs=0.03)


def test_writing() -> None:
    assert generate(counting, [2], 5, strategy="greedy").tolist() == [2, 3, 4, 5, 0, 1]
    assert generate(counting, [2], 5, strategy="greedy", stop=4).tolist() == [2, 3, 4]
    assert generate(counting, [2], 0).tolist() == [2]
    one, again = (generate(fixed, [0], 20, seed=3) for _ in range(2))
    assert (one == again).all()
    shown: list[int] = []

    def watch(tokens: np.ndarray) -> np.ndarray:
        shown.append(tokens.shape[1])
        return fixed(tokens)

    generate(watch, [0, 1, 2], 4, longest=4)
    assert shown == [3, 4, 4, 4]


def test_perplexity() -> None:
    assert perplexity(fixed, np.zeros(50, int), longest=10) == pytest.approx(2)
    assert perplexity(counting, np.arange(40) % 6, longest=16) == pytest.approx(1)
    uniform = perplexity(lambda tokens: np.zeros((*tokens.shape, 8)), np.arange(17) % 8, longest=8)
    assert uniform == pytest.approx(8)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: next_probabilities([[1.0]]), ShapeError, "shape"),
        (lambda: next_probabilities([np.nan, 1.0]), ShapeError, "finite"),
        (lambda: next_probabilities(LOGITS, temperature=0), CourseError, "temperature is 0"),
        (lambda: next_probabilities(LOGITS, top_k=0), CourseError, "top_k is 0"),
        (lambda: next_probabilities(LOGITS, top_p=1.5), CourseError, "top_p is 1.5"),
        (lambda: generate(fixed, [], 3), ShapeError, "at least one token"),
        (lambda: generate(fixed, [0.5], 3), ShapeError, "dtype float64"),
        (lambda: generate(fixed, [0], -1), SettingError, "tokens is -1"),
        (lambda: generate(fixed, [0], 3, strategy="beam"), UnknownNameError, "beam"),
        (lambda: perplexity(fixed, [1], 10), ShapeError, "1 tokens"),
    ],
)
def test_bad_settings(call, error, words) -> None:
    with pytest.raises(error, match=words):
        call()
