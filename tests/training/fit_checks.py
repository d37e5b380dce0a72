"""Checks of `fit`, `predict` and `cache_features` that hold in both frameworks.

Each framework's test file imports these tests and gives the fixture ``make(kind, classes)``.
"""

from __future__ import annotations

import numpy as np
import pytest
from training_cases import scaled, toy

from tlcourse.errors import CourseError, DataError, ShapeError, UnknownNameError
from tlcourse.training import cache_features, fit, fit_head, predict

QUIET = {"preprocess": scaled, "progress": False}


def test_learns(make):
    data = toy(90)
    history = fit(make("linear", 3), data, toy(30, seed=1), epochs=8, lr=0.01, **QUIET)
    assert history.last("val_accuracy") > 0.8
    assert history.steps == 48
    assert history.epochs == 8
    assert history.seconds > 0
    assert history.cpu_seconds > 0
    assert list(history.frame().columns) == ["loss", "accuracy", "val_loss", "val_accuracy"]


def test_same_seed_same_run_and_other_seed_another(make):
    runs = [fit(make("linear", 3), toy(), steps=6, seed=seed, **QUIET).history for seed in (0, 0, 1)]
    assert runs[0] == runs[1] != runs[2]


def test_batchnorm_frozen_by_the_course_stays_frozen_and_predictions_match_cached_features(make):
    from tlcourse import freezing

    model = make("conv", 3)
    freezing.freeze(model)
    with pytest.raises(CourseError, match="trainable"):
        fit(model, toy(), steps=1, **QUIET)
    freezing.unfreeze(model, ["classifier"])
    before = freezing.fingerprint(model)
    fit(model, toy(), toy(12), steps=5, **QUIET)
    moved = freezing.changed(before, freezing.fingerprint(model))
    assert moved
    assert all(name.startswith("classifier") for name in moved), moved


def test_labels_that_do_not_fit_the_head(make):
    with pytest.raises(ShapeError, match=r"2 outputs.*3 classes"):
        fit(make("linear", 2), toy(classes=3), steps=1, **QUIET)
    with pytest.raises(ShapeError, match="num_classes=3"):
        fit(make("linear", 7), toy(classes=3), steps=1, **QUIET)
    data = toy(classes=3)
    with pytest.raises(ShapeError, match="labels from 0 to 2"):
        fit(make("linear", 2), (data.images, data.labels), steps=1, **QUIET)


def test_output_that_is_no_row_of_logits(make):
    with pytest.raises(ShapeError, match="logits per image"):
        fit(make("map", 3), toy(), steps=1, **QUIET)
    with pytest.raises(ShapeError, match=r"\(N, C\)"):
        predict(make("map", 3), toy(), **QUIET)
    with pytest.raises(ShapeError, match="num_classes=0"):
        cache_features(make("map", 3), toy(), **QUIET)


def test_loss_that_is_not_finite_names_the_step_and_the_rate(make):
    with pytest.raises(CourseError, match=r"at step \d+") as caught:
        fit(make("linear", 3), toy(), steps=50, lr=1e38, optimizer="sgd", **QUIET)
    assert "learning rate (1e+38)" in caught.value.fix


def test_unknown_optimizer(make):
    with pytest.raises(UnknownNameError, match="adam"):
        fit(make("linear", 3), toy(), steps=1, optimizer="adm", **QUIET)


def test_augment_that_breaks_the_batch(make):
    with pytest.raises(ShapeError, match="augment turned"):
        fit(make("linear", 3), toy(), steps=1, augment=lambda x, rng: x / 255, **QUIET)


def test_augment_that_fails_late_raises_its_own_error(make):
    calls = []

    def late(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        calls.append(1)
        if len(calls) == 6:
            raise KeyError("the sixth batch")
        return images

    with pytest.raises(KeyError, match="the sixth batch"):
        fit(make("linear", 3), toy(), steps=40, augment=late, **QUIET)


def test_augment_is_for_training_only(make):
    seen = []

    def spy(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        seen.append(len(images))
        return images

    fit(make("linear", 3), toy(20), toy(50), steps=2, batch_size=10, augment=spy, **QUIET)
    assert set(seen) == {10}


def test_loss_of_ones_own(make, half_loss):
    whole = fit(make("linear", 3), toy(), steps=3, lr=1e-6, **QUIET).last("loss")
    half = fit(make("linear", 3), toy(), steps=3, lr=1e-6, loss=half_loss, **QUIET).last("loss")
    assert half == pytest.approx(whole / 2, rel=1e-3)


def test_predict_keeps_order_and_length(make):
    model, data = make("linear", 3), toy(23)
    whole = predict(model, data, batch_size=64, **QUIET)
    parts = predict(model, data.images, batch_size=5, **QUIET)
    assert whole.shape == (23, 3)
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole, parts, atol=1e-6)
    np.testing.assert_allclose(whole.sum(1), 1, atol=1e-6)


def test_size_shows_the_model_the_pixels_that_preprocess_gives(make):
    """They differed: `fit` and `predict` stretched, `models.preprocess` cropped, with another filter."""
    from tlcourse import models

    wide = toy(4, size=12)
    wide.images = np.ascontiguousarray(wide.images[:, :9])
    wanted = models.preprocess(wide.images, size=8, framework="keras")
    seen = []

    def look(images: np.ndarray) -> np.ndarray:
        seen.append(scaled(images))
        return seen[-1][:, :6, :6]

    model = make("conv", 3)
    assert predict(model, wide, size=8, preprocess=look, progress=False).shape == (4, 3)
    np.testing.assert_array_equal(seen[-1], wanted)
    fit(model, wide, steps=1, batch_size=4, size=8, preprocess=look, progress=False)
    assert any(x.shape == wanted.shape and (np.sort(x, 0) == np.sort(wanted, 0)).all() for x in seen[1:])


def test_empty_and_misshapen_data(make):
    model = make("linear", 3)
    with pytest.raises(DataError, match="train: The data set is empty"):
        fit(model, (np.zeros((0, 6, 6, 3), np.uint8), np.zeros(0, int)), steps=1, **QUIET)
    with pytest.raises(ShapeError, match="dtype float"):
        predict(model, np.zeros((2, 6, 6, 3)), **QUIET)
    with pytest.raises(ShapeError, match="uint8"):
        cache_features(model, np.zeros((6, 6, 3), np.uint8), **QUIET)


def test_head_refuses_a_loss_that_is_not_finite(framework):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(20, 4)).astype(np.float32)
    with pytest.raises(CourseError, match="at step"):
        fit_head(features, rng.integers(0, 2, 20), 2, steps=60, lr=1e38, optimizer="sgd", framework=framework)


def test_head_learns(framework):
    rng = np.random.default_rng(0)
    features = rng.normal(size=(80, 4)).astype(np.float32)
    labels = (features[:, 0] > 0).astype(int)
    head = fit_head(features, labels, 2, steps=200, lr=0.02, framework=framework)
    assert (head.predict(features).argmax(1) == labels).mean() > 0.95
    assert head.framework == framework
    assert head.history.steps == 200
    assert head.cpu_seconds > 0


def moved_most(make, **settings) -> dict[str, float]:
    """The largest change of a number in each layer, after one step."""
    from tlcourse.models.layers import arrays

    model = make("conv", 3)
    before = {name: values.copy() for name, _, values in arrays(model)}
    fit(model, toy(), steps=1, **QUIET, **settings)
    after = {name: values for name, _, values in arrays(model)}
    return {name: float(np.abs(after[name] - before[name]).max()) for name in before}


def test_a_rate_for_each_group(make):
    # Adam's first step is the rate itself, whatever the gradient.
    moved = moved_most(make, lr={"conv_stem": 1e-4, "classifier": 1e-2})
    assert moved["conv_stem.weight"] == pytest.approx(1e-4, rel=0.05)
    assert moved["classifier.weight"] == pytest.approx(1e-2, rel=0.05)
    moved = moved_most(make, lr={"conv_stem": 1e-4, "classifier": 1e-2}, schedule=lambda step, steps: 0.5)
    assert moved["classifier.weight"] == pytest.approx(0.5e-2, rel=0.05)
    assert moved_most(make, lr=1e-2, schedule=lambda step, steps: 0.0)["classifier.weight"] == 0


def test_a_schedule_is_asked_once_a_step_with_how_many_there_are(make):
    asked: list[tuple[int, int]] = []
    fit(
        make("linear", 3),
        toy(),
        epochs=2,
        batch_size=20,
        schedule=lambda *at: asked.append(at) or 1.0,
        **QUIET,
    )
    assert asked == [(step, 6) for step in range(6)]


def test_rates_that_do_not_fit_the_model(make):
    with pytest.raises(UnknownNameError, match="conv_stam"):
        fit(make("conv", 3), toy(), steps=1, lr={"conv_stam": 1e-3, "classifier": 1e-3}, **QUIET)
    with pytest.raises(CourseError, match="no rate for conv_stem"):
        fit(make("conv", 3), toy(), steps=1, lr={"classifier": 1e-3}, **QUIET)
    with pytest.raises(CourseError, match="'classifier' is -1"):
        fit(make("conv", 3), toy(), steps=1, lr={"classifier": -1}, **QUIET)
    with pytest.raises(CourseError, match="schedule gives nan at step 0 of 1"):
        fit(make("linear", 3), toy(), steps=1, schedule=lambda step, steps: float("nan"), **QUIET)


def test_a_frozen_group_needs_no_rate(make):
    from tlcourse import freezing

    model = make("conv", 3)
    freezing.freeze(model, "conv_stem")
    before = freezing.fingerprint(model)
    fit(model, toy(), steps=2, lr={"classifier": 1e-3}, **QUIET)
    moved = freezing.changed(before, freezing.fingerprint(model))
    assert moved
    assert all(name.startswith("classifier") for name in moved)


def test_after_step_looks_at_each_step_and_disturbs_nothing(make):
    seen = []

    def look(done, model):
        seen.append((done, float(predict(model, toy(12), **QUIET).max())))

    looked, alone = make("conv", 3), make("conv", 3)
    history = fit(looked, toy(), steps=6, seed=1, after_step=look, **QUIET)
    assert [done for done, _ in seen] == [1, 2, 3, 4, 5, 6]
    assert len({value for _, value in seen}) == 6  # the model as it is after that step
    assert history.history == fit(alone, toy(), steps=6, seed=1, **QUIET).history
    np.testing.assert_array_equal(predict(looked, toy(12), **QUIET), predict(alone, toy(12), **QUIET))
