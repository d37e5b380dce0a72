"""The shuffled start of chapter 11, in PyTorch."""

from __future__ import annotations

import torch
from torch import nn

from tlcourse.sweeps.topics import medical as sweep


def test_shuffling_keeps_the_numbers_and_loses_their_places():
    model = nn.Sequential()
    model.add_module("conv", nn.Conv2d(3, 8, 3))
    model.add_module("classifier", nn.Linear(8, 2))
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    sweep._shuffled(model, "torch", seed=1)
    for name, tensor in model.state_dict().items():
        assert torch.equal(tensor.flatten().sort().values, before[name].flatten().sort().values)
        assert torch.equal(tensor, before[name]) == name.startswith("classifier")
