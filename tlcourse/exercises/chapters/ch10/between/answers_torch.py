"""Answers to "Between two networks", in PyTorch: right ones and wrong ones."""

# %% [right] parameters and buffers
import copy
import torch


def between(old, new, share):
    ours = copy.deepcopy(old)
    with torch.no_grad():
        for mine, other in zip(ours.parameters(), new.parameters()):
            mine.lerp_(other, share)
        for mine, other in zip(ours.buffers(), new.buffers()):
            if mine.is_floating_point():
                mine.lerp_(other, share)
    return ours


# %% [right] PyTorch's averaged model
import copy
import torch
from torch.optim.swa_utils import AveragedModel


def between(old, new, share):
    mix = lambda a, b, n: a + share * (b - a)
    averaged = AveragedModel(old, avg_fn=mix, use_buffers=True)
    averaged.update_parameters(old)
    averaged.update_parameters(new)
    return averaged.module


# %% [right] in NumPy
import copy
import torch


def between(old, new, share):
    ours = copy.deepcopy(old)
    state = {}
    for name, value in old.state_dict().items():
        array = (1 - share) * value.numpy() + share * new.state_dict()[name].numpy()
        state[name] = torch.as_tensor(array).to(value.dtype)
    ours.load_state_dict(state)
    return ours


# %% [wrong] share the wrong way round: "A share of 0 is the old network"
import copy


def between(old, new, share):
    ours = copy.deepcopy(new)
    a, b = old.state_dict(), new.state_dict()
    ours.load_state_dict({name: share * a[name] + (1 - share) * b[name] for name in a})
    return ours


# %% [wrong] statistics left out: "those of one network"
import copy
import torch


def between(old, new, share):
    ours = copy.deepcopy(new)
    with torch.no_grad():
        for mine, before in zip(ours.parameters(), old.parameters()):
            mine.copy_(before + share * (mine - before))
    return ours


# %% [wrong] an input changed: "Write into a copy"
import torch


def between(old, new, share):
    before, after = old.state_dict(), new.state_dict()
    new.load_state_dict({name: before[name] + share * (after[name] - before[name]) for name in before})
    return new


# %% [wrong] half and half: "half way"
import copy


def between(old, new, share):
    ours = copy.deepcopy(new)
    a, b = old.state_dict(), new.state_dict()
    ours.load_state_dict({name: (a[name] + b[name]) / 2 for name in a})
    return ours


# %% [wrong] one of the two: "those of one of the two networks"
import copy


def between(old, new, share):
    return copy.deepcopy(new)


# %% [wrong] no network: "should give a network"
def between(old, new, share):
    before, after = old.state_dict(), new.state_dict()
    return {name: before[name] + share * (after[name] - before[name]) for name in before}


# %% [wrong] averages the outputs
from torch import nn


def between(old, new, share):
    class Both(nn.Module):
        def forward(self, x):
            return (1 - share) * old(x) + share * new(x)

    return Both()


# %% [wrong] the head alone
import copy


def between(old, new, share):
    ours = copy.deepcopy(new)
    state = new.state_dict()
    for name in ("classifier.weight", "classifier.bias"):
        state[name] = old.state_dict()[name] + share * (state[name] - old.state_dict()[name])
    ours.load_state_dict(state)
    return ours
