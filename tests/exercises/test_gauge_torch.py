"""A gauge on a network, in PyTorch."""

from __future__ import annotations

import gauge_cases
import pytest


@pytest.mark.parametrize(
    "case",
    [
        gauge_cases.it_tells_the_range_of_what_came_in,
        gauge_cases.it_tells_training_mode_and_what_that_moves,
        gauge_cases.it_tells_a_step_of_training,
    ],
)
def test_a_gauge(case):
    case("torch")
