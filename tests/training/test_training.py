"""What training decides without a framework: batches, records, progress, and which input it refuses."""

from __future__ import annotations

import dataclasses
import inspect
import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest
from training_cases import toy

from tlcourse.data.order import epoch_order
from tlcourse.errors import CourseError, ShapeError, UnknownNameError
from tlcourse.training import Head, History, fit, fit_head
from tlcourse.training.batches import Plan
from tlcourse.training.examples import examples_of
from tlcourse.training.progress import bar
from tlcourse.training.recipe import Recipe


@pytest.mark.parametrize(("n", "batch_size"), [(10, 4), (9, 4), (3, 8), (1, 4), (16, 4), (5, 1)])
def test_an_epoch_shows_every_example_once(n, batch_size):
    plan = Plan(n, batch_size, steps=None, epochs=2, seed=1)
    batches = list(plan)
    assert len(batches) == len(plan) == plan.steps
    half = len(batches) // 2
    for epoch in (batches[:half], batches[half:]):
        assert sorted(np.concatenate(epoch)) == list(range(n))
    assert n == 1 or batch_size == 1 or min(map(len, batches)) > 1


def test_steps_run_on_over_the_end_of_a_pass():
    rows = np.concatenate(list(Plan(10, 4, steps=10, epochs=None, seed=0)))
    assert len(rows) == 40
    assert np.bincount(rows).tolist() == [4] * 10
    assert rows[:10].tolist() == epoch_order(10, True, 0, 0).tolist()


def test_a_recipe_has_the_settings_of_fit_and_their_defaults():
    of_fit = {
        name: parameter.default
        for name, parameter in inspect.signature(fit).parameters.items()
        if parameter.kind is parameter.KEYWORD_ONLY
    }
    assert {field.name: field.default for field in dataclasses.fields(Recipe)} == of_fit


def test_importing_training_loads_no_framework():
    code = (
        "import sys, tlcourse.training; print({'torch', 'keras', 'tensorflow', 'pandas'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({}, "neither steps nor epochs"),
        ({"steps": 1, "epochs": 1}, "both steps and epochs"),
        ({"steps": 0}, "steps is 0"),
        ({"epochs": 1.5}, "epochs is 1.5"),
        ({"steps": 1, "batch_size": 0}, "batch_size is 0"),
        ({"steps": 1, "lr": -1.0}, "lr is -1.0"),
        ({"steps": 1, "lr": float("nan")}, "lr is nan"),
        ({"steps": 1, "weight_decay": -1.0}, "weight_decay"),
        ({"steps": 1, "patience": 2}, "no validation data"),
        ({"steps": 1, "patience": 0, "val": toy()}, "patience is 0"),
        ({"steps": 1}, "is not a model"),
    ],
)
def test_settings_that_make_no_run(settings, says):
    with pytest.raises(CourseError, match=says):
        fit("no model", toy(), settings.pop("val", None), **settings)


def test_data_that_makes_no_run():
    data = toy()
    with pytest.raises(ShapeError, match="train is a list"):
        examples_of([1, 2], "train")
    with pytest.raises(ShapeError, match="labels of shape"):
        examples_of((data.images, data.labels[:3]), "train")
    with pytest.raises(ShapeError, match="argmax"):
        examples_of((data.images, np.eye(3)[data.labels]), "train")
    with pytest.raises(ShapeError, match="val: The images have shape"):
        examples_of(SimpleNamespace(images=data.images / 255, labels=data.labels), "val")


def test_features_that_make_no_head():
    features, labels = np.ones((4, 2), np.float32), np.array([0, 1, 0, 1])
    for bad_features, bad_labels, classes, says in (
        (features[0], labels, 2, "float"),
        (features, labels[:2], 2, "4 rows of features"),
        (features, labels, 1, "num_classes is 1"),
        (features, labels + 1, 2, "labels run from 1 to 2"),
        (features * np.nan, labels, 2, "not finite"),
    ):
        with pytest.raises(ShapeError, match=says):
            fit_head(bad_features, bad_labels, classes, steps=1, framework="torch")
    with pytest.raises(UnknownNameError, match="jax"):
        fit_head(features, labels, 2, steps=1, framework="jax")


def test_history_and_head_tell_what_they_are():
    history = History({"loss": [1.0]}, steps=3, seconds=1.0, stopped_epoch=1)
    assert repr(history) == "3 steps in 1 epoch, 1.0 s: loss 1.000; stopped after epoch 1"
    assert history.frame().index.tolist() == [1]
    with pytest.raises(UnknownNameError, match="val_loss"):
        history.last("val_loss")
    assert "2 features to 3 classes, 9 parameters" in repr(
        Head(np.zeros((2, 3)), np.zeros(3), "torch", history)
    )


def test_the_bar_is_silent_where_it_would_be_noise(capfd, monkeypatch):
    for environment in ("1", "0"):
        monkeypatch.setenv("TLCOURSE_EXECUTING", environment)
        with bar(2, "counting") as b:
            b.update()
            b.set_postfix_str("half")
    assert capfd.readouterr() == ("", "")
