"""Loading in Keras."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from tlcourse import devices, freezing, models
from tlcourse.errors import ShapeError, WeightsError

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "keras")


def test_the_three_kinds_of_head() -> None:
    backbone = models.load(num_classes=0)
    head = models.load(num_classes=4, dropout=0.5, seed=1, input_size=32)
    x = models.preprocess(PICTURES)
    assert x.shape == (2, 32, 32, 3)
    assert backbone(x).shape == (2, 1280)
    assert head(x).shape == (2, 4)
    assert head.input_shape == (None, 32, 32, 3)
    assert head.get_layer("dropout").rate == 0.5
    assert head.get_layer("blocks.1.0.conv_dw").strides == (2, 2)
    body = freezing.fingerprint(backbone)
    assert body == {k: v for k, v in freezing.fingerprint(head).items() if k in body}
    assert "torch" not in sys.modules, "the weights are read without PyTorch"


@pytest.mark.parametrize("suffix", ["weights.h5", "keras", "safetensors"])
def test_own_weights_come_back(tmp_path: Path, suffix: str) -> None:
    from safetensors.numpy import save_file

    from tlcourse.models.architecture import initial_weights

    model = models.load("small_cnn", num_classes=3, seed=1)
    path = tmp_path / f"mine.{suffix}"
    if suffix == "weights.h5":
        model.save_weights(path)
    elif suffix == "keras":
        model.save(path)
    else:
        save_file(initial_weights("small_cnn", 3, seed=1), path)
    again = models.load("small_cnn", weights=path, num_classes=3)
    assert freezing.fingerprint(again) == freezing.fingerprint(model)
    with pytest.raises(WeightsError, match=r"classifier.* in the file, .* in the model"):
        models.load("small_cnn", weights=path, num_classes=4)
    with pytest.raises(WeightsError, match="do not fit the model"):
        models.load("efficientnet_lite0", weights=path, num_classes=3)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(WeightsError, match="damaged"):
        models.load("small_cnn", weights=path, num_classes=3)


def test_dotted_layer_names_survive_saving(tmp_path: Path) -> None:
    model = models.load(num_classes=2, weights=None, seed=3)
    model.save_weights(tmp_path / "w.weights.h5")
    again = models.load(num_classes=2, weights=tmp_path / "w.weights.h5")
    assert freezing.fingerprint(again) == freezing.fingerprint(model)


def test_top_k_leaves_the_model_as_it_was() -> None:
    model = models.load("small_cnn", num_classes=3, seed=0)
    before = freezing.fingerprint(model)
    best = models.top_k(model, PICTURES, 2, class_names=["a", "b", "c"], size=None)
    assert best[0][0][1] >= best[0][1][1]
    assert freezing.fingerprint(model) == before
    with pytest.raises(ShapeError, match="1000 class names"):
        models.top_k(model, PICTURES)


def test_a_fresh_head_follows_the_seed_of_start() -> None:
    prints = []
    for seed in (7, 7, 8):
        devices.start("test", "keras", seed=seed)
        prints.append(freezing.fingerprint(models.load("small_cnn", num_classes=3)))
    assert prints[0] == prints[1]
    assert prints[0] != prints[2]
