"""Answers to "Channels taken out", in PyTorch: right ones and wrong ones."""


# %% [right] by the state's names
def narrowed(model, build, kept):
    small = build(len(kept))
    state = {}
    for name, value in model.state_dict().items():
        if name == "second.weight":
            value = value[:, kept]
        elif name.startswith(("first", "norm")) and value.ndim:
            value = value[kept]
        state[name] = value
    small.load_state_dict(state)
    return small


# %% [right] tensor by tensor
import torch


@torch.no_grad()
def narrowed(model, build, kept):
    small = build(len(kept))
    index = torch.tensor(kept)
    small.first.weight.copy_(model.first.weight.index_select(0, index))
    small.first.bias.copy_(model.first.bias.index_select(0, index))
    for part in ("weight", "bias", "running_mean", "running_var"):
        getattr(small.norm, part).copy_(getattr(model.norm, part).index_select(0, index))
    small.second.weight.copy_(model.second.weight.index_select(1, index))
    small.second.bias.copy_(model.second.bias)
    small.classifier.load_state_dict(model.classifier.state_dict())
    return small


# %% [right] a copy with new layers
import copy

import torch
from torch import nn


def narrowed(model, build, kept):
    small = copy.deepcopy(model)
    for part in ("weight", "bias"):
        for layer in (small.first, small.norm):
            setattr(layer, part, nn.Parameter(getattr(layer, part)[kept].detach()))
    small.norm.running_mean = small.norm.running_mean[kept]
    small.norm.running_var = small.norm.running_var[kept]
    small.second.weight = nn.Parameter(small.second.weight[:, kept].detach())
    small.first.out_channels = small.norm.num_features = small.second.in_channels = len(kept)
    return small


# %% [wrong] zeros: "still there"
import copy

import torch


@torch.no_grad()
def narrowed(model, build, kept):
    small = copy.deepcopy(model)
    for channel in range(len(small.first.bias)):
        if channel not in kept:
            small.first.weight[channel] = 0
            small.first.bias[channel] = 0
    return small


# %% [wrong] the first channels: "the first channels"
def narrowed(model, build, kept):
    small = build(len(kept))
    state = {}
    for name, value in small.state_dict().items():
        old = model.state_dict()[name]
        state[name] = old[tuple(slice(0, n) for n in value.shape)]
    small.load_state_dict(state)
    return small


# %% [wrong] statistics left out: "means and variances"
import torch


@torch.no_grad()
def narrowed(model, build, kept):
    small = build(len(kept))
    old = dict(model.named_parameters())
    for name, value in small.named_parameters():
        if name == "second.weight":
            value.copy_(old[name][:, kept])
        else:
            value.copy_(old[name][kept] if name.startswith(("first", "norm")) else old[name])
    return small


# %% [wrong] second reads the first ones: "as if the first ones had stayed"
def narrowed(model, build, kept):
    small = build(len(kept))
    state = {}
    for name, value in model.state_dict().items():
        if name == "second.weight":
            value = value[:, : len(kept)]
        elif name.startswith(("first", "norm")) and value.ndim:
            value = value[kept]
        state[name] = value
    small.load_state_dict(state)
    return small


# %% [wrong] wide network changed: "into the new one only"
import torch


@torch.no_grad()
def narrowed(model, build, kept):
    small = build(len(kept))
    state = {}
    for name, value in model.state_dict().items():
        if name == "second.weight":
            value = value[:, kept]
        elif name.startswith(("first", "norm")) and value.ndim:
            value = value[kept]
        state[name] = value
    small.load_state_dict(state)
    model.first.weight.mul_(0)
    return small


# %% [wrong] no network: "that `build` made"
def narrowed(model, build, kept):
    return model.first.weight[kept], model.second.weight[:, kept]


# %% [wrong] another width: "not how many are to stay"
def narrowed(model, build, kept):
    return build(len(kept) + 1)


# %% [wrong] new weights
def narrowed(model, build, kept):
    return build(len(kept))


# %% [wrong] a mean for those that go
import torch


@torch.no_grad()
def narrowed(model, build, kept):
    small = build(len(kept))
    state = {}
    for name, value in model.state_dict().items():
        if name == "second.weight":
            value = value[:, kept] + value.mean(1, keepdim=True)
        elif name.startswith(("first", "norm")) and value.ndim:
            value = value[kept] + value.mean()
        state[name] = value
    small.load_state_dict(state)
    return small
