"""Answers to "Five numbers for one model", in PyTorch: right ones and wrong ones."""

# %% [right] scikit-learn at the end
import torch
from sklearn import metrics


@torch.inference_mode()
def measure(model, batches):
    model.eval()
    y, p = [], []
    for images, labels in batches:
        y += labels.tolist()
        p += model(images).softmax(1)[:, 1].tolist()
    said = [value > 0.5 for value in p]
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [right] counted by hand, the logits as scores
import torch


def measure(model, batches):
    was = model.training
    model.train(False)
    with torch.no_grad():
        pairs = [(model(x), y) for x, y in batches]
    model.train(was)
    z, y = (torch.cat(part) for part in zip(*pairs, strict=True))
    said, score = z.argmax(1), z[:, 1] - z[:, 0]
    hits = ((said == 1) & (y == 1)).sum()
    wins = (score[y == 1][:, None] > score[y == 0]).double().mean()
    return {
        "auc": wins,
        "f1": 2 * hits / (said.sum() + y.sum()),
        "recall": hits / y.sum(),
        "precision": hits / said.sum(),
        "accuracy": (said == y).double().mean(),
    }


# %% [right] rounded to three decimals
import torch
from sklearn.metrics import precision_recall_fscore_support, roc_auc_score


def measure(model, batches):
    model.eval()
    y, p = [], []
    for images, labels in batches:
        y.append(labels)
        p.append(torch.softmax(model(images), dim=-1)[:, 1].detach())
    y, p = torch.cat(y).numpy(), torch.cat(p).numpy()
    precision, recall, f1, _ = precision_recall_fscore_support(y, p >= 0.5, average="binary")
    numbers = {"precision": precision, "recall": recall, "f1": f1, "auc": roc_auc_score(y, p)}
    return {name: round(float(v), 3) for name, v in {**numbers, "accuracy": ((p >= 0.5) == y).mean()}.items()}


# %% [wrong] measured in training mode: "Measure in evaluation mode"
import torch
from sklearn import metrics


@torch.inference_mode()
def measure(model, batches):
    y, p = [], []
    for images, labels in batches:
        y += labels.tolist()
        p += model(images).softmax(1)[:, 1].tolist()
    said = [value > 0.5 for value in p]
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] AUC of decisions: "the area for decisions"
import torch
from sklearn import metrics


@torch.inference_mode()
def measure(model, batches):
    model.eval()
    y, said = [], []
    for images, labels in batches:
        y += labels.tolist()
        said += model(images).argmax(1).tolist()
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, said),
    }


# %% [wrong] precision and recall swapped: "have changed places"
import torch
from sklearn import metrics


@torch.inference_mode()
def measure(model, batches):
    model.eval()
    y, p = [], []
    for images, labels in batches:
        y += labels.tolist()
        p += model(images).softmax(1)[:, 1].tolist()
    said = [value > 0.5 for value in p]
    return {
        "accuracy": metrics.accuracy_score(said, y),
        "precision": metrics.precision_score(said, y),
        "recall": metrics.recall_score(said, y),
        "f1": metrics.f1_score(said, y),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] the other class: "The class to find is 1"
import torch
from sklearn import metrics


@torch.inference_mode()
def measure(model, batches):
    model.eval()
    y, p = [], []
    for images, labels in batches:
        y += labels.tolist()
        p += model(images).softmax(1)[:, 0].tolist()
    said = [int(value < 0.5) for value in p]
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said, pos_label=0),
        "recall": metrics.recall_score(y, said, pos_label=0),
        "f1": metrics.f1_score(y, said, pos_label=0),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] means over the classes: "means over both classes"
import torch
from sklearn import metrics


@torch.inference_mode()
def measure(model, batches):
    model.eval()
    y, p = [], []
    for images, labels in batches:
        y += labels.tolist()
        p += model(images).softmax(1)[:, 1].tolist()
    said = [value > 0.5 for value in p]
    of = {"average": "macro"}
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said, **of),
        "recall": metrics.recall_score(y, said, **of),
        "f1": metrics.f1_score(y, said, **of),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] labels of another pass: "do not belong together"
import torch
from sklearn import metrics


@torch.inference_mode()
def measure(model, batches):
    model.eval()
    p = [value for images, _ in batches for value in model(images).softmax(1)[:, 1].tolist()]
    y = [value for _, labels in batches for value in labels.tolist()]
    said = [value > 0.5 for value in p]
    return {
        "accuracy": metrics.accuracy_score(y, said),
        "precision": metrics.precision_score(y, said),
        "recall": metrics.recall_score(y, said),
        "f1": metrics.f1_score(y, said),
        "auc": metrics.roc_auc_score(y, p),
    }


# %% [wrong] means of the batches
import torch
from sklearn import metrics


@torch.inference_mode()
def measure(model, batches):
    model.eval()
    rows = []
    for x, y in batches:
        p = model(x).softmax(1)[:, 1]
        said = p > 0.5
        rows.append(
            [
                metrics.accuracy_score(y, said),
                metrics.precision_score(y, said, zero_division=0),
                metrics.recall_score(y, said, zero_division=0),
                metrics.f1_score(y, said, zero_division=0),
                metrics.roc_auc_score(y, p) if 0 < y.sum() < len(y) else 0.5,
            ]
        )
    means = torch.tensor(rows).mean(0).tolist()
    return dict(zip(("accuracy", "precision", "recall", "f1", "auc"), means, strict=True))
