"""Answers to "Statistics of the target", in PyTorch: right ones and wrong ones."""

# %% [right] momentum one, and BatchNorm alone in training mode
import torch
from torch import nn


@torch.no_grad()
def take_statistics(model, images):
    model.eval()
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
            module.train()
    model(images)
    model.eval()


# %% [right] by a hook, layer after layer
import torch
from torch import nn


def take_statistics(model, images):
    def take(module, inputs):
        x = inputs[0]
        module.running_mean.copy_(x.mean(dim=(0, 2, 3)))
        module.running_var.copy_(x.var(dim=(0, 2, 3)))

    hooks = [m.register_forward_pre_hook(take) for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    model.eval()
    with torch.inference_mode():
        model(images)
    for hook in hooks:
        hook.remove()


# %% [right] an average over small batches
import torch
from torch.optim.swa_utils import update_bn


def take_statistics(model, images):
    update_bn([images], model)
    model.eval()


# %% [wrong] mixed with the old ones: "a tenth of the way"
import torch


def take_statistics(model, images):
    model.train()
    with torch.no_grad():
        model(images)
    model.eval()


# %% [wrong] nothing moved: "No statistic moved"
import torch


def take_statistics(model, images):
    model.eval()
    with torch.no_grad():
        model(images)


# %% [wrong] left in training mode: "evaluation mode"
import torch
from torch import nn


def take_statistics(model, images):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    model.train()
    with torch.no_grad():
        model(images)


# %% [wrong] weights moved: "no weight should"
import torch
from torch import nn


def take_statistics(model, images):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    model.train()
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
    model(images).square().mean().backward()
    optimizer.step()
    model.eval()


# %% [wrong] statistics of the pixels
import torch
from torch import nn


def take_statistics(model, images):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean.fill_(images.mean())
            module.running_var.fill_(images.var())


# %% [wrong] reset and not taken
from torch import nn


def take_statistics(model, images):
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.reset_running_stats()
