"""Answers to "Move a network to a new market", in PyTorch: right ones and wrong ones."""

# %% [right] larger batches, weight decay
import torch
from torch import nn


def move(network, x, y):
    optimizer = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.01)
    for epoch in range(30):
        for rows in torch.randperm(len(x)).split(256):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(network(x[rows])[:, 0], y[rows]).backward()
            optimizer.step()


# %% [right] frauds weigh more, a loader
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def move(network, x, y):
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.tensor(2.0))
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for epoch in range(20):
        for features, labels in DataLoader(TensorDataset(x, y[:, None]), batch_size=64, shuffle=True):
            optimizer.zero_grad()
            loss(network(features), labels).backward()
            optimizer.step()


# %% [right] RMSprop
import torch
from torch import nn


def move(network, x, y):
    optimizer = torch.optim.RMSprop(network.parameters(), lr=5e-4)
    for epoch in range(25):
        for rows in torch.randperm(len(x)).split(64):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(network(x[rows])[:, 0], y[rows]).backward()
            optimizer.step()


# %% [wrong] nothing trained: "did not move"
def move(network, x, y):
    network.requires_grad_(False)


# %% [wrong] begun anew
import torch
from torch import nn


def move(network, x, y):
    for layer in network:
        if isinstance(layer, nn.Linear):
            layer.reset_parameters()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for epoch in range(5):
        for rows in torch.randperm(len(x)).split(64):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(network(x[rows])[:, 0], y[rows]).backward()
            optimizer.step()


# %% [wrong] too little: "That is too little"
import torch
from torch import nn


def move(network, x, y):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-5)
    for rows in torch.randperm(len(x)).split(64):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(network(x[rows])[:, 0], y[rows]).backward()
        optimizer.step()


# %% [wrong] not finite: "learning rate was too high"
import torch
from torch import nn


def move(network, x, y):
    optimizer = torch.optim.SGD(network.parameters(), lr=1e30)
    for epoch in range(20):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(network(x)[:, 0], y).backward()
        optimizer.step()


# %% [wrong] labels of other rows
import torch
from torch import nn


def move(network, x, y):
    y = y[torch.randperm(len(y))]
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for epoch in range(20):
        for rows in torch.randperm(len(x)).split(64):
            optimizer.zero_grad()
            nn.functional.binary_cross_entropy_with_logits(network(x[rows])[:, 0], y[rows]).backward()
            optimizer.step()


# %% [wrong] the frauds alone
import torch
from torch import nn


def move(network, x, y):
    x, y = x[y == 1], y[y == 1]
    optimizer = torch.optim.Adam(network.parameters(), lr=3e-3)
    for epoch in range(100):
        optimizer.zero_grad()
        nn.functional.binary_cross_entropy_with_logits(network(x)[:, 0], y).backward()
        optimizer.step()
