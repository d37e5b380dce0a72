"""Networks made smaller: zeros are where they are said to be, and channels are gone without a trace."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from tlcourse import devices, models
from tlcourse.sweeps.shared.compact import _torch as compact


@pytest.fixture(scope="module")
def lite() -> torch.nn.Module:
    devices.start("test", "torch")
    return models.load("efficientnet_lite0", num_classes=2, seed=0).eval()


@pytest.fixture(scope="module")
def images() -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (3, 64, 64, 3), np.uint8)


def test_that_share_of_the_convolutions_is_zero(lite: torch.nn.Module) -> None:
    zeroed = compact.zeroed(lite, 0.5)
    weights = torch.cat([m.weight.flatten() for m in zeroed.modules() if isinstance(m, torch.nn.Conv2d)])
    assert float((weights == 0).float().mean()) == pytest.approx(0.5, abs=1e-3)
    assert torch.equal(zeroed.classifier.weight, lite.classifier.weight)
    plain, zipped = compact.stored(lite)
    assert compact.stored(zeroed)[0] == plain
    assert compact.stored(zeroed)[1] < 0.8 * zipped


def test_channels_that_do_nothing_go_without_a_trace(lite: torch.nn.Module, images: np.ndarray) -> None:
    import copy

    wide = copy.deepcopy(lite)
    with torch.no_grad():
        for block in (b for stage in wide.blocks for b in stage):
            if hasattr(block, "conv_pwl"):
                block.conv_pwl.weight[:, : round(0.25 * block.conv_pwl.in_channels) + 1] = 0
    small = compact.narrowed(wide, 0.25)
    assert sum(p.numel() for p in small.parameters()) < sum(p.numel() for p in wide.parameters())
    np.testing.assert_allclose(compact.logits(small, images), compact.logits(wide, images), atol=1e-4)


def test_a_student_comes_nearer_to_its_teacher(images: np.ndarray) -> None:
    devices.start("test", "torch")
    student = models.load("small_cnn", num_classes=2, seed=0)
    told = np.array([[[9, -9], [-9, 9], [9, -9]]] * 2, "float32")
    compact.distilled(
        student, images[:, :32, :32], np.array([0, 1, 0]), told,
        steps=30, batch=3, rate=3e-3, temperature=2.0, weight=0.9, seed=0,
    )  # fmt: skip
    assert compact.logits(student, images[:, :32, :32]).argmax(1).tolist() == [0, 1, 0]
