"""Networks with packed weights in PyTorch."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import packed_checks as checks
import pytest
import torch
import torchvision
import zoo_checks
from commit import in_turn
from packs_here import need
from safetensors.torch import load_file
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from torch import nn

from tlcourse import data, devices, models, training

Network = Callable[[np.ndarray], np.ndarray]


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "torch")


@pytest.mark.parametrize("name", checks.HEADED)
@pytest.mark.turns(2, "tlcourse/models", "tlcourse/packs", "tests/models")
def test_it_knows_the_cat(name: str) -> None:
    checks.it_knows_the_cat("torch", name)


@pytest.mark.parametrize("name", in_turn(checks.HEADED + checks.BASES, 2))
def test_heads(name: str) -> None:
    checks.heads("torch", name)


@pytest.mark.parametrize("name", in_turn(checks.BASES, 3))
def test_heads_and_seeds(name: str) -> None:
    zoo_checks.heads_and_seeds("torch", name)


@pytest.mark.turns(2, "tlcourse/models", "tlcourse/packs", "tests/models")
def test_without_a_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checks.without_a_pack("torch", tmp_path, monkeypatch)


def of(network: nn.Module) -> Network:
    """A function of pixels (N, H, W, 3) with what the network gives for them."""
    network.eval()

    def features(pixels: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            found = network(torch.from_numpy(np.ascontiguousarray(pixels.transpose(0, 3, 1, 2)))).numpy()
        return found.transpose(0, 2, 3, 1) if found.ndim == 4 else found

    return features


def torchvisions(name: str) -> Callable[[Path], Network]:
    def read(file: Path) -> Network:
        network = getattr(torchvision.models, name)(weights=None)
        missing, unexpected = network.load_state_dict(load_file(file), strict=False)
        assert not unexpected
        assert all(tensor.startswith("classifier.") or "num_batches" in tensor for tensor in missing)
        # DenseNet's own forward has a ReLU behind its features.
        return of(nn.Sequential(network.features, nn.ReLU()))

    return read


def timms(name: str, classes: int) -> Callable[[Path], Network]:
    def read(file: Path) -> Network:
        import timm

        network = timm.create_model(name, num_classes=classes, checkpoint_path=file)
        network.reset_classifier(0)
        return of(network)

    return read


OWN_LINES = [
    ("vgg16_base", torchvisions("vgg16")),
    ("densenet121_base", torchvisions("densenet121")),
    ("squeezenet", torchvisions("squeezenet1_1")),
    ("xception_base", timms("legacy_xception", 0)),
    ("efficientnet_lite1", timms("tf_efficientnet_lite1", 1000)),
]


@pytest.mark.parametrize(("name", "read"), OWN_LINES, ids=lambda case: case if isinstance(case, str) else "")
@pytest.mark.turns(2, "tlcourse/models", "tlcourse/packs", "tests/models")
def test_the_librarys_own_lines(name: str, read: Callable[[Path], Network]) -> None:
    checks.the_librarys_own_lines_give_the_same_features("torch", name, read)


@pytest.mark.turns(2, "tlcourse/models", "tlcourse/packs", "tests/models")
def test_squeezenets_published_head_is_torchvisions() -> None:
    theirs = torchvision.models.squeezenet1_1()
    theirs.load_state_dict(load_file(models.checkpoint("squeezenet")))
    batch = checks.photos(227)
    x = models.preprocess(batch, "squeezenet")
    with torch.inference_mode():
        torch.testing.assert_close(models.load("squeezenet").eval()(x).cpu(), theirs.eval()(x.cpu()))


@pytest.mark.slow
@pytest.mark.parametrize("name", in_turn(checks.BASES, 3))
def test_a_base_knows_photographs(name: str) -> None:
    """No head, no top-1: a linear probe on its features, against the same network with random weights."""
    need(name)
    photos = data.photos(96)
    scores = {}
    for weights in ("imagenet", None):
        backbone = models.load(name, weights=weights, num_classes=0, seed=0)
        features = training.cache_features(backbone, photos, progress=False)
        probe = LogisticRegression(C=1.0, max_iter=2000)
        centred = (features - features.mean(0)) / (features.std(0) + 1e-6)
        scores[weights] = cross_val_score(probe, centred, photos.labels, cv=4).mean()
    assert scores["imagenet"] > 0.75, scores
    assert scores["imagenet"] > scores[None] + 0.15, scores
