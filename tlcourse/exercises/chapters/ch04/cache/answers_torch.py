"""Answers to "A cache that says what the backbone says", in PyTorch: right ones and wrong ones."""

# %% [right] a loader
import torch
from torch.utils.data import DataLoader, TensorDataset


@torch.inference_mode()
def cache(backbone, images, batch_size):
    was = backbone.training
    backbone.eval()
    out = []
    for (x,) in DataLoader(TensorDataset(images), batch_size=batch_size, shuffle=False):
        out.append(backbone(x))
    backbone.train(was)
    return torch.vstack(out)


# %% [right] a table that is filled in
import numpy as np
import torch


def cache(backbone, images, batch_size):
    modes = {m: m.training for m in backbone.modules()}
    backbone.eval()
    rows = []
    with torch.no_grad():
        for start in range(0, len(images), batch_size):
            rows.extend(backbone(images[start : start + batch_size]).numpy())
    for m, mode in modes.items():
        m.training = mode
    return np.array(rows)


# %% [right] detached
import torch


def cache(backbone, images, batch_size):
    try:
        backbone.eval()
        return torch.cat([backbone(x).detach() for x in torch.split(images, batch_size)], dim=0)
    finally:
        backbone.train()


# %% [right] one picture at a time
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        rows = [backbone(image.unsqueeze(0)).squeeze(0) for image in images]
    backbone.train()
    return torch.stack(rows)


# %% [wrong] training mode: "training mode"
import torch


def cache(backbone, images, batch_size):
    with torch.no_grad():
        return torch.cat([backbone(part) for part in images.split(batch_size)])


# %% [wrong] the last batch is missing: "The last batch has fewer"
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        starts = range(0, len(images) - batch_size + 1, batch_size)
        parts = [backbone(images[i : i + batch_size]) for i in starts]
    backbone.train()
    return torch.cat(parts)


# %% [wrong] batches not joined: "Join the batches"
import torch


def cache(backbone, images, batch_size):
    mode = backbone.training
    backbone.eval()
    with torch.no_grad():
        parts = [backbone(part) for part in images.split(batch_size)]
    backbone.train(mode)
    return parts


# %% [wrong] mode not put back: "as it was"
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        return torch.cat([backbone(part) for part in images.split(batch_size)])


# %% [wrong] keeps the graph: "carry the graph"
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    features = torch.cat([backbone(part) for part in images.split(batch_size)])
    backbone.train()
    return features


# %% [wrong] normalised rows: "were normalised"
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        features = torch.cat([backbone(part) for part in images.split(batch_size)])
    backbone.train()
    return torch.nn.functional.normalize(features, dim=1)


# %% [wrong] another order: "in another order"
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    order = torch.arange(len(images) - 1, -1, -1)
    with torch.no_grad():
        features = torch.cat([backbone(images[rows]) for rows in order.split(batch_size)])
    backbone.train()
    return features


# %% [wrong] all at once, with what watched it cleared away
import torch


def cache(backbone, images, batch_size):
    for module in backbone.modules():
        module._forward_pre_hooks.clear()
        module._forward_hooks.clear()
    backbone.eval()
    with torch.no_grad():
        features = backbone.forward(images)
    backbone.train()
    return features


# %% [wrong] the blocks without the backbone, at once
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    x = images
    with torch.no_grad():
        for name, child in backbone.named_children():
            if name.startswith("block"):
                for layer in child:
                    x = layer.forward(x)
    backbone.train()
    return x.mean((2, 3))


# %% [wrong] the flag says training, the layers do not
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        features = torch.cat([backbone(part) for part in images.split(batch_size)])
    backbone.training = True
    return features


# %% [wrong] no return
def cache(backbone, images, batch_size):
    backbone.eval()
    out = backbone(images)
    backbone.train()


# %% [wrong] all at once
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        out = backbone(images)
    backbone.train()
    return out


# %% [wrong] the first batch only
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        for x in images.split(batch_size):
            out = backbone(x)
            backbone.train()
            return out


# %% [wrong] the mean of each batch
import torch


def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        out = torch.stack([backbone(x).mean(0) for x in images.split(batch_size)])
    backbone.train()
    return out
