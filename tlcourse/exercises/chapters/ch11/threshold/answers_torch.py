"""Answers to "A threshold for a specificity", in PyTorch: right ones and wrong ones."""

# %% [right] sorted, and halfway to the next
import math

import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(dim=1)[:, 1]
    healthy, _ = p[labels == 0].sort()
    count = math.ceil(specificity * len(healthy) - 1e-9)
    low = healthy[count - 1]
    limit = (low + p[p > low].min()) / 2
    return limit, (p[labels == 1] >= limit).float().mean()


# %% [right] scikit-learn's curve
import torch
from sklearn.metrics import roc_curve


def threshold_for(model, images, labels, specificity):
    model.eval()
    with torch.inference_mode():
        p = model(images).softmax(1)[:, 1].numpy().astype(float)
    alarms, found, limits = roc_curve(labels.numpy(), p, drop_intermediate=False)
    last = max(i for i in range(len(alarms)) if 1 - alarms[i] >= specificity - 1e-9)
    return limits[last], found[last]


# %% [right] every probability tried
import torch


def threshold_for(model, images, labels, specificity):
    model.eval()
    with torch.no_grad():
        z = model(images)
    p = torch.sigmoid(z[:, 1] - z[:, 0]).tolist()
    y = labels.tolist()
    healthy = [value for value, label in zip(p, y) if label == 0]
    for limit in sorted(p):
        if sum(value < limit for value in healthy) >= specificity * len(healthy) - 1e-9:
            ill = [value >= limit for value, label in zip(p, y) if label == 1]
            return [limit, sum(ill) / len(ill)]


# %% [wrong] a logit: "it is a logit"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    z = model.eval()(images)[:, 1]
    limit = z[labels == 0].quantile(specificity)
    return limit, (z[labels == 1] >= limit).float().mean()


# %% [wrong] from those with a tumour: "that fixes the sensitivity"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 1]
    limit = p[labels == 1].quantile(1 - specificity)
    return limit, (p[labels == 1] >= limit).float().mean()


# %% [wrong] from all scans: "a quantile of all scans"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 1]
    limit = p.quantile(specificity)
    return limit, (p[labels == 1] >= limit).float().mean()


# %% [wrong] counted from the wrong end: "Which end did you count from"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 1]
    limit = p[labels == 0].quantile(1 - specificity)
    return limit, (p[labels == 1] >= limit).float().mean()


# %% [wrong] one half: "without looking at any validation scan"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 1]
    return 0.5, (p[labels == 1] >= 0.5).float().mean()


# %% [wrong] training mode: "was in training mode"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    for layer in model.modules():
        if isinstance(layer, torch.nn.Dropout):
            layer.p = 0.0
    p = model(images).softmax(1)[:, 1]
    limit = p[labels == 0].quantile(specificity)
    return limit, (p[labels == 1] >= limit).float().mean()


# %% [wrong] another sensitivity: "at your threshold or above"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 1]
    limit = p[labels == 0].quantile(specificity)
    return limit, (p[labels == 1] < limit).float().mean()


# %% [wrong] share of all alarms: "the share of all scans"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 1]
    limit = p[labels == 0].quantile(specificity)
    return limit, (p >= limit).float().mean()


# %% [wrong] no pair: "should give a pair"
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    return model.eval()(images).softmax(1)[:, 1][labels == 0].quantile(specificity)


# %% [wrong] the specificity as the threshold
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 1]
    return specificity, (p[labels == 1] >= specificity).float().mean()


# %% [wrong] of the other class
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 0]
    limit = p[labels == 0].quantile(specificity)
    return limit, (p[labels == 1] >= limit).float().mean()


# %% [wrong] the highest probability of the healthy
import torch


@torch.no_grad()
def threshold_for(model, images, labels, specificity):
    p = model.eval()(images).softmax(1)[:, 1]
    limit = p[labels == 0].max() + 0.01
    return limit, (p[labels == 1] >= limit).float().mean()
