"""Answers to "Learn the new, keep the old", in PyTorch: right ones and wrong ones."""

# %% [right] old pieces in every batch
import torch
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def learn(model, maps, labels, old_maps, old_labels):
    x = torch.cat([maps, *[old_maps] * 4])
    y = torch.cat([labels + 10, *[old_labels] * 4])
    pairs = DataLoader(TensorDataset(x, y), batch_size=32, shuffle=True)

    def train(parameters, rate, epochs):
        optimizer = torch.optim.AdamW(parameters, lr=rate)
        for epoch in range(epochs):
            for images, numbers in pairs:
                outputs = model(images)
                new = numbers >= 10
                loss = sum(
                    nn.functional.cross_entropy(outputs[rows][:, part], numbers[rows] % 10, reduction="sum")
                    for rows, part in ((new, slice(10, 20)), (~new, slice(0, 10)))
                )
                optimizer.zero_grad()
                (loss / len(images)).backward()
                optimizer.step()

    train(model.classifier.parameters(), 3e-3, 4)
    train(model.parameters(), 1e-3, 12)


# %% [right] the old weights hold it as well
import torch
from torch import nn


def learn(model, maps, labels, old_maps, old_labels):
    loss_of = nn.CrossEntropyLoss()
    start = {name: p.detach().clone() for name, p in model.fires.named_parameters()}

    def train(parameters, rate, epochs, hold):
        optimizer = torch.optim.Adam(parameters, lr=rate)
        for epoch in range(epochs):
            for rows in torch.randperm(len(labels)).split(20):
                optimizer.zero_grad()
                old = torch.randperm(len(old_labels))[:30]
                loss = loss_of(model(maps[rows])[:, 10:], labels[rows])
                loss = loss + loss_of(model(old_maps[old])[:, :10], old_labels[old])
                if hold:
                    anchor = sum(((p - start[name]) ** 2).sum() for name, p in model.fires.named_parameters())
                    loss = loss + hold * anchor
                loss.backward()
                optimizer.step()

    train(model.classifier.parameters(), 3e-3, 4, 0)
    train(model.parameters(), 1e-3, 14, 0.03)


# %% [right] old answers for old pieces
import copy

import torch
from torch import nn


def learn(model, maps, labels, old_maps, old_labels):
    with torch.no_grad():
        before = copy.deepcopy(model).eval()(old_maps)[:, :10].softmax(dim=1)
    for parameters, rate, epochs in (
        (model.classifier.parameters(), 3e-3, 4),
        (model.parameters(), 1e-3, 10),
    ):
        optimizer = torch.optim.Adam(parameters, lr=rate)
        for epoch in range(epochs):
            for rows in torch.randperm(len(labels)).split(16):
                now = model(old_maps)[:, :10]
                kept = nn.functional.cross_entropy(now, before)
                loss = nn.functional.cross_entropy(model(maps[rows])[:, 10:], labels[rows]) + kept
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()


# %% [wrong] forgotten: "the clothes forgotten"
import torch
from torch import nn


def learn(model, maps, labels, old_maps, old_labels):
    for parameters, rate, epochs in (
        (model.classifier.parameters(), 3e-3, 4),
        (model.parameters(), 1e-3, 10),
    ):
        optimizer = torch.optim.Adam(parameters, lr=rate)
        for epoch in range(epochs):
            for rows in torch.randperm(len(labels)).split(16):
                optimizer.zero_grad()
                nn.functional.cross_entropy(model(maps[rows])[:, 10:], labels[rows]).backward()
                optimizer.step()


# %% [wrong] frozen: "did not move"
import torch
from torch import nn


def learn(model, maps, labels, old_maps, old_labels):
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=3e-3)
    for epoch in range(12):
        for rows in torch.randperm(len(labels)).split(16):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows])[:, 10:], labels[rows]).backward()
            optimizer.step()


# %% [wrong] held too tightly: "too few digits learned"
import torch
from torch import nn


def learn(model, maps, labels, old_maps, old_labels):
    start = [p.detach().clone() for p in model.fires.parameters()]
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(6):
        for rows in torch.randperm(len(labels)).split(16):
            optimizer.zero_grad()
            anchor = sum(((p - q) ** 2).sum() for p, q in zip(model.fires.parameters(), start))
            loss = nn.functional.cross_entropy(model(maps[rows])[:, 10:], labels[rows])
            (loss + 100 * anchor).backward()
            optimizer.step()


# %% [wrong] neither: "Neither is known well"
import torch
from torch import nn


def learn(model, maps, labels, old_maps, old_labels):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for epoch in range(4):  # the labels of digits are taken for those of clothes
        for rows in torch.randperm(len(labels)).split(16):
            optimizer.zero_grad()
            nn.functional.cross_entropy(model(maps[rows]), labels[rows]).backward()
            optimizer.step()


# %% [wrong] not finite: "NaN or infinity"
import torch
from torch import nn


def learn(model, maps, labels, old_maps, old_labels):
    optimizer = torch.optim.SGD(model.parameters(), lr=1e4)
    for step in range(8):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(maps[:32])[:, 10:], labels[:32]).backward()
        optimizer.step()


# %% [wrong] nothing trained
def learn(model, maps, labels, old_maps, old_labels):
    return model.eval()


# %% [wrong] only the old is taught
import torch
from torch import nn


def learn(model, maps, labels, old_maps, old_labels):
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    for step in range(10):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(old_maps)[:, :10], old_labels).backward()
        optimizer.step()
