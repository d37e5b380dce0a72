"""Embedding layers and text classifiers in PyTorch."""

from __future__ import annotations

import layer_cases
import numpy as np
import pytest

import tlcourse
from tlcourse.embeddings import embedding


@pytest.fixture(autouse=True, scope="module")
def started() -> None:
    tlcourse.start("08-word-vectors", "torch")


@pytest.mark.parametrize(
    "case",
    [
        layer_cases.padding_changes_nothing,
        layer_cases.features_are_the_masked_mean,
        layer_cases.bad_input_is_told,
        layer_cases.real_texts_are_learned,
    ],
    ids=lambda case: case.__name__,
)
def test_layers(case) -> None:
    case("torch")


def test_the_layer_itself() -> None:
    import torch

    layer = embedding(layer_cases.TABLE, trainable=True)
    assert layer.padding_idx == 0
    layer(torch.tensor(layer_cases.TOKENS)).sum().backward()
    assert layer.weight.grad[0].tolist() == [0, 0]
    assert not embedding(layer_cases.TABLE).weight.requires_grad
    assert (layer.weight.detach().numpy() == layer_cases.TABLE).all()
    assert np.shares_memory(layer.weight.detach().numpy(), layer_cases.TABLE) is False
