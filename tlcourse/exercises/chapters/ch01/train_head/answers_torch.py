"""Answers to "Train the head, and nothing else", in PyTorch: right ones and wrong ones."""

# %% [right] flags by name, BatchNorm in evaluation mode alone
import torch
from torch import nn


def train_head(model, images, labels, steps, lr):
    for name, p in model.named_parameters():
        p.requires_grad = name.startswith("classifier")
    for m in model.modules():
        if isinstance(m, nn.modules.batchnorm._BatchNorm):
            m.eval()

    optimizer = torch.optim.SGD(filter(lambda p: p.requires_grad, model.parameters()), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        optimizer.step()


# %% [right] features first, then the head alone
import torch
import torch.nn.functional as F


def train_head(model, images, labels, steps, lr):
    kept = []
    hook = model.classifier.register_forward_pre_hook(lambda module, args: kept.append(args[0]))
    model.eval()
    with torch.no_grad():
        model(images)
    hook.remove()
    weight, bias = model.classifier.weight, model.classifier.bias
    for step in range(steps):
        loss = F.cross_entropy(F.linear(kept[0], weight, bias), labels)
        grads = torch.autograd.grad(loss, [weight, bias])
        with torch.no_grad():
            for p, g in zip([weight, bias], grads):
                p -= lr * g
    return model


# %% [right] the backbone apart
import torch
from torch import nn


def train_head(model, images, labels, steps, lr):
    for child in list(model.children())[:-1]:
        child.requires_grad_(False)
        child.eval()

    optimizer = torch.optim.SGD([{"params": model.classifier.parameters()}], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        optimizer.step()


# %% [wrong] the whole network was trained: "That is fine-tuning"
import torch


def train_head(model, images, labels, steps, lr):
    optimizer = torch.optim.SGD(model.parameters(), lr=lr)
    model.eval()
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()


# %% [wrong] BatchNorm statistics moved: "These are not weights"
import torch


def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    model.train()
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()


# %% [wrong] nothing was trained: "Nothing moved at all"
import torch


def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_(True)
    model.eval()
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    for _ in range(steps):
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.zero_grad()


# %% [wrong] BatchNorm left trainable: "A BatchNorm layer has weights of its own"
import torch


def train_head(model, images, labels, steps, lr):
    for module in model.modules():
        if isinstance(module, torch.nn.Conv2d):
            module.requires_grad_(False)
    model.eval()
    optimizer = torch.optim.SGD([p for p in model.parameters() if p.requires_grad], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(images), labels).backward()
        optimizer.step()


# %% [wrong] one step only
import torch
from torch import nn


def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_()
    model.eval()
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    for _ in range(1):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        optimizer.step()


# %% [wrong] one step too many
import torch
from torch import nn


def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_()
    model.eval()
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    for _ in range(steps + 1):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        optimizer.step()


# %% [wrong] small batches
import torch


def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False).eval()
    model.classifier.requires_grad_(True)
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    for _ in range(steps):
        for x, y in zip(images.split(8), labels.split(8)):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(x), y).backward()
            optimizer.step()


# %% [wrong] another optimizer
import torch
from torch import nn


def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_()
    model.eval()
    optimizer = torch.optim.Adam(model.classifier.parameters(), lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        optimizer.step()


# %% [wrong] gradients never set to zero
import torch
from torch import nn


def train_head(model, images, labels, steps, lr):
    model.requires_grad_(False)
    model.classifier.requires_grad_()
    model.eval()
    optimizer = torch.optim.SGD(model.classifier.parameters(), lr=lr)
    for _ in range(steps):
        loss = nn.CrossEntropyLoss()(model(images), labels)
        loss.backward()
        optimizer.step()
