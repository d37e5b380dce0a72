"""Answers to "A fraud counts more", in PyTorch: right ones and wrong ones."""

# %% [right] the function's own weights
import torch
from torch import nn


def weighted_loss(logits, labels, weight):
    weights = torch.where(labels > 0.5, weight, 1.0)
    total = nn.functional.binary_cross_entropy_with_logits(logits, labels, weight=weights, reduction="sum")
    return total / weights.sum()


# %% [right] a class with pos_weight, divided again
import torch
from torch import nn


def weighted_loss(logits, labels, weight):
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(weight), reduction="sum")
    return loss(logits, labels) / (len(labels) + (weight - 1) * labels.sum())


# %% [right] softplus by hand
from torch.nn.functional import softplus


def weighted_loss(logits, labels, weight):
    fraud = labels == 1
    lost = weight * softplus(-logits[fraud]).sum() + softplus(logits[~fraud]).sum()
    return lost / (weight * fraud.sum() + (~fraud).sum())


# %% [wrong] divided by the number: "number of payments"
import torch
from torch import nn


def weighted_loss(logits, labels, weight):
    return nn.functional.binary_cross_entropy_with_logits(logits, labels, pos_weight=torch.tensor(weight))


# %% [wrong] a sum: "is a sum"
import torch
from torch import nn


def weighted_loss(logits, labels, weight):
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(weight), reduction="sum")
    return loss(logits, labels)


# %% [wrong] weights exchanged: "the frauds have 1"
import torch
from torch import nn


def weighted_loss(logits, labels, weight):
    weights = torch.where(labels > 0.5, 1.0, weight)
    each = nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    return (weights * each).sum() / weights.sum()


# %% [wrong] no weight: "changes nothing"
from torch import nn


def weighted_loss(logits, labels, weight):
    return nn.functional.binary_cross_entropy_with_logits(logits, labels)


# %% [wrong] sigmoid twice: "taken twice"
import torch
from torch import nn


def weighted_loss(logits, labels, weight):
    weights = torch.where(labels > 0.5, weight, 1.0)
    each = nn.functional.binary_cross_entropy_with_logits(logits.sigmoid(), labels, reduction="none")
    return (weights * each).sum() / weights.sum()


# %% [wrong] probabilities, not logits: "large logit is lost"
import torch


def weighted_loss(logits, labels, weight):
    p = logits.sigmoid()
    weights = torch.where(labels > 0.5, weight, 1.0)
    each = -(labels * p.log() + (1 - labels) * (1 - p).log())
    return (weights * each).sum() / weights.sum()


# %% [wrong] no gradient: "no gradient reaches"
import torch
from torch import nn


def weighted_loss(logits, labels, weight):
    weights = torch.where(labels > 0.5, weight, 1.0)
    each = nn.functional.binary_cross_entropy_with_logits(logits.detach(), labels, reduction="none")
    return (weights * each).sum() / weights.sum()


# %% [wrong] the loss of each payment squared
import torch
from torch import nn


def weighted_loss(logits, labels, weight):
    weights = torch.where(labels > 0.5, weight, 1.0)
    each = nn.functional.binary_cross_entropy_with_logits(logits, labels, reduction="none")
    return (weights * each**2).sum() / weights.sum()


# %% [wrong] squared errors of probabilities
import torch


def weighted_loss(logits, labels, weight):
    weights = torch.where(labels > 0.5, weight, 1.0)
    return (weights * (logits.sigmoid() - labels) ** 2).sum() / weights.sum()
