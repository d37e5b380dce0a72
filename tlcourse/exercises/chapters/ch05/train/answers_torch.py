"""Answers to "Train a head for a number", in PyTorch: right ones and wrong ones."""

# %% [right] one dense layer
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def train_head(x, y, x_new):
    head, loss_of = nn.Linear(x.shape[1], 1), nn.MSELoss()
    nn.init.zeros_(head.weight)
    optimizer = torch.optim.AdamW(head.parameters(), lr=3e-4, weight_decay=1e-2)
    for epoch in range(10):
        for features, targets in DataLoader(TensorDataset(x, y[:, None]), batch_size=32, shuffle=True):
            optimizer.zero_grad()
            loss_of(head(features), targets).backward()
            optimizer.step()
    with torch.inference_mode():
        return head(x_new).squeeze(1).clamp(0, 1)


# %% [right] the experts' doubt as the target of a sigmoid
import torch
from torch import nn


def train_head(x, y, x_new):
    head = nn.Sequential(nn.Dropout(0.2), nn.LazyLinear(1))
    head(x[:2])
    optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
    loss_of = nn.BCEWithLogitsLoss()
    for epoch in range(12):
        for rows in torch.randperm(len(x)).split(25):
            optimizer.zero_grad()
            loss_of(head(x[rows])[:, 0], y[rows]).backward()
            optimizer.step()
    head.eval()
    return torch.sigmoid(head(x_new))


# %% [wrong] the same for every cell: "A softmax over one output"
import torch
from torch import nn


def train_head(x, y, x_new):
    head = nn.Sequential(nn.Linear(x.shape[1], 1), nn.Softmax(dim=1))
    optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
    for rows in torch.randperm(len(x)).split(32):
        optimizer.zero_grad()
        nn.functional.mse_loss(head(x[rows]), y[rows][:, None]).backward()
        optimizer.step()
    with torch.no_grad():
        return head(x_new)


# %% [wrong] each output compared with every target
import warnings

import torch
from torch import nn

warnings.simplefilter("ignore")


def train_head(x, y, x_new):
    head, loss_of = nn.Linear(x.shape[1], 1), nn.MSELoss()
    optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
    for epoch in range(20):
        for rows in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            loss_of(head(x[rows]), y[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        return head(x_new)


# %% [wrong] logits in place of probabilities: "of which the sigmoid has not been taken"
import torch
from torch import nn


def train_head(x, y, x_new):
    head, loss_of = nn.Linear(x.shape[1], 1), nn.BCEWithLogitsLoss()
    optimizer = torch.optim.Adam(head.parameters(), lr=2e-3)
    for epoch in range(15):
        for rows in torch.randperm(len(x)).split(32):
            optimizer.zero_grad()
            loss_of(head(x[rows]), y[rows][:, None]).backward()
            optimizer.step()
    with torch.no_grad():
        return head(x_new)


# %% [wrong] not trained
import torch
from torch import nn


def train_head(x, y, x_new):
    with torch.no_grad():
        return nn.Linear(x.shape[1], 1)(x_new)
