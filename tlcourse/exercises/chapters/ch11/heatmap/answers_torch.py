"""Answers to "Where the network looks", in PyTorch: right ones and wrong ones."""

# %% [right] each image by itself, scaled to 1
import torch


def heatmaps(model, images, block, classes):
    model.eval()
    found = []
    for image, label in zip(images, classes):
        x = image[None]
        for name, child in model.named_children():
            x = child(x)
            if name == block:
                maps = x
                maps.retain_grad()
        model.zero_grad()
        x[0, label].backward()
        heat = torch.einsum("chw,c->hw", maps[0], maps.grad[0].mean((1, 2))).clamp(min=0)
        found.append((heat / heat.max().clamp(min=1e-8)).detach())
    return torch.stack(found)


# %% [right] the network cut in two
import torch
from torch import nn


def heatmaps(model, images, block, classes):
    model.eval()
    names = [name for name, _ in model.named_children()]
    place = names.index(block) + 1
    first, rest = nn.Sequential(*list(model)[:place]), nn.Sequential(*list(model)[place:])
    with torch.no_grad():
        maps = first(images)
    maps.requires_grad_(True)
    logits = rest(maps)
    (logits * nn.functional.one_hot(classes, logits.shape[1])).sum().backward()
    weights = maps.grad.flatten(2).mean(-1)
    return nn.functional.relu((maps * weights[:, :, None, None]).sum(1)).detach().numpy()


# %% [wrong] negative too: "speak against the class"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    return (slope.mean((2, 3), keepdim=True) * kept["out"]).sum(1).detach()


# %% [wrong] training mode: "depends on the other images"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    before = {k: v.clone() for k, v in model.state_dict().items()}
    logits = model(images)
    hook.remove()
    score = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    model.load_state_dict(before)
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * kept["out"]).sum(dim=1).relu().detach()


# %% [wrong] another class: "not about the class that was asked for"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * kept["out"]).sum(dim=1).relu().detach()


# %% [wrong] gradient of each place: "one weight"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    return (slope * kept["out"]).sum(1).relu().detach()


# %% [wrong] mean over the batch: "not over the batch"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    weights = slope.mean((0, 2, 3))
    return torch.einsum("nchw,c->nhw", kept["out"], weights).relu().detach()


# %% [wrong] no gradient: "whatever for"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    return kept["out"].mean(1).detach()


# %% [wrong] gradient alone: "the gradient alone"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    return slope.abs().mean(1)


# %% [wrong] another shape: "a map for each image"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * kept["out"]).relu().detach()


# %% [wrong] network changed: "numbers changed"
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model(images)
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * kept["out"]).sum(dim=1).relu().detach()


# %% [wrong] the gradient of the probability
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = logits.softmax(1).gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    return (slope.abs().mean((2, 3), keepdim=True) * kept["out"]).sum(1).detach()


# %% [wrong] the wrong sign
import torch


def heatmaps(model, images, block, classes):
    kept = {}
    hook = model.get_submodule(block).register_forward_hook(lambda m, i, out: kept.update(out=out))
    model.eval()
    logits = model(images)
    hook.remove()
    score = -logits.gather(1, classes[:, None]).sum()
    (slope,) = torch.autograd.grad(score, kept["out"])
    weights = slope.mean(dim=(2, 3), keepdim=True)
    return (weights * kept["out"]).sum(dim=1).relu().detach()
