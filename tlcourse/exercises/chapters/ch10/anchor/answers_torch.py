"""Answers to "An anchor", in PyTorch: right ones and wrong ones."""

# %% [right] one long vector
import torch


def anchor(model, start):
    names = [name for name, _ in model.named_parameters() if "classifier" not in name]
    now = torch.cat([model.get_parameter(name).flatten() for name in names])
    was = torch.cat([start[name].flatten() for name in names])
    return torch.sum((now - was).square())


# %% [right] mean squared error, as a sum
from torch import nn


def anchor(model, start):
    penalty = 0.0
    for name, weight in model.named_parameters():
        if name.split(".")[0] != "classifier":
            penalty = penalty + nn.functional.mse_loss(weight, start[name], reduction="sum")
    return penalty


# %% [right] norms, squared again
import torch


def anchor(model, start):
    head = set(model.classifier.parameters())
    norms = [(w - start[n]).norm() for n, w in model.named_parameters() if w not in head]
    return torch.stack(norms).pow(2).sum()


# %% [wrong] the head is held as well: "leave it out"
def anchor(model, start):
    return sum(((weight - start[name]) ** 2).sum() for name, weight in model.named_parameters())


# %% [wrong] no gradient: "No gradient flows"
def anchor(model, start):
    total = 0.0
    for name, weight in model.named_parameters():
        if not name.startswith("classifier."):
            total += ((weight - start[name]) ** 2).sum().item()
    return total


# %% [wrong] mean instead of sum: "a mean of the squares"
def anchor(model, start):
    return sum(
        ((weight - start[name]) ** 2).mean()
        for name, weight in model.named_parameters()
        if not name.startswith("classifier.")
    )


# %% [wrong] pulls to zero: "That is weight decay"
def anchor(model, start):
    return sum(
        (weight**2).sum() for name, weight in model.named_parameters() if not name.startswith("classifier.")
    )


# %% [wrong] not squared: "the distance itself"
def anchor(model, start):
    return sum(
        ((weight - start[name]) ** 2).sum()
        for name, weight in model.named_parameters()
        if not name.startswith("classifier.")
    ).sqrt()


# %% [wrong] absolute differences
def anchor(model, start):
    return sum(
        (weight - start[name]).abs().sum()
        for name, weight in model.named_parameters()
        if not name.startswith("classifier.")
    )


# %% [wrong] the first layer only
def anchor(model, start):
    name, weight = next(model.named_parameters())
    return ((weight - start[name]) ** 2).sum()
