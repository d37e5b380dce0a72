"""The sweeps' trainer takes the very steps of ``training.fit``; the same checks for both frameworks."""

from __future__ import annotations

import numpy as np
import pytest
from commit import in_turn

from tlcourse import data, freezing, models, training
from tlcourse.errors import CourseError, UnknownNameError
from tlcourse.sweeps.shared import trainer

RATES = {"conv1": 1e-4, "conv2": 3e-4, "conv3": 1e-3, "classifier": 3e-3}


def digits() -> data.Dataset:
    return data.digits().resized(16).split("train").per_class(4, seed=0)


def flip(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    return images[:, :, ::-1] if rng.random() < 0.5 else images


def falling(step: int, steps: int) -> float:
    return 1 - step / steps


STAGES = {
    "plain": [{"lr": 1e-3}],
    "kept batch norm and a schedule": [{"lr": 1e-3, "keep_batch_norm": True, "schedule": falling}],
    "a rate for each group, decay, augmented": [{"lr": RATES, "weight_decay": 0.1, "augment": flip}],
    "head first, then all": [{"lr": 1e-2, "frozen": ("conv1", "conv2", "conv3")}, {"lr": 1e-3}],
}


@pytest.mark.parametrize("name", in_turn(list(STAGES), 2))
def test_it_trains_as_fit_does(framework, name):
    few = digits()
    ours = trainer.get(framework, 10, "small_cnn", 16)
    ours.start(None, seed=3)
    model = models.load("small_cnn", framework, num_classes=10, input_size=16, seed=3)
    for stage in STAGES[name]:
        stage = dict(stage)
        assert ours.train(few, steps=5, seed=2, **stage) > 0
        freezing.unfreeze(model)
        still = [*stage.pop("frozen", ())]
        if stage.pop("keep_batch_norm", False):
            still += [n for n in freezing.layer_names(model) if n.startswith("bn")]
        if still:
            freezing.freeze(model, still)
        training.fit(model, few, steps=5, seed=2, preprocess="small_cnn", progress=False, **stage)
    expected = training.predict(model, few, preprocess="small_cnn", progress=False)
    np.testing.assert_allclose(ours.predict(few), expected, atol=2e-5)
    assert ours.accuracy(few) == (expected.argmax(1) == few.labels).mean()


def test_a_cut_network_trains_as_fit_does(framework):
    few = digits()
    ours = trainer.get(framework, 10, "small_cnn", 16, cut="conv2")
    ours.start(None, seed=3)
    whole = models.load("small_cnn", framework, num_classes=0, input_size=16, seed=3)
    model = models.cut_at(whole, "conv2", num_classes=10, seed=3)
    before = training.cache_features(models.cut_head(model), few, preprocess="small_cnn", progress=False)
    np.testing.assert_allclose(ours.features(few), before, atol=1e-6)
    assert before.shape == (len(few.labels), 64)
    ours.train(few, steps=5, lr=1e-2, seed=2, keep_batch_norm=True)
    freezing.freeze(model, freezing.batch_norm_layers(model))
    training.fit(model, few, steps=5, lr=1e-2, seed=2, preprocess="small_cnn", progress=False)
    expected = training.predict(model, few, preprocess="small_cnn", progress=False)
    np.testing.assert_allclose(ours.predict(few), expected, atol=2e-5)
    assert np.abs(ours.features(few) - before).max() > 1e-3  # of the network as it is now
    ours.start(None, seed=3)
    np.testing.assert_allclose(ours.features(few), before, atol=1e-6)


def test_the_features_are_what_the_head_reads(framework):
    few = digits()
    whole = trainer.get(framework, 10, "small_cnn", 16)
    whole.start(None, seed=1)
    cut = trainer.get(framework, 10, "small_cnn", 16, cut="conv3")
    cut.start(None, seed=1)
    np.testing.assert_allclose(whole.features(few), cut.features(few), atol=1e-6)


def test_a_row_does_not_depend_on_the_one_before(framework):
    few = digits()
    ours = trainer.get(framework, 10, "small_cnn", 16)
    found = []
    for seed in (1, 2, 1):
        ours.start(None, seed=seed)
        ours.train(few, steps=4, lr=1e-2, seed=seed, schedule=falling)
        found.append(ours.predict(few))
    np.testing.assert_array_equal(found[0], found[2])
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_what_it_refuses(framework):
    with pytest.raises(UnknownNameError, match="jax"):
        trainer.get("jax", 10)
    fresh = trainer.Trainer(framework, 10, "small_cnn", 16)
    with pytest.raises(CourseError, match="no network yet"):
        fresh.train(digits(), steps=1, lr=1e-3, seed=0)
    with pytest.raises(CourseError, match="no network yet"):
        fresh.features(digits())
    fresh.start(None, seed=0)
    with pytest.raises(UnknownNameError, match="blocks"):
        fresh.train(digits(), steps=1, lr=1e-3, seed=0, frozen=("blocks.9",))
