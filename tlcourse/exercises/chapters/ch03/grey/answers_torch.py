"""Answers to "One channel, and nothing lost", in PyTorch: right ones and wrong ones."""

# %% [right] the weight itself
import torch


def grey(model):
    conv = model.stem.conv
    conv.weight = torch.nn.Parameter(conv.weight.detach().sum(1, keepdim=True))
    conv.in_channels = 1


# %% [right] the channel repeated inside
import torch


class Grey(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, x):
        return self.model(x.expand(-1, 3, -1, -1))


def grey(model):
    return Grey(model)


# %% [right] a convolution in front
import torch
from torch import nn


def grey(model):
    three = nn.Conv2d(1, 3, 1, bias=False)
    nn.init.ones_(three.weight)
    return nn.Sequential(three, *model.children())


# %% [right] a new layer in the old one's place
from torch import nn


def grey(model):
    old = model[0][0]
    new = nn.Conv2d(1, old.out_channels, old.kernel_size, stride=old.stride, padding="same", bias=False)
    new.load_state_dict({"weight": old.weight.sum(dim=1).unsqueeze(1)})
    model.set_submodule("stem.conv", new)
    return model


# %% [wrong] mean of the filters: "are the mean over the channels"
import torch


def grey(model):
    conv = model.stem.conv
    conv.weight = torch.nn.Parameter(conv.weight.detach().mean(1, keepdim=True))
    return model


# %% [wrong] one colour only: "only the filters for one colour"
import torch


def grey(model):
    conv = model.stem.conv
    conv.weight = torch.nn.Parameter(conv.weight.detach()[:, :1])
    return model


# %% [wrong] other weights: "has to stay"
from torch import nn


def grey(model):
    model.stem.conv = nn.Conv2d(1, model.stem.conv.out_channels, 3, padding=1, bias=False)
    return model


# %% [wrong] no model for one channel: "does not take images with one channel"
import torch


def grey(model):
    model.stem.conv.in_channels = 1
    return model


# %% [wrong] the padding forgotten
from torch import nn


def grey(model):
    old = model.stem.conv
    new = nn.Conv2d(1, old.out_channels, old.kernel_size, bias=False)
    new.weight.data = old.weight.data.sum(1, keepdim=True)
    model.stem.conv = new
    return model


# %% [wrong] the other axis
import torch


def grey(model):
    conv = model.stem.conv
    conv.weight = torch.nn.Parameter(conv.weight.detach().sum(0, keepdim=True))
    return model
