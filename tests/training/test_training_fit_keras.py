"""`fit` and its kin on Keras models."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from fit_checks import (  # noqa: F401  (tests, run here)
    test_a_frozen_group_needs_no_rate,
    test_a_rate_for_each_group,
    test_a_schedule_is_asked_once_a_step_with_how_many_there_are,
    test_after_step_looks_at_each_step_and_disturbs_nothing,
    test_augment_is_for_training_only,
    test_augment_that_breaks_the_batch,
    test_augment_that_fails_late_raises_its_own_error,
    test_batchnorm_frozen_by_the_course_stays_frozen_and_predictions_match_cached_features,
    test_empty_and_misshapen_data,
    test_head_learns,
    test_head_refuses_a_loss_that_is_not_finite,
    test_labels_that_do_not_fit_the_head,
    test_learns,
    test_loss_of_ones_own,
    test_loss_that_is_not_finite_names_the_step_and_the_rate,
    test_output_that_is_no_row_of_logits,
    test_predict_keeps_order_and_length,
    test_rates_that_do_not_fit_the_model,
    test_same_seed_same_run_and_other_seed_another,
    test_size_shows_the_model_the_pixels_that_preprocess_gives,
    test_unknown_optimizer,
)
from training_cases import scaled, toy

from tlcourse.errors import CourseError, ShapeError
from tlcourse.frameworks import framework_of
from tlcourse.training import fit


@pytest.fixture
def make():
    def build(kind: str, classes: int) -> keras.Model:
        keras.utils.set_random_seed(0)
        x = inputs = keras.Input((6, 6, 3))
        if kind == "linear":
            x = keras.layers.Dense(classes)(keras.layers.Flatten()(x))
        elif kind == "map":
            x = keras.layers.Conv2D(classes, 1)(x)
        else:
            x = keras.layers.Conv2D(4, 3, padding="same", name="conv_stem")(x)
            x = keras.layers.ReLU()(keras.layers.BatchNormalization(name="bn1")(x))
            x = keras.layers.Dense(classes, name="classifier")(keras.layers.GlobalAveragePooling2D()(x))
        return keras.Model(inputs, x)

    return build


@pytest.fixture
def half_loss():
    whole = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    return lambda labels, logits: whole(labels, logits) / 2


@pytest.fixture
def framework():
    return "keras"


def test_images_of_another_size_than_the_model_was_built_for(make):
    with pytest.raises(ShapeError, match="built for images") as caught:
        fit(make("conv", 3), toy(size=8), steps=1, preprocess=scaled, progress=False)
    assert "size=6" in caught.value.fix


def test_nothing_trainable_says_so(make):
    model = make("conv", 3)
    model.trainable = False
    with pytest.raises(CourseError, match="trainable is False everywhere"):
        fit(model, toy(), steps=1, preprocess=scaled, progress=False)


def test_optimizer_object_that_was_used_on_other_variables_is_refused(make):
    model, optimizer = make("conv", 3), keras.optimizers.Adam(1e-3)
    model.get_layer("conv_stem").trainable = False
    fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    model.get_layer("conv_stem").trainable = True
    with pytest.raises(CourseError, match=r"other variables .*it does not train conv_stem/kernel"):
        fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)


def test_optimizer_object_of_another_model_is_refused(make):
    model, optimizer = make("conv", 3), keras.optimizers.SGD(0.1)
    fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    with pytest.raises(CourseError, match="other variables"):
        fit(make("conv", 3), toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    model.get_layer("conv_stem").trainable = False  # what it holds beyond what trains does no harm
    fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    features = keras.Model(model.input, model.layers[-2].output)
    other = keras.Sequential([features, keras.layers.Dense(3)])
    optimizer = keras.optimizers.SGD(0.1)
    optimizer.build([*model.trainable_variables, *other.trainable_variables])
    with pytest.raises(CourseError, match="other variables"):
        fit(features, toy(classes=4), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)


class Subclassed(keras.Model):
    """Makes its weights when it is called, and does not say what shape it gives."""

    def __init__(self, wrong=""):
        super().__init__()
        self.flat, self.body = keras.layers.Flatten(), keras.layers.Dense(8, name="body")
        self.head = [keras.layers.Dense(3, name="head")]
        self.wrong = wrong

    def call(self, x, training=False):
        if self.wrong == "raises":
            raise ValueError("what a pity")
        x = self.head[0](self.body(x if self.wrong == "map" else self.flat(x)))
        return {"logits": x} if self.wrong == "dict" else x


@pytest.mark.parametrize("lr", [0.01, {"body": 0.01, "head": 0.01}])
def test_a_subclassed_model_is_built_from_the_first_images(lr):
    keras.utils.set_random_seed(0)
    model = Subclassed()
    history = fit(model, toy(90), toy(30, seed=1), epochs=8, lr=lr, preprocess=scaled, progress=False)
    assert history.last("val_accuracy") > 0.8


def test_a_subclassed_model_keeps_what_was_frozen_before_it_had_weights():
    from tlcourse import freezing

    model = Subclassed()
    model.body.trainable = False
    fit(model, toy(), steps=1, preprocess=scaled, progress=False)
    assert freezing.trainable_names(model) == ["head.weight", "head.bias"]


@pytest.mark.parametrize(
    ("wrong", "error", "said"),
    [
        ("map", ShapeError, r"shape \(1, 6, 6, 3\)"),
        ("dict", ShapeError, "shape dict"),
        ("raises", CourseError, r"Subclassed stops with ValueError at .*\(1, 6, 6, 3\): .*what a pity"),
    ],
)
def test_a_subclassed_model_that_is_no_classifier(wrong, error, said):
    with pytest.raises(error, match=said):
        fit(Subclassed(wrong), toy(), steps=1, preprocess=scaled, progress=False)


def test_a_model_without_call():
    with pytest.raises(CourseError, match=r"does not have a `call\(\)`"):
        fit(keras.Model(), toy(), steps=1, preprocess=scaled, progress=False)


def test_a_step_is_traced_once():
    traces = []

    class Counting(keras.Model):
        def train_step(self, data):
            traces.append(1)
            return super().train_step(data)

    inputs = keras.Input((6, 6, 3))
    model = Counting(inputs, keras.layers.Dense(3)(keras.layers.Flatten()(inputs)))
    # 60 images in batches of 16 end on one of 12: another shape, but no other graph.
    fit(model, toy(), epochs=2, preprocess=scaled, progress=False)
    assert len(traces) == 1


def test_dropout_is_repeatable_within_a_process():
    runs = []
    for _ in range(2):
        keras.utils.set_random_seed(0)
        model = keras.Sequential([keras.Input((6, 6, 3)), keras.layers.Flatten(), keras.layers.Dropout(0.5)])
        model.add(keras.layers.Dense(3, kernel_initializer="zeros"))
        keras.random.uniform((3,))
        runs.append(fit(model, toy(), steps=4, seed=3, preprocess=scaled, progress=False).history)
    assert runs[0] == runs[1]


def test_model_that_was_not_built_yet():
    model = keras.Sequential([keras.layers.Flatten(), keras.layers.Dense(3)])
    assert fit(model, toy(), steps=2, preprocess=scaled, progress=False).steps == 2
    assert framework_of(model) == "keras"


def test_no_graph_is_traced_for_the_short_last_batch(make):
    from tlcourse.training import predict

    model = make("conv", 3)
    predict(model, toy(20), batch_size=8, preprocess=scaled, progress=False)
    assert model.predict_function.experimental_get_tracing_count() == 1
    assert np.isfinite(predict(model, toy(3), preprocess=scaled, progress=False)).all()
