"""Answers to "Cut the head three ways", in PyTorch: right ones and wrong ones."""

# %% [right] children and slices
from torch import nn


def cut(model, keep):
    parts = list(model.children())
    if keep == "maps":
        return nn.Sequential(*parts[:-4])
    if keep == "features":
        return nn.Sequential(*parts[:-1])
    return nn.Sequential(*parts[:-1], nn.LazyLinear(keep))


# %% [right] in place, nothing returned
from torch import nn


def cut(model, keep):
    if keep == "maps":
        del model.pool, model.flat, model.dropout, model.classifier
    elif keep == "features":
        del model.classifier
    else:
        model.classifier = nn.Linear(model.classifier.in_features, keep, bias=False)


# %% [right] a class of its own
import torch
from torch import nn


class Cut(nn.Module):
    def __init__(self, model, keep):
        super().__init__()
        self.model, self.keep = model, keep
        self.head = nn.Linear(model.classifier.in_features, keep) if isinstance(keep, int) else None

    def forward(self, x):
        for name, part in self.model.named_children():
            if name == "pool":
                break
            x = part(x)
        if self.keep == "maps":
            return x
        x = x.mean((2, 3))
        return x if self.head is None else self.head(x)


def cut(model, keep):
    return Cut(model, keep)


# %% [right] set_submodule
import torch


def cut(model, keep):
    names = ["pool", "flat", "classifier"] if keep == "maps" else ["classifier"]
    for name in names:
        model.set_submodule(name, torch.nn.Identity())
    if keep not in ("maps", "features"):
        width = list(model.children())[0][0].out_channels
        model.classifier = torch.nn.Linear(width, keep)
    return model


# %% [wrong] the head is still there: "The head is still there"
from torch import nn


def cut(model, keep):
    if keep == "features":
        model.head = nn.Identity()
        return model.eval()
    if keep == "maps":
        return model[:-4]
    model.classifier = nn.Linear(model.classifier.in_features, keep)
    return model


# %% [wrong] the pooling is gone too: "The pooling belongs to these features"
from torch import nn


def cut(model, keep):
    if keep in ("maps", "features"):
        return model[:-4]
    model.classifier = nn.Linear(model.classifier.in_features, keep)
    return model


# %% [wrong] pooled already: "the pooling, which averages over them, has to go"
from torch import nn


def cut(model, keep):
    if keep in ("maps", "features"):
        model.classifier = nn.Identity()
    else:
        model.classifier = nn.Linear(model.classifier.in_features, keep)
    return model


# %% [wrong] on top of the old head: "reads the old head's outputs"
from torch import nn


def cut(model, keep):
    if keep == "maps":
        return model[:-4]
    if keep == "features":
        return model[:-1]
    return nn.Sequential(model, nn.Linear(model.classifier.out_features, keep))


# %% [wrong] outputs of the old head: "which know the old classes"
from torch import nn


def cut(model, keep):
    if keep == "maps":
        return model[:-4]
    if keep == "features":
        return model[:-1]
    old = model.classifier
    model.classifier = nn.Linear(old.in_features, keep)
    model.classifier.weight.data = old.weight.data[:keep]
    model.classifier.bias.data = old.bias.data[:keep]
    return model


# %% [wrong] other weights: "The layers must keep their weights"
from torch import nn


def cut(model, keep):
    if keep == "maps":
        return model[:-4]
    if keep == "features":
        for layer in model.modules():
            if hasattr(layer, "reset_parameters"):
                layer.reset_parameters()
        return model[:-1]
    model.classifier = nn.Linear(model.classifier.in_features, keep)
    return model


# %% [wrong] a softmax in the model: "there is a softmax in the model"
from torch import nn


def cut(model, keep):
    if keep == "maps":
        return model[:-4]
    if keep == "features":
        return model[:-1]
    model.classifier = nn.Sequential(nn.Linear(model.classifier.in_features, keep), nn.Softmax(dim=1))
    return model


# %% [wrong] the largest value of each map
from torch import nn


def cut(model, keep):
    if keep == "maps":
        return model[:-4]
    model.pool = nn.AdaptiveMaxPool2d(1)
    model.classifier = nn.Identity() if keep == "features" else nn.Linear(model.classifier.in_features, keep)
    return model


# %% [wrong] not flattened
from torch import nn


def cut(model, keep):
    if keep == "maps":
        return model[:-5]
    return model[:-3]
