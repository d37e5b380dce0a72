"""What belongs to no framework: the table of tasks, activations, targets and biases."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import heads
from tlcourse.errors import DataError, ShapeError, UnknownNameError
from tlcourse.heads.start import layer_starts
from tlcourse.heads.tasks import check_targets


def test_a_bias_states_the_frequencies():
    counts = np.array([3, 9, 88])
    stated = heads.activate(heads.bias_for_classes(counts)[None], "one-of")[0]
    assert stated == pytest.approx(counts / counts.sum(), abs=1e-6)
    stated = heads.activate(heads.bias_for_labels(counts, 100)[None], "any-of")[0]
    assert stated == pytest.approx(counts / 100, abs=1e-6)


@pytest.mark.parametrize("counts", [[], [1, 0], [1, -2], [[1, 2]], [1, np.nan]])
def test_bad_counts(counts):
    with pytest.raises(DataError, match="counts are"):
        heads.bias_for_classes(counts)


def test_a_label_on_every_image():
    with pytest.raises(DataError, match="Label 1"):
        heads.bias_for_labels([3, 10], 10)


def test_activations_of_extreme_outputs():
    z = np.array([[1000.0, -1000.0]])
    with np.errstate(over="raise", invalid="raise", divide="raise"):
        assert heads.activate(z, "any-of").tolist() == [[1.0, 0.0]]
        assert heads.activate(z, "one-of").tolist() == [[1.0, 0.0]]
    np.testing.assert_array_equal(heads.activate(z, "number"), z)
    with pytest.raises(UnknownNameError):
        heads.activate(z, "several")


def test_targets_are_cast():
    assert check_targets(np.array([0, 2], np.int32), "one-of", 2).dtype == np.int64
    assert check_targets(np.array([[True, False]]), "any-of", 1).dtype == np.float32
    assert check_targets(np.array([1, 2]), "number", 2).shape == (2, 1)


@pytest.mark.parametrize(
    ("targets", "task"),
    [
        (np.array([0.0, 1.0]), "one-of"),
        (np.array([-1, 1]), "one-of"),
        (np.eye(2), "one-of"),
        (np.array([0, 1]), "any-of"),
        (np.array([[0.5, 1], [0, 1]]), "any-of"),
        (np.array([np.nan, 1.0]), "number"),
        (np.array(3), "number"),
    ],
)
def test_targets_that_do_not_fit(targets, task):
    with pytest.raises(ShapeError):
        check_targets(targets, task, 2)


def test_starts_have_the_scales_that_are_stated():
    hidden, last = layer_starts((1000, 400, 50), seed=0)
    assert hidden.std() == pytest.approx((2 / 1000) ** 0.5, rel=0.02)
    assert last.std() == pytest.approx(0.01, rel=0.05)
    again = layer_starts((1000, 400, 50), seed=0)
    np.testing.assert_array_equal(hidden, again[0])
