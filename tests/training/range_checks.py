"""The range test, the same checks for both frameworks."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import data, models
from tlcourse.errors import CourseError
from tlcourse.training.range_test import RangeTest, range_test, suggest


def digits() -> data.Dataset:
    return data.digits().resized(16).split("train").per_class(8, seed=0)


def test_the_loss_falls_and_then_breaks_and_the_suggestion_lies_between(framework):
    model = models.load("small_cnn", framework, num_classes=10, input_size=16, seed=0)
    found = range_test(
        model, digits(), low=1e-5, high=100.0, steps=60, optimizer="sgd", preprocess="small_cnn"
    )
    assert found.rates[0] == pytest.approx(1e-5)
    assert found.rates[-1] == pytest.approx(100.0)
    ratios = found.rates[1:] / found.rates[:-1]
    np.testing.assert_allclose(ratios, ratios[0])
    assert found.losses.shape == (60,)
    lowest = int(np.argmin(found.losses))
    assert found.losses[lowest] < 0.8 * found.losses[5]
    after = found.losses[lowest:]
    assert (~np.isfinite(after)).any() or after.max() > 2 * found.losses[lowest]
    assert suggest(found) == pytest.approx(found.rates[lowest] / 10)


def test_the_losses_are_those_of_the_steps_not_means_over_an_epoch(framework):
    # At a rate of nearly nothing each loss is that of its own batch, whatever came before.
    model = models.load("small_cnn", framework, num_classes=10, input_size=16, seed=0)
    few = digits()
    found = range_test(model, few, low=1e-12, high=1e-11, steps=10, optimizer="sgd", preprocess="small_cnn")
    smooth, mean = [], 0.0
    from tlcourse.training.batches import Plan

    again = models.load("small_cnn", framework, num_classes=10, input_size=16, seed=0)
    for i, rows in enumerate(Plan(len(few), 16, steps=10, epochs=None, seed=0)):
        loss = batch_loss(again, framework, few.images[rows], few.labels[rows])
        mean = 0.7 * mean + 0.3 * loss
        smooth.append(mean / (1 - 0.7 ** (i + 1)))
    np.testing.assert_allclose(found.losses, smooth, rtol=2e-4)


def batch_loss(model, framework, images, labels) -> float:
    """The cross-entropy of one batch in training mode, without a step."""
    x = models.preprocess(images, "small_cnn", framework=framework)
    if framework == "torch":
        import torch

        model.train()
        return float(torch.nn.functional.cross_entropy(model(x), torch.from_numpy(labels)).detach())
    import keras

    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return float(loss(labels, model(x, training=True)))


@pytest.mark.parametrize("wrong", [{"low": 0}, {"low": 1, "high": 0.1}, {"steps": 5}, {"steps": True}])
def test_rates_and_steps_that_make_no_test_are_refused(wrong, framework):
    with pytest.raises(CourseError, match=r"lower one first|steps is"):
        range_test(None, None, **wrong)


def test_a_test_that_broke_at_once_suggests_nothing():
    with pytest.raises(CourseError, match="lower rate"):
        suggest(RangeTest(np.array([1.0, 2.0]), np.array([np.inf, np.inf])))
