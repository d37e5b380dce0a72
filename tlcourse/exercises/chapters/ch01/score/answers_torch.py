"""Answers to "A score over batches", in PyTorch: right ones and wrong ones."""

# %% [right] all hits in one tensor
import torch


def score(model, batches):
    model.eval()
    with torch.no_grad():
        hits = [model(images).argmax(1) == labels for images, labels in batches]
    return torch.cat(hits).float().mean().item()


# %% [right] predictions and labels kept, scikit-learn
import torch
from sklearn.metrics import accuracy_score


@torch.inference_mode()
def score(model, batches):
    was = model.training
    model.train(False)
    seen, true = [], []
    for images, labels in batches:
        seen += model(images).max(dim=-1).indices.tolist()
        true += labels.tolist()
    model.train(was)
    return accuracy_score(true, seen)


# %% [right] a weighted mean
def score(model, batches):
    model.eval()
    total = share = 0
    for x, y in batches:
        share += len(y) * (model(x).softmax(1).argmax(1) == y).double().mean()
        total += len(y)
    return (share / total).detach()


# %% [wrong] scored in training mode: "Score in evaluation mode"
import torch


def score(model, batches):
    hits = n = 0
    with torch.no_grad():
        for images, labels in batches:
            hits += (model(images).argmax(1) == labels).sum().item()
            n += len(labels)
    return hits / n


# %% [wrong] mean of the batches: "counts as much as a whole batch"
import torch


def score(model, batches):
    model.eval()
    with torch.inference_mode():
        each = [(model(images).argmax(1) == labels).float().mean() for images, labels in batches]
    return sum(each) / len(each)


# %% [wrong] divided by something else: "not divided by the number of images"
import torch


def score(model, batches):
    model.eval()
    hits = 0
    with torch.inference_mode():
        for images, labels in batches:
            hits += (model(images).argmax(1) == labels).sum().item()
    return hits / len(batches)


# %% [wrong] one batch only: "one batch alone"
import torch


def score(model, batches):
    model.eval()
    with torch.inference_mode():
        for images, labels in batches:
            accuracy = (model(images).argmax(1) == labels).float().mean()
    return accuracy


# %% [wrong] labels of another pass: "do not belong together"
import torch


def score(model, batches):
    model.eval()
    with torch.inference_mode():
        predicted = torch.cat([model(images).argmax(1) for images, _ in batches])
    labels = torch.cat([y for _, y in batches])
    return (predicted == labels).float().mean()


# %% [wrong] a loss
import torch


def score(model, batches):
    model.eval()
    with torch.inference_mode():
        return 1 + sum(torch.nn.functional.cross_entropy(model(x), y) for x, y in batches)


# %% [wrong] the class of the smallest logit
import torch


def score(model, batches):
    model.eval()
    with torch.inference_mode():
        return torch.cat([model(x).argmin(1) == y for x, y in batches]).float().mean()
