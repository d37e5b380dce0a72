"""`tlcourse.audio` in Keras."""

from __future__ import annotations

import pytest
from audio_checks import (  # noqa: F401
    test_a_network_with_other_classes_keeps_its_head,
    test_features_are_the_same_everywhere,
    test_lengths_that_do_not_fit_are_refused,
    test_only_what_is_named_is_trained,
    test_silence_is_finite,
    test_speakers_are_heard_alike_in_both_frameworks,
    test_the_english_network_knows_english_people,
    test_training_from_the_same_numbers_ends_alike,
    test_what_is_no_batch_of_sounds_is_refused,
)

from tlcourse import devices


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "keras")
