"""Metrics against hand-made cases, and what they refuse."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import evaluation as ev
from tlcourse.errors import CourseError, ShapeError

GOOD = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1], [0.2, 0.5, 0.3], [0.0, 0.1, 0.9]], np.float32)
LABELS = np.array([0, 1, 2, 2])


def test_accuracy_of_classes_and_of_probabilities_agree():
    assert ev.accuracy(LABELS, GOOD) == ev.accuracy(LABELS, GOOD.argmax(1)) == 0.75


def test_report_rows_and_means():
    table = ev.report(LABELS, GOOD, ["a", "b", "c"])
    assert list(table.index) == ["a", "b", "c", "mean"]
    assert table.loc["b", "precision"] == 0.5
    assert table.loc["c", "recall"] == 0.5
    assert table.loc["mean", "F1"] == pytest.approx((1 + 2 / 3 + 2 / 3) / 3)
    assert table["images"].tolist() == [1, 1, 2, 4]


def test_report_with_a_class_that_does_not_occur():
    table = ev.report([0, 1, 1, 0], GOOD)
    assert np.isnan(table.loc["2", "AUC"])
    assert table.loc["mean"].notna().all()


def test_confusion_counts_rows_as_true():
    assert ev.confusion(LABELS, GOOD).tolist() == [[1, 0, 0], [0, 1, 0], [0, 1, 1]]
    assert ev.confusion([0], [0], num_classes=2).shape == (2, 2)
    with pytest.raises(ShapeError, match="class 2 occurs"):
        ev.confusion(LABELS, LABELS, num_classes=2)


def test_calibration_by_hand():
    table = ev.reliability(LABELS, GOOD, bins=2)
    assert table["count"].sum() == 4
    # Largest probabilities 0.7, 0.8, 0.5, 0.9; only the one at 0.5 (in the lower bin) is wrong.
    assert table["count"].tolist() == [1, 3]
    expected = (1 * 0.5 + 3 * (1 - 0.8)) / 4
    assert ev.expected_calibration_error(LABELS, GOOD, bins=2) == pytest.approx(expected, abs=1e-6)


def test_perfectly_calibrated_is_near_zero_and_sharpened_is_not():
    rng = np.random.default_rng(0)
    p = rng.dirichlet(np.ones(3), 20000)
    labels = (rng.random(20000)[:, None] > p.cumsum(1)).sum(1)
    assert ev.expected_calibration_error(labels, p) < 0.02
    sharp = p**3 / (p**3).sum(1, keepdims=True)
    assert ev.expected_calibration_error(labels, sharp) > 0.1


def test_bootstrap_is_repeatable_and_covers():
    right = np.arange(400) % 4 > 0
    a, b = ev.bootstrap_interval(right, seed=1), ev.bootstrap_interval(right, seed=1)
    assert a == b
    half = 1.96 * np.sqrt(0.75 * 0.25 / 400)
    assert a.low == pytest.approx(0.75 - half, abs=0.01)
    assert a.high == pytest.approx(0.75 + half, abs=0.01)


def test_error_gallery_orders_by_confidence():
    p = np.array([[0.9, 0.1], [0.6, 0.4], [0.95, 0.05], [0.8, 0.2]])
    ax = ev.error_gallery(np.zeros((4, 8, 8, 3), np.uint8), [1, 1, 0, 1], p, ["cat", "dog"], count=2)
    assert ax.tl_table["row"].tolist() == [0, 3]
    assert ax.tl_alt.startswith("3 of 4 images are wrong; the 2 most confident: dog taken for cat (0.90)")


def test_error_gallery_without_errors():
    ax = ev.error_gallery(np.zeros((4, 8, 8, 3), np.uint8), GOOD.argmax(1), GOOD)
    assert ax.tl_alt == "No errors among 4 images."
    assert ax.tl_table.empty


@pytest.mark.parametrize("call", [ev.report, ev.reliability, ev.expected_calibration_error, ev.accuracy])
@pytest.mark.parametrize(
    ("probabilities", "says"),
    [
        (GOOD[:2], "4 labels and 2"),
        (GOOD * 5, "look like logits"),
        (GOOD, "NaN"),
        (GOOD[:, :1], "C of 2 or more"),
    ],
)
def test_bad_probabilities(call, probabilities, says):
    if says == "NaN":
        probabilities = probabilities.copy()
        probabilities[1, 1] = np.nan
    with pytest.raises(ShapeError) as caught:
        call(LABELS, probabilities)
    assert says in str(caught.value)


@pytest.mark.parametrize("labels", [[], [0.5, 1.0], [[0, 1]], [-1, 0]])
def test_bad_labels(labels):
    with pytest.raises(ShapeError, match="labels"):
        ev.accuracy(labels, [0, 1])


def test_label_beyond_the_outputs():
    with pytest.raises(ShapeError, match="A label is 3"):
        ev.report([0, 1, 2, 3], GOOD)
    with pytest.raises(ShapeError, match="2 names"):
        ev.report(LABELS, GOOD, ["a", "b"])


def test_bad_bootstrap_and_bins():
    for values in ([], [1.0], [1.0, np.nan], [[1, 2]]):
        with pytest.raises(ShapeError, match="bootstrap"):
            ev.bootstrap_interval(values)
    with pytest.raises(CourseError, match="level"):
        ev.bootstrap_interval([1, 2], level=95)
    with pytest.raises(CourseError, match="bins"):
        ev.reliability(LABELS, GOOD, bins=0)
    with pytest.raises(ShapeError, match="3 images"):
        ev.error_gallery(np.zeros((3, 8, 8, 3), np.uint8), LABELS, GOOD)
