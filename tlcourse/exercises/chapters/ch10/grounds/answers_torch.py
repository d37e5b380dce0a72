"""Answers to "Any ground", in PyTorch: right ones and wrong ones."""

# %% [right] image by image
import torch


def on_any_ground(cutouts):
    images = []
    for cutout in cutouts:
        colour = torch.rand(3)
        images.append(torch.stack([cutout[3] * cutout[c] + (1 - cutout[3]) * colour[c] for c in range(3)]))
    return torch.stack(images)


# %% [right] lerp, with colours from NumPy
import numpy as np
import torch


def on_any_ground(cutouts):
    colours = np.random.default_rng().integers(0, 256, (len(cutouts), 3)) / 255
    ground = torch.tensor(colours, dtype=cutouts.dtype)[:, :, None, None].expand(-1, -1, *cutouts.shape[2:])
    return torch.lerp(ground, cutouts[:, :3], cutouts[:, 3:])


# %% [right] the ground first
import torch


def on_any_ground(cutouts):
    ground = torch.empty(cutouts.shape[0], 3, 1, 1).uniform_()
    return ground + cutouts[:, 3].unsqueeze(1) * (cutouts[:, :3] - ground)


# %% [wrong] one ground for all: "Draw a colour for each image"
import torch


def on_any_ground(cutouts):
    alpha = cutouts[:, 3:]
    return alpha * cutouts[:, :3] + (1 - alpha) * torch.rand(1, 3, 1, 1)


# %% [wrong] same at every call: "Draw anew at each call"
import torch


def on_any_ground(cutouts):
    ground = torch.rand(len(cutouts), 3, 1, 1, generator=torch.Generator().manual_seed(0))
    alpha = cutouts[:, 3:]
    return alpha * cutouts[:, :3] + (1 - alpha) * ground


# %% [wrong] hard edge: "a network can learn the rim"
import torch


def on_any_ground(cutouts):
    ground = torch.rand(len(cutouts), 3, 1, 1)
    return torch.where(cutouts[:, 3:] > 0.5, cutouts[:, :3], ground)


# %% [wrong] always the same ground: "any colour"
def on_any_ground(cutouts):
    return cutouts[:, :3] * cutouts[:, 3:]


# %% [wrong] alpha left out: "as they came"
def on_any_ground(cutouts):
    return cutouts[:, :3]


# %% [wrong] more than one colour: "has several"
import torch


def on_any_ground(cutouts):
    alpha = cutouts[:, 3:]
    return alpha * cutouts[:, :3] + (1 - alpha) * torch.rand_like(cutouts[:, :3])


# %% [wrong] only grey: "each by itself"
import torch


def on_any_ground(cutouts):
    alpha = cutouts[:, 3:]
    return alpha * cutouts[:, :3] + (1 - alpha) * torch.rand(len(cutouts), 1, 1, 1)


# %% [wrong] alpha and its rest exchanged
import torch


def on_any_ground(cutouts):
    alpha = cutouts[:, 3:]
    return (1 - alpha) * cutouts[:, :3] + alpha * torch.rand(len(cutouts), 3, 1, 1)


# %% [wrong] four channels
import torch


def on_any_ground(cutouts):
    alpha = cutouts[:, 3:]
    return alpha * cutouts + (1 - alpha) * torch.rand(len(cutouts), 4, 1, 1)
