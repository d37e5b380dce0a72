"""Networks fitted to another input and output."""

from __future__ import annotations

import copy
import pickle

import adapting_checks as checks
import numpy as np
import pytest
import timm
import torch
from torch import nn

from tlcourse import freezing, models
from tlcourse.errors import CourseError


def test_the_head_is_cut():
    checks.the_head_is_cut("torch")


def test_grey_gives_what_repeated_grey_gives():
    checks.grey_gives_what_repeated_grey_gives("torch")


def test_a_network_is_cut_at_each_depth():
    checks.a_network_is_cut_at_each_depth("torch")


def test_a_fresh_head_is_drawn_by_its_seed():
    checks.a_fresh_head_is_drawn_by_its_seed("torch")


def test_a_cut_network_is_frozen_trained_and_asked():
    checks.a_cut_network_is_frozen_trained_and_asked("torch")


def test_what_cannot_be_cut():
    checks.what_cannot_be_cut("torch")


def test_a_cut_gives_what_timm_itself_gives():
    whole = models.load("efficientnet_lite0", "torch").eval()
    x = torch.from_numpy(checks.images().transpose(0, 3, 1, 2).copy())
    with torch.inference_mode():
        last = whole.forward_features(x).mean(dim=(2, 3))
        stem = whole.bn1(whole.conv_stem(x))
        inner = whole.blocks[:3](stem).mean(dim=(2, 3))
        found = {block: models.cut_at(whole, block)(x) for block in ("conv_stem", "blocks.2", "conv_head")}
    np.testing.assert_allclose(found["conv_head"], last, atol=1e-5)
    np.testing.assert_allclose(found["blocks.2"], inner, atol=1e-5)
    np.testing.assert_allclose(found["conv_stem"], stem.mean(dim=(2, 3)), atol=1e-5)


def test_it_cuts_networks_that_are_not_the_courses():
    x = torch.from_numpy(checks.images().transpose(0, 3, 1, 2).copy())
    resnet = timm.create_model("resnet10t", pretrained=False, num_classes=5).eval()
    cut = models.cut_at(resnet, "layer2.0", num_classes=4, seed=0)
    inner = models.cut_at(resnet, "layer2.0")
    with torch.inference_mode():
        expected = resnet.forward_intermediates(x, indices=[2], intermediates_only=True)[0].mean(dim=(2, 3))
        np.testing.assert_allclose(inner(x), expected, atol=1e-5)
        assert cut(x).shape == (3, 4)
    with pytest.raises(CourseError, match="no convolution"):
        models.cut_at(nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 2)), "0", num_classes=2)


def test_a_copy_and_a_pickle_of_a_cut_network_are_whole():
    """The cut network keeps the old one hidden: what moves in one must move in the other."""
    cut = models.cut_at(models.load("efficientnet_lite0", "torch"), "blocks.1", num_classes=3, seed=0)
    freezing.freeze(cut, "conv_stem")
    x = torch.from_numpy(checks.images().transpose(0, 3, 1, 2).copy())
    with torch.inference_mode():
        expected = cut.eval()(x)
        for other in (copy.deepcopy(cut), pickle.loads(pickle.dumps(cut))):
            assert torch.equal(other(x), expected)
            nn.init.zeros_(other.conv_stem.weight)
            assert not torch.equal(other(x), expected)
            assert torch.equal(cut(x), expected)
    assert sum(p.numel() for p in cut.parameters()) == sum(v.numel() for v in cut.state_dict().values()) - (
        sum(b.numel() for b in cut.buffers())
    )
    before = freezing.fingerprint(cut)
    cut.train()(x)
    moved = {name.rpartition(".")[0] for name in freezing.changed(before, freezing.fingerprint(cut))}
    assert moved == set(freezing.batch_norm_layers(cut)) - {"bn1"}  # statistics move, but not the frozen ones


def test_the_mode_is_kept():
    for mode in (True, False):
        cut = models.cut_at(
            models.load("small_cnn", "torch", num_classes=3).train(mode), "conv2", num_classes=2
        )
        assert {module.training for module in cut.modules()} == {mode}
