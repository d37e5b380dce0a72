"""Keras traces a training step once for a model, and again when what the trace holds has changed."""

from __future__ import annotations

import keras
import numpy as np
import pytest
from commit import in_turn
from training_cases import scaled, toy

from tlcourse import freezing, heads
from tlcourse.training import fit, predict

QUIET = {"preprocess": scaled, "progress": False}


class Counting(keras.Model):
    """Notes when its training step is traced, which runs this Python."""

    def train_step(self, data):
        self.traces.append(1)
        return super().train_step(data)


@pytest.fixture
def model():
    return build()


def build(rate: float = 0.5) -> keras.Model:
    keras.utils.set_random_seed(0)
    x = inputs = keras.Input((None, None, 3))
    x = keras.layers.Conv2D(4, 3, name="conv_stem")(x)
    x = keras.layers.BatchNormalization(name="bn1")(x)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.ReLU()(x))
    x = keras.layers.Dropout(rate, name="drop")(x)
    made = Counting(inputs, keras.layers.Dense(3, name="classifier")(x))
    # In a tuple, which Keras does not wrap.
    object.__setattr__(made, "traces", [])
    return made


def test_a_second_fit_traces_nothing_and_gives_what_a_newly_compiled_one_gives(model):
    start = model.get_weights()
    settings = {"epochs": 4, "lr": 0.01, "patience": 2, "seed": 1, "weight_decay": 0.1, **QUIET}
    first = fit(model, toy(), toy(20, seed=1), **settings)
    told = predict(model, toy(), **QUIET)
    traces = len(model.traces)
    model.set_weights(start)
    second = fit(model, toy(), toy(20, seed=1), **settings)
    assert len(model.traces) == traces == 1
    assert second.history == first.history
    np.testing.assert_array_equal(predict(model, toy(), **QUIET), told)


def test_the_rate_the_schedule_and_the_batch_are_no_reason_to_trace(model):
    other = build()
    for one, anew in ((model, False), (other, True)):
        for settings in (
            {"steps": 3, "lr": 1e-3},
            {"steps": 5, "lr": 0.02, "schedule": lambda step, steps: 1 - step / steps},
            {"epochs": 2, "lr": 0.01, "batch_size": 7, "seed": 4},
            {"steps": 2, "augment": lambda images, rng: images[:, ::-1]},
        ):
            if anew:
                one.train_function = None  # as ``compile`` leaves it
            fit(one, toy(), **settings, **QUIET)
    assert len(model.traces) == 1
    assert len(other.traces) == 4
    for a, b in zip(model.get_weights(), other.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


CHANGES = {
    "what trains": lambda model: freezing.freeze(model, "conv_stem"),
    "batch norm": lambda model: freezing.freeze(model, "bn1"),
    "a layer's setting": lambda model: setattr(model.get_layer("drop"), "rate", 0.1),
    "a layer's function": lambda model: setattr(
        model.get_layer("classifier"), "activation", keras.activations.tanh
    ),
    "compiled by somebody else": lambda model: model.compile("sgd", "mse"),
    "compiled again with its optimizer": lambda model: model.compile(
        getattr(model, "optimizer", "sgd"), "mse"
    ),
}


@pytest.mark.parametrize("change", in_turn(list(CHANGES), 2))
def test_what_changes_the_model_is_traced_anew(model, change):
    """The numbers are those of a model that was never fitted before."""
    start = model.get_weights()
    fit(model, toy(), steps=2, **QUIET)
    CHANGES[change](model)
    model.set_weights(start)
    seen = fit(model, toy(), steps=3, lr=0.01, **QUIET)
    assert len(model.traces) == 2
    fresh = build()
    CHANGES[change](fresh)
    fresh.set_weights(start)
    assert seen.history == fit(fresh, toy(), steps=3, lr=0.01, **QUIET).history
    for a, b in zip(model.get_weights(), fresh.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize(
    "settings",
    in_turn(
        [
            {"optimizer": "sgd"},
            {"weight_decay": 0.5},
            {"lr": {"conv_stem": 1e-3, "classifier": 0.01}},
            {"loss": keras.losses.SparseCategoricalCrossentropy(from_logits=False)},
        ],
        2,
    ),
)
def test_what_changes_the_step_is_traced_anew(model, settings):
    start = model.get_weights()
    fit(model, toy(), steps=2, lr=0.01, **QUIET)
    model.set_weights(start)
    seen = fit(model, toy(), steps=3, **{"lr": 0.01, **settings}, **QUIET)
    again = fit(model, toy(), steps=3, **{"lr": 0.01, **settings}, **QUIET)
    assert len(model.traces) == 2
    assert again.steps == 3
    assert seen.history == fit(build(), toy(), steps=3, **{"lr": 0.01, **settings}, **QUIET).history


def test_images_of_another_size_are_traced_anew(model):
    fit(model, toy(), steps=2, **QUIET)
    fit(model, toy(size=8), steps=2, **QUIET)
    assert len(model.traces) == 2


def test_rates_in_the_same_proportion_need_no_new_trace(model):
    for rate in (0.01, 0.03):
        fit(model, toy(), steps=2, lr={"conv_stem": rate / 10, "classifier": rate}, **QUIET)
    assert len(model.traces) == 1


def test_a_loss_of_ones_own_is_read_anew_each_time(model):
    factor = 1.0

    def loss(labels, logits):
        return factor * keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)

    start = model.get_weights()
    whole = fit(model, toy(), steps=1, loss=loss, **QUIET).last("loss")
    factor = 0.5
    model.set_weights(start)
    assert fit(model, toy(), steps=1, loss=loss, **QUIET).last("loss") == pytest.approx(whole / 2)


def test_an_optimizer_object_goes_on_and_its_constants_count(model):
    optimizer = keras.optimizers.SGD(0.01, momentum=0.9)
    for _ in range(2):
        fit(model, toy(), steps=3, optimizer=optimizer, **QUIET)
    assert int(optimizer.iterations) == 6
    assert len(model.traces) == 1
    optimizer.momentum = 0.0
    fit(model, toy(), steps=3, optimizer=optimizer, **QUIET)
    assert len(model.traces) == 2


def test_what_is_noted_on_the_model_is_neither_saved_nor_copied(model, tmp_path):
    plain = keras.Model(model.input, model.output)
    fit(plain, toy(), steps=2, **QUIET)
    plain.save(tmp_path / "model.keras")
    loaded = keras.saving.load_model(tmp_path / "model.keras")
    np.testing.assert_allclose(predict(loaded, toy(), **QUIET), predict(plain, toy(), **QUIET), atol=1e-6)
    clone = keras.models.clone_model(plain)
    clone.set_weights(plain.get_weights())
    fit(clone, toy(), steps=2, **QUIET)
    assert plain.optimizer is not clone.optimizer


def test_a_head_is_traced_once_for_all_its_fits():
    rng = np.random.default_rng(0)
    x, y = rng.normal(size=(40, 5)).astype(np.float32), np.arange(40) % 3
    head = heads.build(5, 3, hidden=(4,), framework="keras")
    start = head.get_weights()
    outputs, traced = [], []
    for _ in range(2):
        head.set_weights(start)
        heads.fit(head, x, y, "one-of", steps=5, lr=0.01)
        outputs.append(heads.outputs(head, x))
        traced.append(head.train_function)
    np.testing.assert_array_equal(*outputs)
    assert traced[0] is traced[1]
