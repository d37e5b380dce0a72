"""Checks of the freezing helpers that hold in both frameworks; ``small`` is a fixture of each test file."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import freezing, training
from tlcourse.errors import SettingError
from tlcourse.models.layers import arrays


def test_batch_norm_can_be_kept_while_the_rest_learns(small):
    assert freezing.batch_norm_layers(small) == ["bn1", "bn2", "bn3"]
    freezing.freeze(small, freezing.batch_norm_layers(small))
    before = freezing.fingerprint(small)
    images = np.random.default_rng(0).integers(0, 256, (16, 16, 16, 3), dtype=np.uint8)
    training.fit(small, (images, np.arange(16) % 3), steps=2, preprocess="small_cnn", progress=False)
    moved = freezing.changed(before, freezing.fingerprint(small))
    assert {name.split(".")[0] for name in moved} == {"conv1", "conv2", "conv3", "classifier"}


def test_stages_open_from_the_head_and_end_with_everything(small):
    assert freezing.unfreezing_stages(small, 2) == [["classifier"], ["conv1", "conv2", "conv3", "classifier"]]
    assert freezing.unfreezing_stages(small, 3) == [
        ["classifier"],
        ["conv3", "classifier"],
        ["conv1", "conv2", "conv3", "classifier"],
    ]
    assert [len(groups) for groups in freezing.unfreezing_stages(small, 4)] == [1, 2, 3, 4]


@pytest.mark.parametrize("stages", [0, 1, 5, 2.0, True])
def test_stages_that_cannot_be(small, stages):
    with pytest.raises(SettingError, match="4 groups"):
        freezing.unfreezing_stages(small, stages)


# -- weights that two layers share: ``tied(bias)`` makes embed -> body -> head, whose table is embed's --

TOKENS = np.random.default_rng(0).integers(1, 20, (16, 5))


def moved_by_training(model, **options):
    before = freezing.fingerprint(model)
    training.fit(model, (TOKENS, TOKENS), steps=2, progress=False, **options)
    return freezing.changed(before, freezing.fingerprint(model))


@pytest.mark.parametrize("bias", [False, True])
def test_tied_weights_are_counted_once_and_are_in_one_group(tied, bias):
    model = tied(bias)
    report = freezing.trainable_report(model)
    assert (report.trainable, report.total) == (160 + 72 + 20 * bias,) * 2
    assert report.groups[0] == ("embed", 160, 160)
    names = [name for group in freezing.layer_groups(model) for name in group.parameters]
    assert names == ["embed.weight", "body.weight", "body.bias", *["head.bias"] * bias]
    assert freezing.trainable_names(model) == names
    assert freezing.layer_names(model) == ["embed", "body", "head"]
    # A head without numbers of its own is no step on the way to the input.
    assert list(freezing.discriminative_lrs(model, 1.0, 0.5).values()) == [0.25, 0.5, 1.0][not bias :]


@pytest.mark.parametrize("bias", [False, True])
def test_tied_weights_are_frozen_with_any_of_the_layers_that_hold_them(tied, bias):
    model = tied(bias)
    own = ["head.bias"] * bias
    body = ["body.weight", "body.bias"]
    freezing.freeze_to(model, "embed")
    assert freezing.trainable_names(model) == [*body, *own]
    assert moved_by_training(model) == [*body, *own]
    freezing.unfreeze(model)
    freezing.freeze(model, "head")
    assert freezing.trainable_names(model) == body
    assert moved_by_training(model) == body
    freezing.unfreeze(model, "head")
    assert freezing.trainable_names(model) == ["embed.weight", *body, *own]
    assert moved_by_training(model) == ["embed.weight", *body, "head.weight", *own]
    freezing.freeze_to(model, "head")
    assert freezing.trainable_names(model) == []


def test_tied_weights_open_with_the_layer_that_is_named_last(tied):
    model = tied(True)
    freezing.freeze(model)
    freezing.unfreeze(model, "head")
    assert freezing.trainable_names(model) == ["embed.weight", "head.bias"]
    assert moved_by_training(model) == ["embed.weight", "head.weight", "head.bias"]
    freezing.freeze(model, "embed")
    assert moved_by_training(model) == ["head.bias"]


@pytest.mark.parametrize("bias", [False, True])
def test_tied_weights_train_at_the_rate_of_their_group(tied, bias):
    model = tied(bias)
    lrs = dict.fromkeys(freezing.discriminative_lrs(model, 0.001), 1e-09)
    before = {name: array.copy() for name, _, array in arrays(model)}
    moved_by_training(model, lr={**lrs, "embed": 0.05})
    after = {name: array for name, _, array in arrays(model)}
    assert abs(after["head.weight"] - before["head.weight"]).max() > 0.02
    assert abs(after["body.weight"] - before["body.weight"]).max() < 1e-6


def test_a_layer_in_two_places_is_one_layer_with_two_names(shared):
    """``shared``: the layer "a.dense" is also "b.dense"; "b.own" comes after."""
    assert freezing.layer_names(shared) == ["a.dense", "b.own"]
    assert freezing.trainable_report(shared).total == 42 + 14
    for name in ("a", "a.dense", "b.dense"):
        freezing.unfreeze(shared)
        freezing.freeze(shared, name)
        assert freezing.trainable_names(shared) == ["b.own.weight", "b.own.bias"], name
        freezing.freeze(shared)
        freezing.unfreeze(shared, name)
        assert freezing.trainable_names(shared) == ["a.dense.weight", "a.dense.bias"], name
    freezing.freeze_to(shared, "b.dense")
    assert freezing.trainable_names(shared) == ["b.own.weight", "b.own.bias"]
    freezing.unfreeze(shared)
    freezing.freeze(shared, "b")
    assert freezing.trainable_names(shared) == []
