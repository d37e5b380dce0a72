"""Linear heads that validation chooses, and pixels made small."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps.shared import linear


def test_rare_classes_and_rows_count_as_they_are_told_to():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [90, 10])
    x = rng.normal(size=(100, 1)) + y[:, None]
    head = linear.fitted(x, y, 1.0)
    assert (head.predict(x) == 1).mean() > 0.2  # a tenth of the rows, and half of the weight
    doubled = linear.fitted(np.concatenate([x, x[:50]]), np.concatenate([y, y[:50]]), 1.0)
    weighed = linear.fitted(x, y, 1.0, np.r_[np.full(50, 2.0), np.ones(50)])
    assert np.abs(weighed[-1].coef_ - head[-1].coef_).max() > 1e-3
    assert np.sign(weighed[-1].coef_) == np.sign(doubled[-1].coef_)


def test_balanced_is_the_mean_of_the_recalls():
    class Ones:
        def predict(self, x):
            return np.ones(len(x), int)

    assert linear.balanced(Ones(), np.zeros((10, 1)), np.repeat([0, 1], [9, 1])) == 0.5


def test_the_best_is_chosen_on_the_validation_rows():
    rng = np.random.default_rng(1)
    y = np.arange(40) % 2
    x = rng.normal(size=(40, 60))
    x[:, 0] += 3 * y
    val = rng.normal(size=(60, 60))
    labels = np.arange(60) % 2
    val[:, 0] += 3 * labels
    strengths = (1e-4, 1e-2, 1.0)
    chosen = linear.best((x, y), (val, labels), strengths)
    scores = [linear.balanced(linear.fitted(x, y, strength), val, labels) for strength in strengths]
    assert chosen.val_balanced == max(scores)
    assert linear.balanced(chosen.head, val, labels) == max(scores)


def test_pixels_are_means_over_blocks():
    images = np.zeros((1, 4, 4, 3), np.uint8)
    images[0, :2, :2, 0] = [[255, 255], [0, 0]]
    small = linear.pixels(images, 2).reshape(2, 2, 3)
    assert small[0, 0, 0] == pytest.approx(0.5)
    assert small.sum() == pytest.approx(0.5)
