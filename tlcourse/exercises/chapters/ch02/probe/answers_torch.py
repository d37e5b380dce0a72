"""Answers to "Rank the candidates by a probe", in PyTorch: right ones and wrong ones."""

# %% [right] a stronger penalty, and a table
import pandas as pd
import torch
from sklearn.linear_model import RidgeClassifier


@torch.inference_mode()
def rank(backbones, train_images, train_labels, val_images, val_labels):
    rows = []
    for name, backbone in backbones.items():
        was = backbone.training
        backbone.train(False)
        probe = RidgeClassifier(alpha=10.0).fit(backbone(train_images), train_labels)
        rows.append((name, (probe.predict(backbone(val_images)) == val_labels.numpy()).mean()))
        backbone.train(was)
    return (
        pd.DataFrame(rows, columns=["name", "accuracy"])
        .sort_values("accuracy", ascending=False)["name"]
        .tolist()
    )


# %% [right] a head trained with the framework
import torch
from torch import nn


def rank(backbones, train_images, train_labels, val_images, val_labels):
    scores = []
    for name, backbone in backbones.items():
        backbone.eval()
        with torch.no_grad():
            train, val = backbone(train_images), backbone(val_images)
        mean, std = train.mean(0), train.std(0)
        train, val = (train - mean) / std, (val - mean) / std
        head = nn.Linear(train.shape[1], int(train_labels.max()) + 1)
        optimizer = torch.optim.Adam(head.parameters(), lr=0.03, weight_decay=0.01)
        for _ in range(100):
            optimizer.zero_grad()
            nn.functional.cross_entropy(head(train), train_labels).backward()
            optimizer.step()
        scores.append(((head(val).argmax(1) == val_labels).float().mean().item(), name))
    return tuple(name for _, name in sorted(scores)[::-1])


# %% [wrong] judged on the training images: "right about everything"
from sklearn.linear_model import LogisticRegression
import torch


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        backbone.eval()
        with torch.no_grad():
            train, val = backbone(train_images).numpy(), backbone(val_images).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(train, train_labels)
    return sorted(accuracy, key=accuracy.get, reverse=True)


# %% [wrong] worst first: "the worst comes first"
from sklearn.linear_model import LogisticRegression
import torch


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        backbone.eval()
        with torch.no_grad():
            train, val = backbone(train_images).numpy(), backbone(val_images).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return sorted(accuracy, key=accuracy.get)


# %% [wrong] one name only: "A shortlist was asked for"
from sklearn.linear_model import LogisticRegression
import torch


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        backbone.eval()
        with torch.no_grad():
            train, val = backbone(train_images).numpy(), backbone(val_images).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return max(accuracy, key=accuracy.get)


# %% [wrong] training mode: "called in training mode"
from sklearn.linear_model import LogisticRegression
import torch


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        backbone.train()
        with torch.no_grad():
            train, val = backbone(train_images).numpy(), backbone(val_images).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return sorted(accuracy, key=accuracy.get, reverse=True)


# %% [wrong] as they came
def rank(backbones, train_images, train_labels, val_images, val_labels):
    return list(backbones)


# %% [wrong] not a list of all names: "the name of every candidate once"
from sklearn.linear_model import LogisticRegression
import torch


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        backbone.eval()
        with torch.no_grad():
            train, val = backbone(train_images).numpy(), backbone(val_images).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return accuracy


# %% [wrong] no return
from sklearn.linear_model import LogisticRegression
import torch


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        backbone.eval()
        with torch.no_grad():
            train, val = backbone(train_images).numpy(), backbone(val_images).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return None


# %% [wrong] the accuracies
from sklearn.linear_model import LogisticRegression
import torch


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        backbone.eval()
        with torch.no_grad():
            train, val = backbone(train_images).numpy(), backbone(val_images).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return sorted(accuracy.values())


# %% [wrong] the first two
from sklearn.linear_model import LogisticRegression
import torch


def rank(backbones, train_images, train_labels, val_images, val_labels):
    accuracy = {}
    for name, backbone in backbones.items():
        backbone.eval()
        with torch.no_grad():
            train, val = backbone(train_images).numpy(), backbone(val_images).numpy()
        probe = LogisticRegression(max_iter=2000).fit(train, train_labels)
        accuracy[name] = probe.score(val, val_labels)
    return sorted(accuracy, key=accuracy.get, reverse=True)[:2]
