"""Answers to "Build a head", in PyTorch: right ones and wrong ones."""

# %% [right] a class with functions in it, or the functional way
import torch.nn as nn
import torch.nn.functional as F


class Head(nn.Module):
    def __init__(self, features, hidden, classes, rate):
        super().__init__()
        self.fc1 = nn.Linear(features, hidden)
        self.bn = nn.BatchNorm1d(hidden)
        self.fc2 = nn.Linear(hidden, classes)
        self.rate = rate

    def forward(self, x):
        x = F.relu(self.bn(self.fc1(x)))
        x = F.dropout(x, p=self.rate, training=self.training)
        return self.fc2(x)


def head(features, hidden, classes, dropout):
    return Head(features, hidden, classes, dropout)


# %% [right] named parts, no bias before BatchNorm, or a class
from collections import OrderedDict
from torch import nn


def head(features: int, hidden: int, classes: int, dropout: float) -> nn.Module:
    return nn.Sequential(
        OrderedDict(
            [
                ("hidden", nn.Linear(in_features=features, out_features=hidden, bias=False)),
                ("norm", nn.BatchNorm1d(num_features=hidden)),
                ("act", nn.ReLU(inplace=True)),
                ("drop", nn.Dropout(p=dropout)),
                ("out", nn.Linear(hidden, classes)),
            ]
        )
    )


# %% [right] nested, lazy, added one by one
from torch import nn


def head(features, hidden, classes, dropout):
    block = nn.Sequential(
        nn.LazyLinear(hidden), nn.LazyBatchNorm1d(), nn.Sequential(nn.ReLU(), nn.Dropout(dropout))
    )
    model = nn.Sequential()
    model.append(block)
    model.add_module("logits", nn.LazyLinear(classes))
    return model


# %% [right] matrices and moving averages by hand, or other settings
import torch


class Head(torch.nn.Module):
    def __init__(self, n, h, k, rate):
        super().__init__()
        self.out = torch.nn.Parameter(torch.randn(h, k) * 0.1)
        self.shift = torch.nn.Parameter(torch.zeros(h))
        self.scale = torch.nn.Parameter(torch.ones(h))
        self.into = torch.nn.Parameter(torch.randn(n, h) / n**0.5)
        self.b = torch.nn.Parameter(torch.zeros(k))
        self.register_buffer("m", torch.zeros(h))
        self.register_buffer("v", torch.ones(h))
        self.drop = torch.nn.Dropout(rate)

    def forward(self, x):
        z = torch.nn.functional.batch_norm(
            x @ self.into, self.m, self.v, self.scale, self.shift, self.training
        )
        return self.drop(z.clamp(min=0)) @ self.out + self.b


def head(features, hidden, classes, dropout):
    return Head(features, hidden, classes, dropout)


# %% [right] dropout before the ReLU, which is the same
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.Dropout(dropout),
        nn.ReLU(),
        nn.Linear(hidden, classes),
    )


# %% [wrong] softmax in the head: "there is a softmax at its end"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
        nn.Softmax(dim=1),
    )


# %% [wrong] no dropout: "There is no dropout"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.ReLU(), nn.Linear(hidden, classes)
    )


# %% [wrong] dropout on the logits: "dropout comes after the last layer"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, classes),
        nn.Dropout(dropout),
    )


# %% [wrong] no BatchNorm: "Batch normalisation after the hidden layer"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes)
    )


# %% [wrong] no nonlinearity: "a product of matrices"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden), nn.BatchNorm1d(hidden), nn.Dropout(dropout), nn.Linear(hidden, classes)
    )


# %% [wrong] ReLU before BatchNorm: "comes before the batch"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.ReLU(),
        nn.BatchNorm1d(hidden),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] not a ReLU: "is a sigmoid"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.Sigmoid(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] no running statistics: "running statistics"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden, track_running_stats=False),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] ReLU on the logits: "A ReLU after the last"
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
        nn.ReLU(),
    )


# %% [wrong] the rate that stays
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout(1 - dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] the usual half
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout(0.5),
        nn.Linear(hidden, classes),
    )


# %% [wrong] dropout on the features that come in
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Dropout(dropout),
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, classes),
    )


# %% [wrong] tanh after BatchNorm
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.Tanh(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] a leaky ReLU after BatchNorm
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.LeakyReLU(0.1),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] GELU after BatchNorm
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.GELU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] softplus after BatchNorm
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.Softplus(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] a sigmoid before BatchNorm
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.Sigmoid(),
        nn.BatchNorm1d(hidden),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] two ReLUs, one on either side of BatchNorm
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.ReLU(),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] one mask for all rows
from torch import nn


class Drop(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.drop = nn.Dropout(rate)

    def forward(self, x):
        return x * self.drop(x.new_ones(1, x.shape[1]))


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        Drop(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] one mask for two rows each
from torch import nn


class Drop(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.drop = nn.Dropout(rate)

    def forward(self, x):
        mask = self.drop(x.new_ones((len(x) + 1) // 2, x.shape[1]))
        return x * mask.repeat_interleave(2, 0)[: len(x)]


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        Drop(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] whole rows struck out
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout1d(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] dropout that never sleeps, and is not scaled
import torch
from torch import nn


class Drop(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        return x * (torch.rand_like(x) >= self.rate)


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        Drop(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] dropout that does not scale
import torch
from torch import nn


class Drop(nn.Module):
    def __init__(self, rate):
        super().__init__()
        self.rate = rate

    def forward(self, x):
        return x * (torch.rand_like(x) >= self.rate) if self.training else x


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        Drop(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] a BatchNorm that only looks like one
import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(n)), nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return x * self.weight + self.bias


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden), Norm(hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes)
    )


# %% [wrong] a BatchNorm of one mean for all units
import torch
from torch import nn


class Norm(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.weight, self.bias = nn.Parameter(torch.ones(n)), nn.Parameter(torch.zeros(n))

    def forward(self, x):
        return (x - x.mean()) / x.std() * self.weight + self.bias


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden), Norm(hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, classes)
    )


# %% [wrong] layer normalisation
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.LayerNorm(hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] BatchNorm on the features that come in
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.BatchNorm1d(features),
        nn.Linear(features, hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] a layer too many
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Linear(hidden, hidden),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes),
    )


# %% [wrong] a list of layers
from torch import nn


def head(features, hidden, classes, dropout):
    return [nn.Linear(features, classes)]


# %% [wrong] one class too many
from torch import nn


def head(features, hidden, classes, dropout):
    return nn.Sequential(
        nn.Linear(features, hidden),
        nn.BatchNorm1d(hidden),
        nn.ReLU(),
        nn.Dropout(dropout),
        nn.Linear(hidden, classes + 1),
    )
