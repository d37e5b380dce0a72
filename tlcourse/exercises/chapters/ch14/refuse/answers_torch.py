"""Answers to "No answer is an answer", in PyTorch: right ones and wrong ones."""

# %% [right] limit by sorting
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        p_val, p = model(x_val).softmax(1), model(x).softmax(1)
    ordered = p_val.max(1).values.sort(descending=True).values
    limit = ordered[round(keep * len(ordered)) - 1]
    return [int(row.argmax()) if row.max() >= limit else -1 for row in p]


# %% [right] a lower quantile
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        sure_val = torch.softmax(model(x_val), dim=1).amax(dim=1)
        sure, classes = torch.softmax(model(x), dim=1).max(dim=1)
    limit = sure_val.quantile(1 - keep, interpolation="midpoint")
    return torch.where(sure < limit, -1, classes)


# %% [wrong] training mode: "Is it in evaluation mode?"
import torch


def classes_or_nothing(model, x_val, x, keep):
    with torch.no_grad():
        sure_val = model(x_val).softmax(1).max(1).values
        sure, classes = model(x).softmax(1).max(1)
    return torch.where(sure >= sure_val.quantile(1 - keep), classes, -1)


# %% [wrong] answers everything: "Every image gets an answer"
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        return model(x).argmax(1)


# %% [wrong] the sure ones refused: "those about which the network is sure"
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        sure_val = model(x_val).softmax(1).max(1).values
        sure, classes = model(x).softmax(1).max(1)
    return torch.where(sure >= sure_val.quantile(1 - keep), -1, classes)


# %% [wrong] limit from the new images: "the least sure of the new images"
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        sure, classes = model(x).softmax(1).max(1)
    limit = sure.sort(descending=True).values[round(keep * len(x)) - 1]
    return torch.where(sure >= limit, classes, -1)


# %% [wrong] the share taken for the limit: "with the share itself as the limit"
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        sure, classes = model(x).softmax(1).max(1)
    return torch.where(sure >= keep, classes, -1)


# %% [wrong] logits
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        sure_val = model(x_val).max(1).values
        sure, classes = model(x).max(1)
    return torch.where(sure >= sure_val.quantile(1 - keep), classes, -1)


# %% [wrong] the other share
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        sure_val = model(x_val).softmax(1).max(1).values
        sure, classes = model(x).softmax(1).max(1)
    return torch.where(sure >= sure_val.quantile(keep), classes, -1)


# %% [wrong] not one number for each: "One number for each is needed"
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        return model(x).softmax(1)


# %% [wrong] no classes: "not classes from 0 to 3"
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        return model(x).argmax(1) + 1.5


# %% [wrong] half of the validation images
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        sure_val = model(x_val).softmax(1).max(1).values
        sure, classes = model(x).softmax(1).max(1)
    return torch.where(sure >= sure_val.quantile(0.5), classes, -1)


# %% [wrong] nothing
def classes_or_nothing(model, x_val, x, keep):
    return [-1] * len(x)


# %% [wrong] probabilities over the images
import torch


def classes_or_nothing(model, x_val, x, keep):
    model.eval()
    with torch.no_grad():
        sure_val = model(x_val).softmax(0).max(1).values
        sure, classes = model(x).softmax(0).max(1)
    return torch.where(sure >= sure_val.quantile(1 - keep), classes, -1)
