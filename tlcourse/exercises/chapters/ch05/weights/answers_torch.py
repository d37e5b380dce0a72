"""Answers to "Weights for a rare class", in PyTorch: right ones and wrong ones."""

# %% [right] both weights, by scikit-learn
import numpy as np
import torch
import torch.nn.functional as F
from sklearn.utils.class_weight import compute_class_weight


def weighted(labels):
    w0, w1 = compute_class_weight("balanced", classes=np.array([0, 1]), y=labels)

    def loss(outputs, targets):
        weight = targets * w1 + (1 - targets) * w0
        return F.binary_cross_entropy_with_logits(outputs, targets, weight=weight)

    return loss


# %% [right] divided by the weights of the batch
import torch


class Weighted(torch.nn.Module):
    def __init__(self, ratio):
        super().__init__()
        self.ratio = ratio

    def forward(self, outputs, targets):
        weights = torch.where(targets > 0.5, self.ratio, 1.0)
        each = torch.nn.functional.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
        return (weights * each).sum() / weights.sum()


def weighted(labels):
    return Weighted((labels == 0).sum() / (labels == 1).sum())


# %% [right] a number from the mean
import torch


def weighted(labels):
    share = float(labels.mean())
    return torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor((1 - share) / share))


# %% [wrong] no weights: "a 1 counts as much as a 0"
from torch import nn


def weighted(labels):
    return nn.BCEWithLogitsLoss()


# %% [wrong] upside down: "upside down"
import torch


def weighted(labels):
    return torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([labels.sum() / (labels == 0).sum()]))


# %% [wrong] all rows for each 1: "how many rows there are for each 1"
import torch


def weighted(labels):
    return torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([len(labels) / labels.sum()]))


# %% [wrong] every row weighs more: "look for the argument"
import torch


def weighted(labels):
    return torch.nn.BCEWithLogitsLoss(weight=torch.tensor([(labels == 0).sum() / labels.sum()]))


# %% [wrong] another loss: "is not the usual loss"
import torch


def weighted(labels):
    loss = torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([(labels == 0).sum() / labels.sum()]))
    return lambda outputs, targets: loss(outputs.sigmoid(), targets)


# %% [wrong] always two to one
import torch


def weighted(labels):
    return torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([2.2]))


# %% [wrong] the class itself
import torch


def weighted(labels):
    return torch.nn.BCEWithLogitsLoss


# %% [wrong] the weight alone
def weighted(labels):
    return (labels == 0).sum() / labels.sum()


# %% [wrong] the square root
import torch


def weighted(labels):
    return torch.nn.BCEWithLogitsLoss(pos_weight=torch.tensor([((labels == 0).sum() / labels.sum()) ** 0.5]))
