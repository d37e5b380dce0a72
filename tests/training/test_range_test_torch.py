"""The range test in PyTorch."""

import pytest
from range_checks import (  # noqa: F401  (tests, run here)
    test_a_test_that_broke_at_once_suggests_nothing,
    test_rates_and_steps_that_make_no_test_are_refused,
    test_the_loss_falls_and_then_breaks_and_the_suggestion_lies_between,
    test_the_losses_are_those_of_the_steps_not_means_over_an_epoch,
)


@pytest.fixture
def framework():
    return "torch"
