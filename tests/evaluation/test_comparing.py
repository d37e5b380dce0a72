"""The paired bootstrap: its value, its width, and that pairing counts."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import SettingError, ShapeError
from tlcourse.evaluation import paired_bootstrap


def test_its_interval_is_that_of_the_mean():
    rng = np.random.default_rng(0)
    d = rng.normal(0.1, 1.0, 900)
    found = paired_bootstrap(np.zeros(900), d, resamples=4000)
    assert found.value == pytest.approx(d.mean())
    assert found.high - found.low == pytest.approx(2 * 1.96 * d.std() / 30, rel=0.08)
    assert found.low < found.value < found.high


def test_what_is_hard_for_both_cancels():
    rng = np.random.default_rng(1)
    hard = rng.random(500) < 0.4
    second = ~hard | (rng.random(500) < 0.05)
    paired = paired_bootstrap(~hard, second)
    assert paired.high - paired.low < 0.05  # unpaired it would be 0.12
    same = paired_bootstrap(hard, hard)
    assert (same.value, same.low, same.high) == (0.0, 0.0, 0.0)


def test_a_level_and_a_seed():
    d = np.random.default_rng(2).normal(0, 1, 200)
    wide, narrow = paired_bootstrap(0 * d, d), paired_bootstrap(0 * d, d, level=0.5)
    assert narrow.high - narrow.low < 0.5 * (wide.high - wide.low)
    assert paired_bootstrap(0 * d, d, seed=3) == paired_bootstrap(0 * d, d, seed=3)


@pytest.mark.parametrize(
    ("first", "second"), [([1, 0], [1, 0, 1]), ([], []), ([np.nan, 1], [1, 1]), ([[1, 0]], [[0, 1]])]
)
def test_bad_input(first, second):
    with pytest.raises(ShapeError, match="shapes"):
        paired_bootstrap(first, second)


@pytest.mark.parametrize("options", [{"resamples": 10}, {"level": 1.0}, {"level": 0}])
def test_numbers_out_of_range(options):
    with pytest.raises(SettingError, match=next(iter(options))):
        paired_bootstrap([0, 1], [1, 1], **options)
