"""The sweeps' trainer in Keras."""

import pytest
from trainer_checks import (  # noqa: F401
    test_a_cut_network_trains_as_fit_does,
    test_a_row_does_not_depend_on_the_one_before,
    test_it_trains_as_fit_does,
    test_the_features_are_what_the_head_reads,
    test_what_it_refuses,
)


@pytest.fixture
def framework() -> str:
    return "keras"
