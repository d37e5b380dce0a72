"""Temperature: found where it was put, and no decision changes."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import SettingError, ShapeError
from tlcourse.evaluation import fit_temperature, with_temperature


def drawn(temperature: float, n: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    """Logits whose softmax is honest, multiplied by a temperature; and labels drawn from it."""
    rng = np.random.default_rng(0)
    honest = rng.normal(0, 2, (n, 3))
    p = with_temperature(honest, 1.0).cumsum(1)
    labels = (rng.random(n)[:, None] > p[:, :2]).sum(1)
    return honest * temperature, labels


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_it_finds_the_temperature_that_was_put_in(temperature):
    logits, labels = drawn(temperature)
    assert fit_temperature(logits, labels) == pytest.approx(temperature, rel=0.05)


def test_the_order_stays_and_rows_add_up():
    logits, _ = drawn(1.0, 50)
    for t in (0.1, 7.0):
        p = with_temperature(logits, t)
        np.testing.assert_array_equal(p.argmax(1), logits.argmax(1))
        np.testing.assert_allclose(p.sum(1), 1, atol=1e-5)
    assert with_temperature(logits, 7.0).max(1).mean() < with_temperature(logits, 0.1).max(1).mean()


@pytest.mark.parametrize(
    ("logits", "labels"),
    [
        (np.zeros(3), [0]),
        (np.zeros((2, 3)), [0]),
        (np.zeros((2, 3)), [0, 3]),
        (np.zeros((2, 3)), [0.0, 1.0]),
        (np.full((2, 3), np.nan), [0, 1]),
    ],
)
def test_bad_input(logits, labels):
    with pytest.raises(ShapeError):
        fit_temperature(logits, labels)


def test_a_temperature_above_zero():
    with pytest.raises(SettingError, match="above 0"):
        with_temperature(np.zeros((1, 2)), 0)
