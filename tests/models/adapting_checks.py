"""Networks cut at a block, heads cut and channels added up, in either framework."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import freezing, models, training
from tlcourse.errors import CourseError, SettingError, UnknownNameError


def features_of(model, images: np.ndarray) -> np.ndarray:
    """Images (N, H, W, C) float32 through a model, in inference mode."""
    if hasattr(model, "input_shape"):  # Keras
        return np.asarray(model(images, training=False))
    import torch

    model.eval()
    with torch.inference_mode():
        return model(torch.from_numpy(images.transpose(0, 3, 1, 2).copy())).numpy()


def images(channels: int = 3) -> np.ndarray:
    rng = np.random.default_rng(0)
    return rng.normal(0, 1, (3, 64, 64, channels)).astype(np.float32)


def the_head_is_cut(framework: str) -> None:
    x = images()
    for name in ("efficientnet_lite0", "small_cnn"):
        whole = models.load(name, framework, num_classes=7, input_size=64, seed=0)
        logits = features_of(whole, x)
        cut = models.cut_head(whole)
        backbone = models.load(name, framework, num_classes=0, input_size=64, seed=0)
        np.testing.assert_allclose(features_of(cut, x), features_of(backbone, x), atol=2e-4)
        np.testing.assert_array_equal(features_of(whole, x), logits)  # the old one is as it was
        with pytest.raises(CourseError, match="not in a dense layer"):
            models.cut_head(backbone)


def grey_gives_what_repeated_grey_gives(framework: str) -> None:
    whole = models.load("efficientnet_lite0", framework, num_classes=0, input_size=64)
    grey = images(1)
    repeated = features_of(whole, np.repeat(grey, 3, axis=-1))
    adapted = models.one_channel(whole)
    np.testing.assert_allclose(features_of(adapted, grey), repeated, atol=2e-4)
    assert features_of(whole, images()).shape == repeated.shape  # the old one still takes colours
    with pytest.raises(CourseError, match="three channels"):
        models.one_channel(adapted)


WIDTHS = {
    "efficientnet_lite0": {
        "conv_stem": 32,
        "blocks.0": 16,
        "blocks.2": 40,
        "blocks.6": 320,
        "conv_head": 1280,
    },
    "small_cnn": {"conv1": 32, "conv2": 64, "conv3": 128},
}


def a_network_is_cut_at_each_depth(framework: str) -> None:
    x = images()
    for name, widths in WIDTHS.items():
        whole = models.load(name, framework, num_classes=7, input_size=64, seed=0)
        logits, before = features_of(whole, x), freezing.fingerprint(whole)
        groups = [group.name for group in freezing.layer_groups(whole)]
        for block, width in widths.items():
            cut = models.cut_at(whole, block)
            features = features_of(cut, x)
            assert features.shape == (3, width)
            assert features.std() > 0.01
            kept = [group.name for group in freezing.layer_groups(cut)]
            assert kept == groups[: groups.index(block) + 1]
            assert freezing.fingerprint(cut).items() < before.items()
        np.testing.assert_array_equal(features_of(whole, x), logits)  # the old one is as it was
        # The last cut but the head is the network without its head, and the last of all is the network.
        np.testing.assert_allclose(features, features_of(models.cut_head(whole), x), atol=1e-5)
        np.testing.assert_allclose(features_of(models.cut_at(whole, "classifier"), x), logits, atol=1e-5)
        backbone = models.load(name, framework, num_classes=0, input_size=64, seed=0)
        np.testing.assert_allclose(features_of(models.cut_at(backbone, block), x), features, atol=1e-5)


def a_fresh_head_is_drawn_by_its_seed(framework: str) -> None:
    x = images()
    whole = models.load("efficientnet_lite0", framework, num_classes=0, input_size=64)
    features = features_of(models.cut_at(whole, "blocks.2"), x)
    cut = models.cut_at(whole, "blocks.2", num_classes=5, seed=3)
    weights = dict(_arrays(cut))
    head = weights["classifier.weight"]
    assert head.shape == (5, 40)
    assert 0.9 < abs(head).max() * np.sqrt(40) <= 1
    assert not weights["classifier.bias"].any()
    np.testing.assert_allclose(features_of(cut, x), features @ head.T, atol=1e-4)
    np.testing.assert_allclose(features_of(models.cut_head(cut), x), features, atol=1e-5)
    again = freezing.fingerprint(models.cut_at(whole, "blocks.2", num_classes=5, seed=3))
    assert freezing.changed(freezing.fingerprint(cut), again) == []
    other = freezing.fingerprint(models.cut_at(whole, "blocks.2", num_classes=5, seed=4))
    assert freezing.changed(again, other) == ["classifier.weight"]
    first, second = (freezing.fingerprint(models.cut_at(whole, "blocks.2", num_classes=5)) for _ in range(2))
    assert freezing.changed(first, second) == ["classifier.weight"]  # without a seed: numpy's generator


def _arrays(model):
    from tlcourse.models.layers import arrays

    return ((name, array) for name, _, array in arrays(model))


def a_cut_network_is_frozen_trained_and_asked(framework: str) -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(24) % 3
    images = (60 * labels[:, None, None, None] + rng.integers(0, 100, (24, 32, 32, 3))).astype(np.uint8)
    whole = models.load("efficientnet_lite0", framework, num_classes=0, input_size=32)
    cut = models.cut_at(whole, "blocks.1", num_classes=3, seed=0)
    norms = freezing.batch_norm_layers(cut)
    assert norms[0] == "bn1"
    assert norms[-1].startswith("blocks.1.")
    freezing.freeze(cut, norms)
    freezing.freeze(cut, "conv_stem")
    before = freezing.fingerprint(cut)
    history = training.fit(cut, (images, labels), epochs=8, lr=3e-3, seed=0, progress=False)
    assert history.history["loss"][-1] < 0.7 * history.history["loss"][0]
    moved = freezing.changed(before, freezing.fingerprint(cut))
    still = {name for name in before if name.rpartition(".")[0] in {*norms, "conv_stem"}}
    assert set(moved) == set(before) - still
    found = training.predict(cut, images, progress=False)
    assert found.shape == (24, 3)
    assert (found.argmax(1) == labels).mean() > 0.5


def what_cannot_be_cut(framework: str) -> None:
    small = models.load("small_cnn", framework, num_classes=4, input_size=32, seed=0)
    with pytest.raises(UnknownNameError, match="Did you mean 'conv2'"):
        models.cut_at(small, "conv_2")
    for classes in (-1, 2.0, True):
        with pytest.raises(SettingError, match="num_classes"):
            models.cut_at(small, "conv2", num_classes=classes)
    with pytest.raises(CourseError, match="already"):
        models.cut_at(small, "classifier", num_classes=3)
