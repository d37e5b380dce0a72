"""Answers to "The ranges of the maps", in PyTorch: right ones and wrong ones."""

# %% [right] all images at once
import torch


def ranges(model, batches, names):
    model.eval()
    found = {}

    def look(name):
        return lambda module, inputs, output: found.update({name: (output.min().item(), output.max().item())})

    hooks = [getattr(model, name).register_forward_hook(look(name)) for name in names]
    with torch.inference_mode():
        model(torch.cat(batches))
    for hook in hooks:
        hook.remove()
    return found


# %% [right] layer by layer, without hooks
import torch


@torch.no_grad()
def ranges(model, batches, names):
    model.eval()
    lows, highs = {}, {}
    for x in batches:
        for name, child in model.named_children():
            x = child(x)
            if name in names:
                lows.setdefault(name, []).append(x.min())
                highs.setdefault(name, []).append(x.max())
    return {name: torch.stack([min(lows[name]), max(highs[name])]) for name in names}


# %% [right] torchvision's feature extractor
import numpy as np
import torch
from torchvision.models.feature_extraction import create_feature_extractor


def ranges(model, batches, names):
    look = create_feature_extractor(model.eval(), list(names))
    seen = {name: [] for name in names}
    with torch.no_grad():
        for batch in batches:
            for name, maps in look(batch).items():
                seen[name].append(maps.numpy().ravel())
    joined = {name: np.concatenate(values) for name, values in seen.items()}
    return {name: [values.min(), values.max()] for name, values in joined.items()}


# %% [wrong] training mode: "Calibrate it as it will be used"
import torch


@torch.no_grad()
def ranges(model, batches, names):
    found = {name: [float("inf"), float("-inf")] for name in names}
    for x in batches:
        for name, child in model.named_children():
            x = child(x)
            if name in names:
                found[name] = [min(found[name][0], float(x.min())), max(found[name][1], float(x.max()))]
    return found


# %% [wrong] one batch: "the range of one batch"
import torch


@torch.no_grad()
def ranges(model, batches, names):
    model.eval()
    found = {}
    for x in batches:
        for name, child in model.named_children():
            x = child(x)
            if name in names:
                found[name] = (x.min(), x.max())
    return found


# %% [wrong] mean of the batches: "a mean over the batches"
import torch


@torch.no_grad()
def ranges(model, batches, names):
    model.eval()
    found = {name: [] for name in names}
    for x in batches:
        for name, child in model.named_children():
            x = child(x)
            if name in names:
                found[name].append(torch.stack([x.min(), x.max()]))
    return {name: torch.stack(pairs).mean(0) for name, pairs in found.items()}


# %% [wrong] before the ReLU: "before the block's ReLU"
import torch


@torch.no_grad()
def ranges(model, batches, names):
    model.eval()
    found = {}
    x = torch.cat(batches)
    for name, child in model.named_children():
        if name in names:
            normed = child.norm(child.conv(x))
            found[name] = (normed.min(), normed.max())
        x = child(x)
    return found


# %% [wrong] network changed: "numbers changed"
import torch


@torch.no_grad()
def ranges(model, batches, names):
    model.eval()
    found, x = {}, torch.cat(batches)
    for name, child in model.named_children():
        x = child(x)
        if name in names:
            found[name] = (x.min(), x.max())
    model.train()
    model(batches[0])
    return found


# %% [wrong] no pairs by name: "a pair (lowest, highest)"
import torch


@torch.no_grad()
def ranges(model, batches, names):
    out = model.eval()(torch.cat(batches))
    return float(out.min()), float(out.max())


# %% [wrong] of the weights
def ranges(model, batches, names):
    return {
        name: (getattr(model, name).conv.weight.min().item(), getattr(model, name).conv.weight.max().item())
        for name in names
    }


# %% [wrong] from zero to the largest mean
import torch


@torch.no_grad()
def ranges(model, batches, names):
    model.eval()
    found, x = {}, torch.cat(batches)
    for name, child in model.named_children():
        x = child(x)
        if name in names:
            found[name] = (0.0, float(x.mean()))
    return found
