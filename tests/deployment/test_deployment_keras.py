"""Exported files of Keras in their runtime."""

from __future__ import annotations

import pytest
from deployment_checks import (  # noqa: F401  (tests and their fixtures, run here)
    ending,
    file,
    images,
    model,
    test_a_file_says_what_its_network_says,
    test_a_file_takes_bytes_and_any_number_of_images,
    test_a_fresh_process_tells_the_costs,
    test_a_rule_is_three_numbers_for_each_channel,
    test_another_rule_is_found_out,
    test_fewer_bits_make_a_smaller_file,
    test_the_preprocessing_of_other_channels_is_inside,
    test_what_is_refused,
)

from tlcourse import devices


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "keras")
