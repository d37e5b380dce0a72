"""Answers to "The loss that fits the head", in PyTorch: right ones and wrong ones."""

# %% [right] functions
import torch.nn.functional as F


def loss_for(answer):
    if answer == "exactly one":
        return F.cross_entropy
    if answer == "any number":
        return F.binary_cross_entropy_with_logits
    return F.mse_loss


# %% [right] by hand
import torch


def loss_for(answer):
    def one(z, t):
        return -torch.log_softmax(z, 1)[torch.arange(len(t)), t].mean()

    def many(z, t):
        return (torch.nn.functional.softplus(z) - z * t).mean()

    def number(z, t):
        return ((z - t) ** 2).mean()

    return {"exactly one": one, "any number": many, "a number": number}[answer]


# %% [right] log-softmax and NLL, or names where they fit
from torch import nn


class Cross(nn.Module):
    def forward(self, outputs, targets):
        return nn.NLLLoss()(outputs.log_softmax(dim=-1), targets)


def loss_for(answer):
    match answer:
        case "exactly one":
            return Cross()
        case "any number":
            return nn.MultiLabelSoftMarginLoss()
    return nn.MSELoss(reduction="mean")


# %% [wrong] logits taken for probabilities: "takes them for"
from torch import nn


def loss_for(answer):
    kinds = {"exactly one": nn.NLLLoss(), "any number": nn.BCEWithLogitsLoss(), "a number": nn.MSELoss()}
    return kinds[answer]


# %% [wrong] softmax before the loss: "go through it twice"
from torch import nn


def loss_for(answer):
    cross = nn.CrossEntropyLoss()
    kinds = {"exactly one": lambda z, t: cross(z.softmax(1), t), "any number": nn.BCEWithLogitsLoss()}
    return kinds.get(answer, nn.MSELoss())


# %% [wrong] softmax for several labels: "the labels compete"
from torch import nn


def loss_for(answer):
    return nn.MSELoss() if answer == "a number" else nn.CrossEntropyLoss()


# %% [wrong] one loss for all: "One loss cannot fit them all"
from torch import nn


def loss_for(answer):
    return nn.MSELoss()


# %% [wrong] targets of the wrong shape: "cannot read such outputs"
from torch import nn


def loss_for(answer):
    return nn.MSELoss() if answer == "a number" else nn.BCEWithLogitsLoss()


# %% [wrong] the class, not a loss
from torch import nn


def loss_for(answer):
    return {"exactly one": nn.CrossEntropyLoss, "any number": nn.BCEWithLogitsLoss, "a number": nn.MSELoss}[
        answer
    ]


# %% [wrong] summed
from torch import nn


def loss_for(answer):
    kinds = {"exactly one": nn.CrossEntropyLoss, "any number": nn.BCEWithLogitsLoss, "a number": nn.MSELoss}
    return kinds[answer](reduction="sum")


# %% [wrong] sigmoid before a loss that has one
from torch import nn


def loss_for(answer):
    if answer == "any number":
        return lambda z, t: nn.BCEWithLogitsLoss()(z.sigmoid(), t)
    return nn.CrossEntropyLoss() if answer == "exactly one" else nn.MSELoss()


# %% [wrong] arguments turned round
from torch import nn


def loss_for(answer):
    kinds = {
        "exactly one": nn.CrossEntropyLoss(),
        "any number": nn.BCEWithLogitsLoss(),
        "a number": nn.MSELoss(),
    }
    return lambda targets, outputs: kinds[answer](outputs, targets)
