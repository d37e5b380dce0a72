"""Answers to "Find the wrong labels", in PyTorch: right ones and wrong ones."""

# %% [right] stopped before it learns by heart
import torch
from torch import nn


def suspects(x, y, n):
    p = torch.zeros(len(y))
    for _ in range(5):
        head = nn.Linear(x.shape[1], 10)
        optimizer = torch.optim.Adam(head.parameters(), lr=1e-3)
        folds = torch.randperm(len(y)) % 4
        for fold in range(4):
            head.reset_parameters()
            rows = (folds != fold).nonzero()[:, 0]
            for epoch in range(8):
                for some in rows[torch.randperm(len(rows))].split(32):
                    optimizer.zero_grad()
                    nn.functional.cross_entropy(head(x[some]), y[some]).backward()
                    optimizer.step()
            held = (folds == fold).nonzero()[:, 0]
            with torch.no_grad():
                p[held] += head(x[held]).softmax(1)[torch.arange(len(held)), y[held]]
    return p.argsort()[:n].tolist()


# %% [wrong] judged by what it learned: "has learned the wrong labels by heart"
import torch
from torch import nn


def suspects(x, y, n):
    head = nn.Linear(x.shape[1], 10)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3)
    for epoch in range(60):
        for rows in torch.randperm(len(y)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(head(x[rows]), y[rows]).backward()
            optimizer.step()
    with torch.no_grad():
        p = head(x).softmax(1)[torch.arange(len(y)), y]
    return p.argsort()[:n]
