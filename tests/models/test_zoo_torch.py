"""The architectures of torchvision and timm."""

from __future__ import annotations

import dataclasses
import importlib
from pathlib import Path

import numpy as np
import pytest
import timm
import torch
import torchvision
import zoo_checks as checks
from commit import in_turn
from published_checks import use_cache

from tlcourse import devices, freezing, models
from tlcourse.errors import WeightsError
from tlcourse.models import costs
from tlcourse.models.cards._pretrained import WeightFile

ENUMS = {
    "vgg16": "VGG16_Weights",
    "vgg19": "VGG19_Weights",
    "inception_v3": "Inception_V3_Weights",
    "resnet50": "ResNet50_Weights",
    "resnet152": "ResNet152_Weights",
    "efficientnet_b0": "EfficientNet_B0_Weights",
}


QUICK = (
    "efficientnet_b0",
    "resnet50",
)


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "torch")


@pytest.mark.parametrize("name", checks.NAMES)
def test_cards_and_costs_are_true(name: str) -> None:
    with torch.device("meta"):  # shapes without numbers
        model = models.card(name).of("torch").construct().eval()
    assert costs.parameters(model) == models.card(name).of("torch").parameters
    found = costs.multiply_adds(model, models.card(name).input_size) / 1e9
    assert found == pytest.approx(checks.GMACS.get(name, found), rel=0.02)


@pytest.mark.parametrize("name", ENUMS)
def test_cards_say_what_torchvision_says(name: str) -> None:
    entry = models.card(name).of("torch")
    weights = getattr(torchvision.models, ENUMS[name]).IMAGENET1K_V1
    assert entry.file is not None
    assert entry.file.url == weights.url
    assert entry.file.size == pytest.approx(weights.meta["_file_size"] * 2**20, rel=1e-3)
    assert entry.top1 == weights.meta["_metrics"]["ImageNet-1K"]["acc@1"]
    assert models.card(name).input_size == weights.transforms().crop_size[0]
    # The numbers of its transform, without its resizing.
    batch = checks.images(name, 2, 80)
    transform = weights.transforms()
    x = torch.from_numpy(batch.transpose(0, 3, 1, 2).copy()).float() / 255
    wanted = torchvision.transforms.functional.normalize(x, transform.mean, transform.std)
    torch.testing.assert_close(models.preprocess(batch, name).cpu(), wanted, rtol=1e-5, atol=2e-6)


def test_xceptions_card_says_what_timm_says() -> None:
    entry, config = models.card("xception").of("torch"), timm.get_pretrained_cfg("legacy_xception")
    assert entry.file is not None
    assert entry.file.url == config.url
    assert entry.licence.lower().startswith(config.license)
    assert config.input_size == (3, 299, 299)
    batch = checks.images("xception", 2)
    x = torch.from_numpy(batch.transpose(0, 3, 1, 2).copy()).float() / 255
    wanted = torchvision.transforms.functional.normalize(x, config.mean, config.std)
    torch.testing.assert_close(models.preprocess(batch, "xception").cpu(), wanted, rtol=1e-5, atol=2e-6)


def test_too_small_images_are_refused() -> None:
    checks.too_small_images_are_refused("torch")


@pytest.mark.parametrize("name", QUICK)
def test_heads_and_seeds(name: str) -> None:
    state = torch.random.get_rng_state()
    checks.heads_and_seeds("torch", name)
    assert torch.equal(torch.random.get_rng_state(), state), "the global generator is left alone"


@pytest.mark.slow
@pytest.mark.parametrize("name", checks.larger(QUICK))
def test_heads_and_seeds_of_the_larger_ones(name: str) -> None:
    checks.heads_and_seeds("torch", name)


def test_freezing_and_training() -> None:
    checks.freezing_and_training("torch", "efficientnet_b0", "features.6")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "block"), in_turn([("inception_v3", "Mixed_7b"), ("xception", "block12")], 2)
)
def test_freezing_and_training_of_the_larger_ones(name: str, block: str) -> None:
    checks.freezing_and_training("torch", name, block)


@pytest.mark.parametrize("suffix", ["pth", "safetensors"])
def test_own_file_comes_back(tmp_path: Path, suffix: str) -> None:
    from safetensors.torch import save_file

    def save(model: torch.nn.Module, path: Path) -> None:
        torch.save(model.state_dict(), path) if suffix == "pth" else save_file(model.state_dict(), path)

    checks.own_file_comes_back("torch", tmp_path / f"mine.{suffix}", save)


def test_wrong_files(tmp_path: Path) -> None:
    checks.wrong_files("torch", tmp_path)


def publish(
    name: str, model: torch.nn.Module, folder: Path, monkeypatch: pytest.MonkeyPatch, older: bool = False
) -> Path:
    """Put a file of these weights into the cache, and its hash into the card."""
    cache = use_cache("torch", folder, monkeypatch)
    cache.mkdir(parents=True)
    made = cache / "made.pth"
    torch.save(model.state_dict(), made, _use_new_zipfile_serialization=not older)
    digest = checks.hash_of(made, "sha256")
    path = made.rename(cache / f"made-{digest}.pth")
    file = WeightFile(f"https://weights.invalid/{path.name}", path.stat().st_size, digest, "sha256")
    entry = models.card(name)
    other = tuple(dataclasses.replace(e, file=file, body_file=None) for e in entry.pretrained)
    cards = importlib.import_module("tlcourse.models.cards")  # models.cards is the function
    monkeypatch.setitem(cards._read, name, dataclasses.replace(entry, pretrained=other))
    return path


@pytest.mark.parametrize("older", [False, True])
def test_published_weights_from_the_cache(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, older: bool
) -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.efficientnet_b0(weights=None).eval()
    path = publish("efficientnet_b0", theirs, tmp_path, monkeypatch, older)
    whole = models.load("efficientnet_b0")
    batch = checks.images("efficientnet_b0")
    x = models.preprocess(batch, "efficientnet_b0")
    with torch.inference_mode():
        torch.testing.assert_close(whole.eval()(x), theirs(x))
        features = models.load("efficientnet_b0", num_classes=0).eval()(x)
        torch.testing.assert_close(features, theirs.avgpool(theirs.features(x)).flatten(1))
    headed = models.load("efficientnet_b0", num_classes=5, seed=1)
    by_path = models.load("efficientnet_b0", num_classes=5, seed=1, weights=path)
    assert freezing.fingerprint(headed) == freezing.fingerprint(by_path)
    assert all(p.requires_grad and not p.is_meta for p in headed.parameters())
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(WeightsError, match=r"damaged(?s:.*)Delete it"):
        models.load("efficientnet_b0")
    path.unlink()
    with pytest.raises(WeightsError, match=r"not on this machine(?s:.*)weights=path"):
        models.load("efficientnet_b0")


@pytest.mark.slow
def test_inception_drops_its_auxiliary_classifier(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    torch.manual_seed(0)
    theirs = torchvision.models.inception_v3(weights=None, init_weights=True, transform_input=True).eval()
    publish("inception_v3", theirs, tmp_path, monkeypatch)
    mine = models.load("inception_v3").eval()
    assert not [name for name in mine.state_dict() if name.startswith("AuxLogits")]
    x = models.preprocess(checks.images("inception_v3", 2), "inception_v3")
    with torch.inference_mode():
        torch.testing.assert_close(mine(x), theirs(x))
    assert isinstance(mine.train()(x), torch.Tensor), "no pair of outputs in training"


def test_costs_of_a_model() -> None:
    model = models.load("efficientnet_b0", weights=None, num_classes=3).train()
    modes = [m.training for m in model.modules()]
    count = sum(p.numel() for p in model.parameters())
    assert costs.parameters(model) == count == sum(costs.parameters_by_block(model).values())
    assert list(costs.parameters_by_block(model))[-1] == "classifier"
    assert 4 * count < costs.file_bytes(model) < 4.2 * count
    assert costs.multiply_adds(model, 64) < costs.multiply_adds(model, 96)
    assert costs.latency(model, 32, repeats=2) > 0
    assert [m.training for m in model.modules()] == modes
    conv = torch.nn.Sequential(
        torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.Flatten(), torch.nn.Linear(800, 2)
    )
    assert costs.multiply_adds(conv, 10) == 100 * 27 * 8 + 800 * 2
    assert np.isclose(costs.parameters(conv), 8 * 27 + 8 + 1602)


def test_a_backbone_whose_pooling_is_no_module_drops_before_its_head(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = models.card("vgg16")
    known = dataclasses.replace(
        entry.of("torch"),
        constructor="torchvision.models:mobilenet_v2",
        settings={"weights": None},
        dropout="head",
    )
    cards = importlib.import_module("tlcourse.models.cards")  # models.cards is the function
    other = dataclasses.replace(entry, name="mobilenet", features=1280, pretrained=(known,))
    monkeypatch.setitem(cards._read, "mobilenet", other)
    plain, dropping = (
        models.load("mobilenet", weights=None, num_classes=3, dropout=rate, seed=0).eval()
        for rate in (0.0, 0.5)
    )
    assert list(plain.state_dict()) == list(dropping.state_dict())
    x = models.preprocess(checks.images("vgg16"), "mobilenet")
    torch.testing.assert_close(plain(x), dropping(x), rtol=0, atol=0)
    pooled = torch.ones(400, 1280)
    torch.testing.assert_close(plain.classifier(pooled), dropping.classifier(pooled), rtol=0, atol=0)
    rows = dropping.classifier.train()(pooled)
    assert len(rows.unique(dim=0)) > 300
    assert torch.allclose(rows.mean(0), plain.classifier(pooled)[0], atol=0.1), (
        "scaled up again by the share kept"
    )
