"""`fit` and its kin on PyTorch models."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from fit_checks import (  # noqa: F401  (tests, run here)
    test_a_frozen_group_needs_no_rate,
    test_a_rate_for_each_group,
    test_a_schedule_is_asked_once_a_step_with_how_many_there_are,
    test_after_step_looks_at_each_step_and_disturbs_nothing,
    test_augment_is_for_training_only,
    test_augment_that_breaks_the_batch,
    test_augment_that_fails_late_raises_its_own_error,
    test_batchnorm_frozen_by_the_course_stays_frozen_and_predictions_match_cached_features,
    test_empty_and_misshapen_data,
    test_head_learns,
    test_head_refuses_a_loss_that_is_not_finite,
    test_labels_that_do_not_fit_the_head,
    test_learns,
    test_loss_of_ones_own,
    test_loss_that_is_not_finite_names_the_step_and_the_rate,
    test_output_that_is_no_row_of_logits,
    test_predict_keeps_order_and_length,
    test_rates_that_do_not_fit_the_model,
    test_same_seed_same_run_and_other_seed_another,
    test_size_shows_the_model_the_pixels_that_preprocess_gives,
    test_unknown_optimizer,
)
from training_cases import scaled, toy

from tlcourse.errors import CourseError
from tlcourse.training import cache_features, fit, predict


class Conv(torch.nn.Module):
    def __init__(self, classes: int) -> None:
        super().__init__()
        self.conv_stem = torch.nn.Conv2d(3, 4, 3, padding=1)
        self.bn1 = torch.nn.BatchNorm2d(4)
        self.classifier = torch.nn.Linear(4, classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.classifier(torch.relu(self.bn1(self.conv_stem(x))).mean((2, 3)))


@pytest.fixture
def make():
    def build(kind: str, classes: int) -> torch.nn.Module:
        torch.manual_seed(0)
        if kind == "linear":
            return torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Linear(108, classes))
        if kind == "map":
            return torch.nn.Conv2d(3, classes, 1)
        return Conv(classes)

    return build


@pytest.fixture
def half_loss():
    return lambda logits, labels: F.cross_entropy(logits, labels) / 2


@pytest.fixture
def framework():
    return "torch"


def test_optimizer_object_made_before_unfreezing_is_refused():
    model = Conv(3)
    optimizer = torch.optim.SGD(model.conv_stem.parameters(), lr=0.1)
    model.conv_stem.requires_grad_(False)
    with pytest.raises(CourseError, match="none of the model's trainable"):
        fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)


def test_optimizer_object_made_while_a_block_was_frozen_is_refused():
    """Training would leave the block as it is, without a word."""
    model = Conv(3)
    model.conv_stem.requires_grad_(False)
    model.bn1.requires_grad_(False)
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=0.1)
    fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    model.requires_grad_(True)
    before = [p.clone() for p in model.parameters()]
    with pytest.raises(CourseError, match=r"does not hold conv_stem\.weight, .* and 1 more") as caught:
        fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    assert "Or freeze" in caught.value.fix
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))
    optimizer.add_param_group({"params": [*model.conv_stem.parameters(), *model.bn1.parameters()]})
    fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    assert not torch.equal(before[0], model.conv_stem.weight)


def test_optimizer_object_may_hold_what_is_frozen():
    model = Conv(3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    model.conv_stem.requires_grad_(False)
    fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)


def test_optimizer_object_of_another_model_is_refused():
    model = Conv(3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    with pytest.raises(CourseError, match="none of the model's trainable"):
        fit(Conv(3), toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    old = model.classifier
    model.classifier = torch.nn.Linear(4, 3)
    with pytest.raises(CourseError, match=r"does not hold classifier\.weight, classifier\.bias, so"):
        fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    optimizer.add_param_group({"params": model.classifier.parameters()})
    with pytest.raises(CourseError, match=r"holds 2 parameters that this model does not have") as caught:
        fit(model, toy(), steps=1, optimizer=optimizer, preprocess=scaled, progress=False)
    assert "before a part was replaced" in caught.value.fix
    assert old.weight.grad is None


def test_a_loss_may_have_parameters_of_its_own():
    class Scaled(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.scale = torch.nn.Parameter(torch.ones(()))

        def forward(self, logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
            return F.cross_entropy(logits * self.scale, labels)

    model, loss = Conv(3), Scaled()
    optimizer = torch.optim.SGD([*model.parameters(), *loss.parameters()], lr=0.1)
    fit(model, toy(), steps=2, optimizer=optimizer, loss=loss, preprocess=scaled, progress=False)
    assert loss.scale.item() != 1


@pytest.mark.parametrize("lr", [0.1, {"0": 0.1, "3": 0.1}])
def test_lazy_layers_make_their_weights_from_the_first_images(lr):
    torch.manual_seed(0)
    lazy = torch.nn.Sequential(
        torch.nn.LazyConv2d(4, 3), torch.nn.LazyBatchNorm2d(), torch.nn.Flatten(), torch.nn.LazyLinear(3)
    )
    history = fit(lazy, toy(), toy(9), epochs=3, lr=lr, preprocess=scaled, progress=False)
    assert history.steps == 12
    assert lazy[3].weight.shape == (3, 64)
    assert int(lazy[1].num_batches_tracked) == 12, "the look at the first images is no training"


def test_lazy_layers_that_the_images_do_not_fit_say_so():
    lazy = torch.nn.Sequential(torch.nn.LazyLinear(4), torch.nn.Linear(9, 3))
    with pytest.raises(CourseError, match=r"lazy layers .* first batch stops with RuntimeError"):
        fit(lazy, toy(), steps=1, preprocess=scaled, progress=False)


def test_optimizer_object_is_used():
    model = Conv(3)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.0)
    before = [p.clone() for p in model.parameters()]
    fit(model, toy(), steps=2, optimizer=optimizer, preprocess=scaled, progress=False)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_nothing_trainable_says_so():
    model = Conv(3).requires_grad_(False)
    with pytest.raises(CourseError, match="requires_grad is False everywhere"):
        fit(model, toy(), steps=1, preprocess=scaled, progress=False)


def test_modes_are_put_back_module_by_module_even_after_an_error():
    model = Conv(3).train()
    model.bn1.eval()
    predict(model, toy(4), preprocess=scaled, progress=False)
    assert model.training
    assert not model.bn1.training
    with pytest.raises(RuntimeError):
        cache_features(model, toy(4), preprocess=lambda x: np.zeros((4, 6, 6, 2), np.float32), progress=False)
    assert model.training
    assert not model.bn1.training


def test_fit_leaves_inference_mode_and_the_random_stream_alone():
    torch.manual_seed(1)
    expected = torch.rand(1)
    torch.manual_seed(1)
    model = torch.nn.Sequential(torch.nn.Flatten(), torch.nn.Dropout(0.5), torch.nn.Linear(108, 3))
    torch.manual_seed(1)
    fit(model, toy(), steps=2, preprocess=scaled, progress=False)
    assert not model.training
    assert torch.equal(torch.rand(1), expected)
