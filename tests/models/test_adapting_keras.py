"""Networks fitted to another input and output."""

from __future__ import annotations

import adapting_checks as checks
import keras
import pytest

from tlcourse import models
from tlcourse.errors import CourseError


def test_the_head_is_cut():
    checks.the_head_is_cut("keras")


def test_grey_gives_what_repeated_grey_gives():
    checks.grey_gives_what_repeated_grey_gives("keras")


def test_a_network_is_cut_at_each_depth():
    checks.a_network_is_cut_at_each_depth("keras")


def test_a_fresh_head_is_drawn_by_its_seed():
    checks.a_fresh_head_is_drawn_by_its_seed("keras")


def test_a_cut_network_is_frozen_trained_and_asked():
    checks.a_cut_network_is_frozen_trained_and_asked("keras")


def test_what_cannot_be_cut():
    checks.what_cannot_be_cut("keras")


def test_a_cut_shares_its_layers():
    whole = models.load("small_cnn", "keras", num_classes=3, input_size=32, seed=0)
    cut = models.cut_at(whole, "conv2", num_classes=2, seed=0)
    assert cut.get_layer("conv1") is whole.get_layer("conv1")


def test_what_keras_cannot_cut():
    inner = models.load("small_cnn", "keras", num_classes=0, input_size=32, seed=0)
    outer = keras.Sequential([keras.Input((32, 32, 3)), inner, keras.layers.Dense(2, name="top")])
    with pytest.raises(CourseError, match="the inner one"):
        models.cut_at(outer, "small_cnn.conv1")
