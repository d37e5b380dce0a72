"""Answers to "The digits of another language", in PyTorch: right ones and wrong ones."""

# %% [right] a new head on frozen features
import torch
from torch import nn


def move(network, features, labels):
    network.requires_grad_(False).eval()
    network.classifier = nn.Linear(256, 10)
    optimizer = torch.optim.Adam(network.classifier.parameters(), lr=1e-2)
    for epoch in range(25):
        for rows in torch.randperm(len(labels)).split(10):
            loss = nn.functional.cross_entropy(network(features[rows]), labels[rows])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


# %% [right] the last block and the head
import torch
from torch import nn


def move(network, features, labels):
    network.train()
    late = [network.conv3, network.norm3, network.classifier]
    optimizer = torch.optim.AdamW([p for layer in late for p in layer.parameters()], lr=2e-3)
    for step in range(120):
        rows = torch.randint(0, len(labels), (10,))
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(features[rows]), labels[rows]).backward()
        optimizer.step()


# %% [wrong] nothing trained: "still hears English"
def move(network, features, labels):
    return network.eval()


# %% [wrong] not finite: "NaN or infinity"
import torch
from torch import nn


def move(network, features, labels):
    optimizer = torch.optim.SGD(network.parameters(), lr=1e30)
    for step in range(10):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(features), labels).backward()
        optimizer.step()


# %% [wrong] too little learned: "too little"
import torch
from torch import nn


def move(network, features, labels):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    for rows in torch.randperm(len(labels)).split(10):
        optimizer.zero_grad()
        nn.functional.cross_entropy(network(features[rows]), labels[rows]).backward()
        optimizer.step()


# %% [wrong] labels of other clips
import torch
from torch import nn


def move(network, features, labels):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for epoch in range(6):
        for rows in torch.randperm(len(labels)).split(10):
            loss = nn.functional.cross_entropy(network(features[rows]), labels[rows.flip(0)])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()


# %% [wrong] away from the labels
import torch
from torch import nn


def move(network, features, labels):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    for step in range(20):
        optimizer.zero_grad()
        (-nn.functional.cross_entropy(network(features), labels)).backward()
        optimizer.step()
