"""Heads in Keras."""

from __future__ import annotations

import head_checks as checks
import numpy as np


def test_it_learns_each_task():
    checks.learns_each_task("keras")


def test_it_begins_at_the_numbers_of_both_frameworks():
    found = checks.begins_alike("keras")
    assert found.shape == (4, 3)
    np.testing.assert_allclose(found[0], checks.BEGINS, rtol=1e-4)


def test_no_steps_no_change():
    checks.zero_steps_leave_it("keras")


def test_a_seed_repeats_itself():
    checks.repeats("keras")


def test_weight_decay_shrinks_the_outputs():
    checks.decay_shrinks("keras")


def test_bad_input_is_refused_and_changes_nothing():
    checks.bad_input_is_refused("keras")
