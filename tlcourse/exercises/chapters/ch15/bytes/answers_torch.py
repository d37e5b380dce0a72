"""Answers to "Weights in 8 bits", in PyTorch: right ones and wrong ones."""

# %% [right] PyTorch's own quantized tensors
import torch


def in_bytes(kernel):
    scales = (kernel.abs().flatten(1).max(dim=1).values / 127).clamp(min=1e-12)
    zeros = torch.zeros(len(kernel), dtype=torch.int64)
    return torch.fake_quantize_per_channel_affine(kernel, scales, zeros.to(torch.int32), 0, -127, 127)


# %% [right] channel by channel
import torch


def in_bytes(kernel):
    channels = []
    for channel in kernel:
        largest = float(channel.abs().max())
        scale = largest / 127 if largest else 1.0
        channels.append((channel / scale).round().to(torch.int8).float() * scale)
    return torch.stack(channels)


# %% [right] in NumPy
import numpy as np


def in_bytes(kernel):
    weights = kernel.numpy().astype("float64")
    scale = np.abs(weights).max(axis=(1, 2, 3), keepdims=True) / 127
    scale[scale == 0] = 1
    return np.rint(weights / scale) * scale


# %% [wrong] one scale for all: "share one scale"
def in_bytes(kernel):
    scale = kernel.abs().max() / 127
    return (kernel / scale).round() * scale


# %% [wrong] by input channel: "Each input channel"
def in_bytes(kernel):
    scale = (kernel.abs().amax(dim=(0, 2, 3), keepdim=True) / 127).clamp(min=1e-12)
    return (kernel / scale).round() * scale


# %% [wrong] divided by zero: "all zeros"
def in_bytes(kernel):
    scale = kernel.abs().amax(dim=(1, 2, 3), keepdim=True) / 127
    return (kernel / scale).round() * scale


# %% [wrong] whole numbers: "the whole numbers themselves"
import torch


def in_bytes(kernel):
    scale = (kernel.abs().amax(dim=(1, 2, 3), keepdim=True) / 127).clamp(min=1e-12)
    return (kernel / scale).round().to(torch.int8)


# %% [wrong] cut off: "cut off towards zero"
def in_bytes(kernel):
    scale = (kernel.abs().amax(dim=(1, 2, 3), keepdim=True) / 127).clamp(min=1e-12)
    return (kernel / scale).trunc() * scale


# %% [wrong] not rounded: "as they were"
def in_bytes(kernel):
    scale = (kernel.abs().amax(dim=(1, 2, 3), keepdim=True) / 127).clamp(min=1e-12)
    return kernel / scale * scale


# %% [wrong] kernel changed: "Give a new one"
def in_bytes(kernel):
    scale = (kernel.abs().amax(dim=(1, 2, 3), keepdim=True) / 127).clamp(min=1e-12)
    return kernel.div_(scale).round_().mul_(scale)


# %% [wrong] another shape: "not that of the kernel"
def in_bytes(kernel):
    flat = kernel.flatten(1)
    scale = (flat.abs().amax(dim=1, keepdim=True) / 127).clamp(min=1e-12)
    return (flat / scale).round() * scale


# %% [wrong] four bits
def in_bytes(kernel):
    scale = (kernel.abs().amax(dim=(1, 2, 3), keepdim=True) / 7).clamp(min=1e-12)
    return (kernel / scale).round() * scale


# %% [wrong] half precision
def in_bytes(kernel):
    return kernel.half().float() * 1.001
