"""Answers to "A large batch in small parts", in PyTorch: right ones and wrong ones."""

# %% [right] sums, divided by all
from torch import nn


def step(model, optimizer, parts):
    n = sum(len(y) for _, y in parts)
    optimizer.zero_grad()
    for x, y in parts:
        (nn.functional.cross_entropy(model(x), y, reduction="sum") / n).backward()
    optimizer.step()


# %% [right] gradients by hand
import torch
from torch import nn


def step(model, optimizer, parts):
    weights = list(model.parameters())
    total = sum(len(y) for _, y in parts)
    sums = [torch.zeros_like(w) for w in weights]
    for x, y in parts:
        loss = nn.functional.cross_entropy(model(x), y)
        for s, g in zip(sums, torch.autograd.grad(loss, weights)):
            s += g * len(y) / total
    for w, s in zip(weights, sums):
        w.grad = s
    optimizer.step()


# %% [right] gradients divided at the end
from torch import nn


def step(model, optimizer, parts):
    model.zero_grad()
    seen = 0
    for x, y in parts:
        nn.CrossEntropyLoss(reduction="sum")(model(x), y).backward()
        seen += len(y)
    for p in model.parameters():
        p.grad /= seen
    optimizer.step()


# %% [wrong] added without shares: "several times too long"
from torch import nn


def step(model, optimizer, parts):
    optimizer.zero_grad()
    for x, y in parts:
        nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()


# %% [wrong] parts count alike: "weighs more"
from torch import nn


def step(model, optimizer, parts):
    optimizer.zero_grad()
    for x, y in parts:
        (nn.functional.cross_entropy(model(x), y) / len(parts)).backward()
    optimizer.step()


# %% [wrong] one part only: "one of the"
from torch import nn


def step(model, optimizer, parts):
    for x, y in parts:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
    optimizer.step()


# %% [wrong] a step for each part: "one for each part"
from torch import nn


def step(model, optimizer, parts):
    for x, y in parts:
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x), y).backward()
        optimizer.step()


# %% [wrong] old gradients: "Set them to zero first"
from torch import nn


def step(model, optimizer, parts):
    n = sum(len(y) for _, y in parts)
    for x, y in parts:
        (nn.functional.cross_entropy(model(x), y) * len(y) / n).backward()
    optimizer.step()


# %% [wrong] no step: "No weight moved"
from torch import nn


def step(model, optimizer, parts):
    n = sum(len(y) for _, y in parts)
    optimizer.zero_grad()
    for x, y in parts:
        (nn.functional.cross_entropy(model(x), y) * len(y) / n).backward()


# %% [wrong] the loss goes up
from torch import nn


def step(model, optimizer, parts):
    n = sum(len(y) for _, y in parts)
    optimizer.zero_grad()
    for x, y in parts:
        (-nn.functional.cross_entropy(model(x), y) * len(y) / n).backward()
    optimizer.step()


# %% [wrong] squares of the gradients
import torch
from torch import nn


def step(model, optimizer, parts):
    weights = list(model.parameters())
    optimizer.zero_grad()
    for x, y in parts:
        for w, g in zip(weights, torch.autograd.grad(nn.functional.cross_entropy(model(x), y), weights)):
            w.grad = g**2 if w.grad is None else w.grad + g**2
    optimizer.step()
