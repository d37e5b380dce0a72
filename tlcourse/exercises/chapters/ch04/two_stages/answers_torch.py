"""Answers to "Two stages that beat the frozen head", in PyTorch: right ones and wrong ones."""

# %% [right] a new optimizer for the second stage
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def two_stages(model, maps, labels):
    pairs = DataLoader(TensorDataset(maps, labels), batch_size=24, shuffle=True)

    def train(epochs, lr):
        optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=lr)
        for epoch in range(epochs):
            for x, y in pairs:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), y).backward()
                optimizer.step()

    train(5, 3e-3)
    model.requires_grad_(True)
    train(12, 1e-3)


# %% [right] one optimizer, which is told of the fires
import torch
from torch import nn


def two_stages(model, maps, labels):
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=1e-3)
    for epoch in range(16):
        if epoch == 4:
            model.fires.requires_grad_(True)
            optimizer.add_param_group({"params": list(model.fires.parameters()), "lr": 8e-4})
        for rows in torch.randperm(len(labels)).split(32):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
            optimizer.step()
    return model


# %% [right] stored features first, then a schedule with momentum
import torch
from torch import nn


def two_stages(model, maps, labels):
    with torch.no_grad():
        features = nn.Sequential(model.fires, model.pool, model.flat)(maps)
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=3e-3)
    for step in range(100):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model.classifier(features), labels).backward()
        optimizer.step()
    for parameter in model.parameters():
        parameter.requires_grad = True
    groups = [
        {"params": model.fires.parameters(), "lr": 4e-3},
        {"params": model.classifier.parameters(), "lr": 4e-3},
    ]
    optimizer = torch.optim.SGD(groups, momentum=0.9, nesterov=True)
    epochs, batch = 16, 20
    scheduler = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, 4e-3, total_steps=epochs * len(labels) // batch
    )
    for epoch in range(epochs):
        for rows in torch.randperm(len(labels)).split(batch):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows], label_smoothing=0.05).backward()
            optimizer.step()
            scheduler.step()


# %% [wrong] frozen head: "did not move"
import torch
from torch import nn


def two_stages(model, maps, labels):
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=3e-3)
    for step in range(60):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(maps), labels).backward()
        optimizer.step()


# %% [wrong] the optimizer does not know
import torch
from torch import nn


def two_stages(model, maps, labels):
    optimizer = torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=3e-3)
    for epoch in range(10):
        if epoch == 5:
            model.requires_grad_(True)
        for rows in torch.randperm(len(labels)).split(24):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
            optimizer.step()


# %% [wrong] old layers too fast: "a much lower rate"
import torch
from torch import nn


def two_stages(model, maps, labels):
    model.requires_grad_(True)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.03)
    for epoch in range(4):
        for rows in torch.randperm(len(labels)).split(24):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
            optimizer.step()


# %% [wrong] no better than guessing: "Does each label still belong to its image"
import torch
from torch import nn


def two_stages(model, maps, labels):
    model.requires_grad_(True)
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    maps = maps[torch.randperm(len(maps))]  # and the labels stay where they are
    for epoch in range(6):
        for rows in torch.randperm(len(labels)).split(24):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
            optimizer.step()


# %% [wrong] hardly trained: "The head hardly moved"
import torch
from torch import nn


def two_stages(model, maps, labels):
    model.fires.requires_grad_(True)
    optimizer = torch.optim.SGD(model.fires.parameters(), lr=1e-4)
    for rows in torch.randperm(len(labels)).split(24):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
        optimizer.step()


# %% [wrong] no step
import torch
from torch import nn


def two_stages(model, maps, labels):
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    nn.functional.cross_entropy(model(maps), labels).backward()
