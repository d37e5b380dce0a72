"""Loading in PyTorch."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from tlcourse import devices, freezing, models
from tlcourse.errors import ShapeError, WeightsError

PICTURES = np.random.default_rng(0).integers(0, 256, (2, 32, 32, 3), dtype=np.uint8)


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "torch")


def test_the_three_kinds_of_head() -> None:
    backbone = models.load(num_classes=0)
    head = models.load(num_classes=4, dropout=0.5, seed=1)
    x = models.preprocess(PICTURES)
    assert x.shape == (2, 3, 32, 32)
    assert x.dtype == torch.float32
    with torch.no_grad():
        assert backbone.eval()(x).shape == (2, 1280)
        assert head.eval()(x).shape == (2, 4)
    assert head.drop_rate == 0.5
    body = freezing.fingerprint(backbone)
    assert body == {k: v for k, v in freezing.fingerprint(head).items() if k in body}
    card = models.card("efficientnet_lite0")
    assert card.parameters == sum(t.numel() for t in backbone.parameters()) + 1280 * 1000 + 1000


def test_card_of_the_control_counts_right() -> None:
    model = models.load("small_cnn", num_classes=10)
    assert models.card("small_cnn").parameters == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_own_weights_come_back(tmp_path: Path, suffix: str) -> None:
    from safetensors.torch import save_file

    model = models.load("small_cnn", num_classes=3, seed=1)
    path = tmp_path / f"mine.{suffix}"
    torch.save(model.state_dict(), path) if suffix == "pth" else save_file(model.state_dict(), path)
    again = models.load("small_cnn", weights=path, num_classes=3)
    assert freezing.fingerprint(again) == freezing.fingerprint(model)
    backbone = models.load("small_cnn", weights=path, num_classes=0)
    assert freezing.fingerprint(backbone).items() <= freezing.fingerprint(model).items()
    with pytest.raises(
        WeightsError, match=r"classifier\.weight is \(3, 128\) in the file, \(4, 128\) in the model"
    ):
        models.load("small_cnn", weights=str(path), num_classes=4)
    path.write_bytes(path.read_bytes()[:-2000])
    with pytest.raises(WeightsError, match="damaged"):
        models.load("small_cnn", weights=path, num_classes=3)


def test_both_of_pytorchs_file_formats_are_read(tmp_path: Path) -> None:
    state = {
        "a": torch.arange(6.0).reshape(2, 3).T,
        "b": torch.tensor(3),
        "c": torch.ones(2, dtype=torch.float64),
    }
    for old in (False, True):
        torch.save({"state_dict": state}, tmp_path / "w.pt", _use_new_zipfile_serialization=not old)
        read = models.weights.read(tmp_path / "w.pt")
        for name, tensor in state.items():
            np.testing.assert_array_equal(read[name], tensor.numpy())


def test_top_k_leaves_the_model_as_it_was() -> None:
    model = models.load("small_cnn", num_classes=3, seed=0).train()
    freezing.freeze(model, "conv1")
    before = freezing.fingerprint(model)
    modes = [m.training for m in model.modules()]
    best = models.top_k(model, PICTURES, 2, class_names=["a", "b", "c"], size=None)
    assert [len(row) for row in best] == [2, 2]
    assert best[0][0][1] >= best[0][1][1]
    assert [m.training for m in model.modules()] == modes
    assert freezing.fingerprint(model) == before
    with pytest.raises(ShapeError, match="1000 class names"):
        models.top_k(model, PICTURES)
    with pytest.raises(ShapeError, match="k is 4"):
        models.top_k(model, PICTURES, 4, class_names=["a", "b", "c"])


def test_a_fresh_head_follows_the_seed_of_start() -> None:
    prints = []
    for seed in (7, 7, 8):
        devices.start("test", "torch", seed=seed)
        prints.append(freezing.fingerprint(models.load("small_cnn", num_classes=3)))
    assert prints[0] == prints[1]
    assert prints[0] != prints[2]


@pytest.mark.gpu
def test_models_and_images_go_to_the_gpu() -> None:
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA GPU")
    model = models.load("small_cnn", num_classes=3)
    assert model(models.preprocess(PICTURES)).device.type == "cuda"
