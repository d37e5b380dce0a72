"""Frozen means frozen in Keras: weights and BatchNorm statistics, in fit, loops and models in models."""

from __future__ import annotations

import warnings
from typing import Any

import keras
import numpy as np
import pytest
from freezing_checks import (  # noqa: F401  (tests, run here)
    test_a_layer_in_two_places_is_one_layer_with_two_names,
    test_batch_norm_can_be_kept_while_the_rest_learns,
    test_stages_open_from_the_head_and_end_with_everything,
    test_stages_that_cannot_be,
    test_tied_weights_are_counted_once_and_are_in_one_group,
    test_tied_weights_are_frozen_with_any_of_the_layers_that_hold_them,
    test_tied_weights_open_with_the_layer_that_is_named_last,
    test_tied_weights_train_at_the_rate_of_their_group,
)

from tlcourse import devices, freezing, models
from tlcourse.errors import CourseError, UnknownNameError


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "keras")


@pytest.fixture
def small() -> Any:
    return models.load("small_cnn", num_classes=3, seed=0)


def compiled(model: Any) -> Any:
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss=loss)
    return model


def train(model: Any, steps: int = 5, size: int = 32) -> None:
    rng = np.random.default_rng(0)
    x = (3 + rng.standard_normal((8 * steps, size, size, 3))).astype(np.float32)
    model.fit(x, np.arange(8 * steps) % 3, batch_size=8, epochs=1, shuffle=False, verbose=0)


def test_a_frozen_backbone_is_bit_for_bit_unmoved_by_fit() -> None:
    model = models.load(num_classes=5, seed=0)
    freezing.freeze(model)
    freezing.unfreeze(model, "classifier")
    before = freezing.fingerprint(model)
    train(compiled(model), size=64)
    assert freezing.changed(before, freezing.fingerprint(model)) == ["classifier.weight", "classifier.bias"]
    moved_by_a_custom_loop = model(np.full((4, 64, 64, 3), 9, np.float32), training=True)
    assert moved_by_a_custom_loop.shape == (4, 5)
    assert not [n for n in freezing.changed(before, freezing.fingerprint(model)) if "running" in n]


def test_freezing_variables_alone_lets_batchnorm_statistics_move(small: Any) -> None:
    """What `requires_grad = False` does in PyTorch; this shows that the test above can fail."""
    for layer in small.layers:
        for variable in layer.trainable_variables if layer.name != "classifier" else []:
            variable.trainable = False
    before = freezing.fingerprint(small)
    train(compiled(small))
    moved = freezing.changed(before, freezing.fingerprint(small))
    assert {"bn1.running_mean", "bn2.running_var"} <= set(moved)
    assert "conv1.weight" not in moved


class Out(keras.layers.Layer):
    """A last layer whose table is an embedding's."""

    def __init__(self, table: Any, bias: bool, inside: bool) -> None:
        super().__init__(name="head")
        self.has_bias = bias
        # Keras tracks a layer's variables, and the layers in it.
        self.held = table if inside else table.embeddings

    def build(self, shape: Any) -> None:
        if self.has_bias:
            self.bias = self.add_weight(shape=(20,), initializer="zeros", name="bias")

    def call(self, x: Any) -> Any:
        table = getattr(self.held, "embeddings", self.held)
        x = keras.ops.matmul(x, keras.ops.transpose(table))
        return x + self.bias if self.has_bias else x


@pytest.fixture(params=[False, True], ids=["a variable", "a layer inside"])
def tied(request: pytest.FixtureRequest) -> Any:
    def make(bias: bool) -> Any:
        embed, inputs = keras.layers.Embedding(20, 8, name="embed"), keras.Input((5,), dtype="int32")
        x = keras.layers.Dense(8, activation="tanh", name="body")(embed(inputs))
        return keras.Model(inputs, Out(embed, bias, request.param)(x))

    return make


@pytest.fixture
def shared() -> Any:
    dense = keras.layers.Dense(6, name="dense")
    a = keras.Sequential([keras.Input((6,)), dense], name="a")
    b = keras.Sequential([keras.Input((6,)), dense, keras.layers.Dense(2, name="own")], name="b")
    inputs = keras.Input((6,))
    return keras.Model(inputs, b(a(inputs)))


def test_a_model_that_is_built_in_part_is_not_described_in_part() -> None:
    """The layers without weights were left out in silence, and stayed open when all was frozen."""

    class Sub(keras.Model):
        def __init__(self) -> None:
            super().__init__()
            self.body = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3, name="in")], name="body")
            self.drop = keras.layers.Dropout(0.1)
            self.head = keras.layers.Dense(2, name="head")

        def call(self, x: Any) -> Any:
            return self.head(self.drop(self.body(x)))

    model = Sub()
    for asks in (freezing.layer_names, freezing.freeze, freezing.trainable_report, freezing.fingerprint):
        with pytest.raises(CourseError, match="no weights yet: head") as caught:
            asks(model)
        assert "one batch" in caught.value.fix
    model(np.zeros((1, 4), np.float32))
    assert freezing.layer_names(model) == ["body.in", "head"]
    with pytest.raises(CourseError, match="The Dense has no weights yet"):
        freezing.layer_names(keras.layers.Dense(3))


def test_unfreezing_lets_statistics_move_again(small: Any) -> None:
    freezing.freeze(small)
    freezing.unfreeze(small)
    before = freezing.fingerprint(small)
    train(compiled(small))
    assert set(freezing.changed(before, freezing.fingerprint(small))) == set(before)


def test_a_compiled_model_frozen_later_is_frozen_and_told(small: Any) -> None:
    compiled(small)
    train(small, 1)
    freezing.freeze(small, ["conv1", "conv2"])
    with pytest.raises(CourseError, match=r"compile\(\.\.\.\) again"):
        freezing.check_optimizer(small)
    before = freezing.fingerprint(small)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns too
        train(small)
    moved = {name.split(".")[0] for name in freezing.changed(before, freezing.fingerprint(small))}
    assert moved == {"conv3", "bn3", "classifier"}


def test_an_optimizer_compiled_too_early_is_told(small: Any) -> None:
    with pytest.raises(CourseError, match="not been compiled"):
        freezing.check_optimizer(small)
    freezing.freeze_to(small, "conv3")
    train(compiled(small), 1)
    freezing.check_optimizer(small)
    freezing.unfreeze(small, "conv3")
    with pytest.raises(CourseError, match=r"does not train conv3\.weight, bn3\.weight"):
        freezing.check_optimizer(small)
    compiled(small)
    freezing.check_optimizer(small)


def test_a_frozen_container_is_opened_layer_by_layer(small: Any) -> None:
    small.trainable = False  # Keras's own way: hides every layer's flag
    assert freezing.trainable_names(small) == []
    freezing.unfreeze(small, "classifier")
    assert freezing.trainable_names(small) == ["classifier.weight", "classifier.bias"]
    assert len(small.trainable_variables) == 2


def test_a_backbone_inside_a_model_keeps_its_groups() -> None:
    backbone = models.load("small_cnn", num_classes=0)
    inputs = keras.Input((32, 32, 3))
    model = keras.Model(inputs, keras.layers.Dense(3, name="head")(backbone(inputs)))
    assert [g.name for g in freezing.layer_groups(model)] == [
        "small_cnn.conv1",
        "small_cnn.conv2",
        "small_cnn.conv3",
        "head",
    ]
    backbone.trainable = False
    assert freezing.trainable_names(model) == ["head.weight", "head.bias"]
    freezing.unfreeze(model, "small_cnn.conv3")
    assert freezing.trainable_names(model) == [
        "small_cnn.conv3.weight",
        "small_cnn.bn3.weight",
        "small_cnn.bn3.bias",
        "head.weight",
        "head.bias",
    ]
    freezing.freeze(model, "small_cnn")
    before = freezing.fingerprint(model)
    train(compiled(model))
    assert freezing.changed(before, freezing.fingerprint(model)) == ["head.weight", "head.bias"]


def test_errors_name_the_layer_and_change_nothing(small: Any) -> None:
    before = freezing.trainable_names(small)
    with pytest.raises(UnknownNameError, match="Did you mean 'classifier'"):
        freezing.freeze(small, ["conv1", "classifer"])
    assert freezing.trainable_names(small) == before
    with pytest.raises(CourseError, match="no weights yet"):
        freezing.freeze(keras.Sequential([keras.layers.Dense(3)]))
    with pytest.raises(CourseError, match="no parameter groups"):
        freezing.param_groups(small, 1e-3)


def test_the_report_counts(small: Any) -> None:
    freezing.freeze_to(small, "conv3")
    report = freezing.trainable_report(small)
    assert (report.trainable, report.total) == (128 * 3 + 3, 93_472 + 128 * 3 + 3)


def test_a_frozen_model_saved_and_loaded_is_frozen(small: Any, tmp_path: Any) -> None:
    freezing.freeze(small, ["conv1", "conv2"])
    small.save(tmp_path / "m.keras")
    again = keras.saving.load_model(tmp_path / "m.keras")
    assert freezing.trainable_names(again) == freezing.trainable_names(small)
    assert freezing.fingerprint(again) == freezing.fingerprint(small)
