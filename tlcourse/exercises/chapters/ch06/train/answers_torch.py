"""Answers to "A training that reaches a bar", in PyTorch: right ones and wrong ones."""

# %% [right] one low rate for all
import torch
from torch import nn


def finetune(model, maps, labels):
    model.eval()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    for epoch in range(12):
        for rows in torch.randperm(len(labels)).split(16):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
            optimizer.step()


# %% [right] the head alone
import torch
from torch import nn


def finetune(model, maps, labels):
    model.eval()
    with torch.no_grad():
        features = nn.Sequential(model.block, model.pool, model.flat)(maps)
    optimizer = torch.optim.AdamW(model.classifier.parameters(), lr=3e-3)
    for step in range(80):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model.classifier(features), labels, label_smoothing=0.1).backward()
        optimizer.step()


# %% [right] the head first, then both with a schedule
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def finetune(model, maps, labels):
    model.eval()
    batches = DataLoader(TensorDataset(maps, labels), batch_size=20, shuffle=True)

    def train(groups, epochs):
        optimizer = torch.optim.AdamW(groups)
        rates = [group["lr"] for group in groups]
        scheduler = torch.optim.lr_scheduler.OneCycleLR(optimizer, rates, total_steps=epochs * len(batches))
        for _ in range(epochs):
            for x, y in batches:
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(x), y).backward()
                optimizer.step()
                scheduler.step()

    head = {"params": list(model.classifier.parameters()), "lr": 1e-2}
    train([head], epochs=5)
    train([{**head, "lr": 1e-3}, {"params": list(model.block.parameters()), "lr": 2e-4}], epochs=6)
    return model


# %% [wrong] old layers too fast: "a much lower rate than the head"
import torch
from torch import nn


def finetune(model, maps, labels):
    model.eval()
    optimizer = torch.optim.Adam(model.parameters(), lr=0.05)
    for epoch in range(8):
        for rows in torch.randperm(len(labels)).split(16):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
            optimizer.step()


# %% [wrong] hardly trained: "The head hardly moved"
import torch
from torch import nn


def finetune(model, maps, labels):
    model.eval()
    optimizer = torch.optim.Adam(model.block.parameters(), lr=1e-5)
    for rows in torch.randperm(len(labels)).split(16):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
        optimizer.step()


# %% [wrong] no better than guessing: "Does each label still belong to its image"
import torch
from torch import nn


def finetune(model, maps, labels):
    model.eval()
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    maps = maps[torch.randperm(len(maps))]  # and the labels stay where they are
    for epoch in range(10):
        for rows in torch.randperm(len(labels)).split(16):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
            optimizer.step()


# %% [wrong] no step
import torch
from torch import nn


def finetune(model, maps, labels):
    optimizer = torch.optim.Adam(model.parameters(), lr=5e-4)
    nn.functional.cross_entropy(model.eval()(maps), labels).backward()


# %% [wrong] the loss goes up
import torch
from torch import nn


def finetune(model, maps, labels):
    model.eval()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.05, maximize=True)
    for step in range(5):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(maps), labels).backward()
        optimizer.step()
