"""Frozen means frozen in PyTorch: weights and BatchNorm statistics, through train(), copies and pickles."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import numpy as np
import pytest
import torch
from freezing_checks import (  # noqa: F401  (tests, run here)
    test_a_layer_in_two_places_is_one_layer_with_two_names,
    test_batch_norm_can_be_kept_while_the_rest_learns,
    test_stages_open_from_the_head_and_end_with_everything,
    test_stages_that_cannot_be,
    test_tied_weights_are_counted_once_and_are_in_one_group,
    test_tied_weights_are_frozen_with_any_of_the_layers_that_hold_them,
    test_tied_weights_open_with_the_layer_that_is_named_last,
    test_tied_weights_train_at_the_rate_of_their_group,
)
from torch import nn

from tlcourse import devices, freezing, models
from tlcourse.errors import CourseError, SettingError, UnknownNameError


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "torch")


@pytest.fixture(scope="module")
def lite() -> nn.Module:
    return models.load(num_classes=5, seed=0)


@pytest.fixture
def small() -> nn.Module:
    return models.load("small_cnn", num_classes=3, seed=0)


class Tied(nn.Module):
    def __init__(self, bias: bool) -> None:
        super().__init__()
        self.embed = nn.Embedding(20, 8)
        self.body = nn.Linear(8, 8)
        self.head = nn.Linear(8, 20, bias=bias)
        self.head.weight = self.embed.weight

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.head(torch.tanh(self.body(self.embed(x))))


@pytest.fixture
def tied() -> Any:
    return Tied


@pytest.fixture
def shared() -> nn.Module:
    model = nn.Sequential()
    dense = nn.Linear(6, 6)
    model.a = nn.Sequential()
    model.a.dense = dense
    model.b = nn.Sequential()
    model.b.dense, model.b.own = dense, nn.Linear(6, 2)
    return model


@pytest.mark.parametrize("bias", [False, True])
def test_tied_parameters_are_in_one_group_of_an_optimizer(bias: bool) -> None:
    model = Tied(bias)
    groups = freezing.param_groups(model, 1e-3)
    assert [(g["name"], len(g["params"])) for g in groups] == [("embed", 1), ("body", 2), ("head", 1)][
        : 2 + bias
    ]
    freezing.check_optimizer(model, torch.optim.SGD(groups))


def test_a_list_of_layers_beside_the_layers_changes_no_group() -> None:
    """``self.layers = nn.ModuleList([self.a, self.b])`` is common, and gives every layer a second name."""
    model = nn.Sequential()
    model.a, model.b = nn.Linear(3, 3), nn.Linear(3, 3)
    model.layers = nn.ModuleList([model.a, model.b])
    assert [g.name for g in freezing.layer_groups(model)] == ["a", "b"]
    assert list(freezing.fingerprint(model)) == ["a.weight", "a.bias", "b.weight", "b.bias"]
    freezing.freeze_to(model, "layers.0")
    assert freezing.trainable_names(model) == ["b.weight", "b.bias"]


def test_lazy_layers_have_names_and_can_be_frozen_and_are_counted_once_they_are_there() -> None:
    model = nn.Sequential(nn.LazyConv2d(4, 3), nn.LazyBatchNorm2d(), nn.Flatten(), nn.LazyLinear(2))
    assert freezing.layer_names(model) == ["0", "1", "3"]
    assert [g.name for g in freezing.layer_groups(model)] == ["0", "3"]
    for asks in (freezing.trainable_report, freezing.fingerprint):
        with pytest.raises(CourseError, match="lazy layers 0, 1, 3 have no weights yet") as caught:
            asks(model)
        assert "one batch" in caught.value.fix
    freezing.freeze(model, "0")
    model(torch.rand(2, 3, 4, 4))
    assert freezing.trainable_names(model) == ["3.weight", "3.bias"]
    assert freezing.trainable_report(model).total == 4 * 3 * 9 + 4 + 8 + 2 * 16 + 2
    assert float(model[1].running_mean.abs().max()) == 0, "frozen before it saw a batch"


def train(model: nn.Module, steps: int = 5, size: int = 32, everything: bool = False) -> None:
    """Five steps in training mode on images unlike ImageNet's, as any loop would do them."""
    parameters = model.parameters() if everything else [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.Adam(parameters, lr=1e-2)
    generator = torch.Generator().manual_seed(0)
    for _ in range(steps):
        model.train()
        x = 3 + torch.randn(8, 3, size, size, generator=generator)
        loss = nn.functional.cross_entropy(model(x), torch.arange(8) % 3)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()


def test_a_frozen_backbone_is_bit_for_bit_unmoved_by_training(lite: nn.Module) -> None:
    freezing.unfreeze(lite)
    freezing.freeze(lite)
    freezing.unfreeze(lite, "classifier")
    before = freezing.fingerprint(lite)
    train(lite, size=64)
    assert freezing.changed(before, freezing.fingerprint(lite)) == ["classifier.weight", "classifier.bias"]


def test_requires_grad_alone_lets_batchnorm_statistics_move(lite: nn.Module) -> None:
    """The popular recipe; this shows that the test above can fail."""
    model = models.load(num_classes=5, seed=0)
    for name, parameter in model.named_parameters():
        parameter.requires_grad = name.startswith("classifier")
    before = freezing.fingerprint(model)
    train(model, steps=1, size=64)
    moved = freezing.changed(before, freezing.fingerprint(model))
    statistics = [name for name in before if "running" in name]
    assert len(statistics) == 98
    assert set(statistics) <= set(moved)
    assert not {n for n in moved if not n.startswith("classifier")} - set(statistics)


def test_unfreezing_lets_statistics_move_again(small: nn.Module) -> None:
    freezing.freeze(small)
    freezing.unfreeze(small)
    before = freezing.fingerprint(small)
    train(small)
    assert set(freezing.changed(before, freezing.fingerprint(small))) == set(before)


def test_frozen_stays_frozen_in_copies_and_pickles(small: nn.Module) -> None:
    freezing.freeze(small, ["conv1", "conv2"])
    for twin in (copy.deepcopy(small), pickle.loads(pickle.dumps(small))):
        before = freezing.fingerprint(twin)
        train(twin)
        moved = freezing.changed(before, freezing.fingerprint(twin))
        assert {name.split(".")[0] for name in moved} == {"conv3", "bn3", "classifier"}
        freezing.unfreeze(twin)  # and it can be undone in the copy
        before = freezing.fingerprint(twin)
        train(twin, 1)
        assert "bn1.running_mean" in freezing.changed(before, freezing.fingerprint(twin))
    assert list(small.state_dict()) == list(models.load("small_cnn", num_classes=3).state_dict())


def test_freezing_twice_adds_one_hook(small: nn.Module) -> None:
    for _ in range(3):
        freezing.freeze(small)
        freezing.unfreeze(small)
    assert len(small.bn1._forward_pre_hooks) == 1


def test_a_left_over_gradient_or_momentum_does_not_move_a_frozen_layer(small: nn.Module) -> None:
    optimizer = torch.optim.SGD(small.parameters(), lr=0.1, momentum=0.9, weight_decay=0.1)
    for _ in range(2):
        optimizer.zero_grad()
        small(torch.randn(4, 3, 32, 32)).square().sum().backward()
        optimizer.step()
    small(torch.randn(4, 3, 32, 32)).square().sum().backward()
    freezing.freeze(small, "conv1")
    before = freezing.fingerprint(small, "conv1")
    optimizer.step()
    assert freezing.changed(before, freezing.fingerprint(small, "conv1")) == []


def test_an_optimizer_made_too_early_is_told(small: nn.Module) -> None:
    freezing.freeze_to(small, "conv3")
    optimizer = torch.optim.Adam([p for p in small.parameters() if p.requires_grad])
    freezing.check_optimizer(small, optimizer)
    freezing.unfreeze(small, "conv3")
    with pytest.raises(CourseError, match=r"does not train conv3\.weight, bn3\.weight"):
        freezing.check_optimizer(small, optimizer)
    optimizer.add_param_group({"params": [*small.conv3.parameters(), *small.bn3.parameters()]})
    freezing.check_optimizer(small, optimizer)
    with pytest.raises(CourseError, match="check_optimizer"):
        freezing.check_optimizer(small)


def test_parameter_groups_have_falling_rates_and_no_frozen_parameters(small: nn.Module) -> None:
    freezing.freeze(small, "conv1")
    groups = freezing.param_groups(small, 0.1, 0.5)
    assert [(g["name"], g["lr"]) for g in groups] == [("conv2", 0.025), ("conv3", 0.05), ("classifier", 0.1)]
    optimizer = torch.optim.SGD(groups)
    freezing.check_optimizer(small, optimizer)
    freezing.freeze(small)
    with pytest.raises(CourseError, match="nothing to train"):
        freezing.param_groups(small, 0.1)
    for bad in ((0, 0.5), (0.1, 0), (0.1, 1.5)):
        with pytest.raises(SettingError):
            freezing.discriminative_lrs(small, *bad)


def test_an_unknown_layer_changes_nothing(small: nn.Module) -> None:
    before = freezing.trainable_names(small)
    with pytest.raises(UnknownNameError, match="'classifer'"):
        freezing.freeze(small, ["conv1", "classifer"])
    with pytest.raises(UnknownNameError, match="Did you mean 'conv3'"):
        freezing.freeze_to(small, "conv4")
    assert freezing.trainable_names(small) == before


def test_a_backbone_inside_a_model_keeps_its_groups() -> None:
    model = nn.Sequential(models.load("small_cnn", num_classes=0), nn.Linear(128, 2))
    assert [g.name for g in freezing.layer_groups(model)] == ["0.conv1", "0.conv2", "0.conv3", "1"]
    freezing.freeze(model, "0")
    assert freezing.trainable_names(model) == ["1.weight", "1.bias"]


def test_other_models_and_their_own_parameters() -> None:
    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.token = nn.Parameter(torch.zeros(3))
            self.norm = nn.BatchNorm1d(3, affine=False)
            self.head = nn.Linear(3, 2)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return self.head(self.norm(x + self.token))

    net = Net()
    assert freezing.layer_names(net) == ["token", "norm", "head"]
    freezing.freeze(net, ["token", "norm"])
    before = freezing.fingerprint(net)
    net.train()(torch.randn(9, 3) + 5).sum().backward()
    assert freezing.changed(before, freezing.fingerprint(net)) == []
    assert net.token.grad is None
    with pytest.raises(CourseError, match="no weights"):
        freezing.freeze(nn.ReLU())


def test_the_report_counts(lite: nn.Module) -> None:
    freezing.freeze(lite)
    freezing.unfreeze(lite, "classifier")
    report = freezing.trainable_report(lite)
    assert report.trainable == 1280 * 5 + 5
    assert report.total == sum(p.numel() for p in lite.parameters())
    assert "classifier" in str(report)


@pytest.mark.gpu
def test_fingerprint_does_not_depend_on_the_device(small: Any) -> None:
    if not torch.cuda.is_available():
        pytest.skip("needs a CUDA GPU")
    before = freezing.fingerprint(small.cpu())
    assert freezing.fingerprint(small.cuda()) == before


def test_fingerprint_sees_the_last_bit(small: nn.Module) -> None:
    before = freezing.fingerprint(small)
    with torch.no_grad():
        value = float(small.conv1.weight[0, 0, 0, 0])
        small.conv1.weight[0, 0, 0, 0] = float(np.nextafter(np.float32(value), np.float32(9)))
    assert freezing.changed(before, freezing.fingerprint(small)) == ["conv1.weight"]
