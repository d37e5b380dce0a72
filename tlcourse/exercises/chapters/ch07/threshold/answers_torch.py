"""Answers to "A threshold for what mistakes cost", in PyTorch: right ones and wrong ones."""

# %% [right] all at once
import numpy as np
import torch


@torch.inference_mode()
def probabilities(model, images):
    return model.eval()(images).softmax(dim=1)[:, 1].numpy()


def threshold(model, images, labels, missed, needless):
    p, y = probabilities(model, images), np.asarray(labels)
    tried = np.append(p, 1.1)
    yes = p[None] >= tried[:, None]
    cost = missed * ((y == 1) & ~yes).sum(1) + needless * ((y == 0) & yes).sum(1)
    return tried[cost.argmin()]


# %% [right] scikit-learn's curve
import numpy as np
import torch
from sklearn.metrics import roc_curve


@torch.inference_mode()
def probabilities(model, images):
    return model.eval()(images).softmax(dim=1)[:, 1].numpy()


def threshold(model, images, labels, missed, needless):
    p, y = probabilities(model, images), np.asarray(labels)
    needlessly, found, tried = roc_curve(y, p, drop_intermediate=False)
    ones = y.sum()
    cost = missed * (1 - found) * ones + needless * needlessly * (len(y) - ones)
    return float(tried[np.argmin(cost)])


# %% [wrong] fewest mistakes: "makes the fewest mistakes"
import numpy as np
import torch


@torch.inference_mode()
def probabilities(model, images):
    return model.eval()(images).softmax(dim=1)[:, 1].numpy()


def threshold(model, images, labels, missed, needless):
    p, y = probabilities(model, images), np.asarray(labels)

    def cost(t):
        yes = p >= t
        return ((y == 1) != yes).sum()

    return min(np.append(p, 1.1), key=cost)


# %% [wrong] costs swapped: "changed places"
import numpy as np
import torch


@torch.inference_mode()
def probabilities(model, images):
    return model.eval()(images).softmax(dim=1)[:, 1].numpy()


def threshold(model, images, labels, missed, needless):
    p, y = probabilities(model, images), np.asarray(labels)

    def cost(t):
        yes = p >= t
        return needless * ((y == 1) & ~yes).sum() + missed * ((y == 0) & yes).sum()

    return min(np.append(p, 1.1), key=cost)


# %% [wrong] nothing missed: "Nothing is missed"
import numpy as np
import torch


@torch.inference_mode()
def probabilities(model, images):
    return model.eval()(images).softmax(dim=1)[:, 1].numpy()


def threshold(model, images, labels, missed, needless):
    return probabilities(model, images)[np.asarray(labels) == 1].min()


# %% [right] a fine grid of tensors
import torch


def threshold(model, images, labels, missed, needless):
    was = model.training
    model.eval()
    with torch.no_grad():
        p = torch.softmax(model(images), 1)[:, 1]
    model.train(was)
    tried = torch.linspace(0, 1.001, 20_001)
    yes = p >= tried[:, None]
    cost = missed * ((labels == 1) & ~yes).sum(1) + needless * ((labels == 0) & yes).sum(1)
    return tried[cost.argmin()]


# %% [wrong] in training mode: "Choose in evaluation mode"
import torch


@torch.inference_mode()
def threshold(model, images, labels, missed, needless):
    p = model(images).softmax(dim=1)[:, 1]
    costs = [
        missed * ((labels == 1) & (p < t)).sum() + needless * ((labels == 0) & (p >= t)).sum() for t in p
    ]
    return p[torch.stack(costs).argmin()]


# %% [wrong] a threshold for logits: "for the difference of the logits"
import torch


@torch.inference_mode()
def threshold(model, images, labels, missed, needless):
    z = model.eval()(images)
    z = z[:, 1] - z[:, 0]
    costs = [
        missed * ((labels == 1) & (z < t)).sum() + needless * ((labels == 0) & (z >= t)).sum() for t in z
    ]
    return z[torch.stack(costs).argmin()]
