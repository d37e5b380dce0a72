"""Warm-up and cosine."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import CourseError
from tlcourse.training.schedules import warmup_cosine


@pytest.mark.parametrize(("warmup", "steps"), [(0.1, 80), (0.0, 10), (0.5, 7), (0.9, 40)])
def test_it_rises_in_equal_steps_to_one_and_falls_towards_zero(warmup, steps):
    schedule, rising = warmup_cosine(warmup), round(warmup * steps)
    factors = np.array([schedule(step, steps) for step in range(steps)])
    np.testing.assert_allclose(factors[:rising], np.arange(1, rising + 1) / max(1, rising))
    assert factors[rising] == 1
    assert (np.diff(factors[rising:]) < 0).all()
    assert 0 < factors[-1] < 1


def test_final_is_where_it_ends_and_half_way_is_half_way():
    schedule = warmup_cosine(0.0, final=0.2)
    assert schedule(50, 100) == pytest.approx(0.6)
    assert schedule(999_999, 1_000_000) == pytest.approx(0.2, abs=1e-6)


@pytest.mark.parametrize("wrong", [{"warmup": 1}, {"warmup": -0.1}, {"final": 1.5}, {"final": -1}])
def test_shares_out_of_their_range_are_refused(wrong):
    with pytest.raises(CourseError, match="below 1"):
        warmup_cosine(**wrong)
