"""Answers to "SpecAugment as a layer", in PyTorch: right ones and wrong ones."""

# %% [right] a loop over the clips
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.bands, self.frames = bands, frames

    def forward(self, x):
        if not self.training:
            return x
        x = x.clone()
        for one in x:
            for axis, widest in ((0, self.frames), (1, self.bands)):
                width = int(torch.randint(0, widest + 1, ()))
                start = int(torch.randint(0, one.shape[axis] - width + 1, ()))
                one.narrow(axis, start, width).zero_()
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [right] NumPy's random numbers, at least one wide
import numpy as np
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.widest, self.rng = (frames, bands), np.random.default_rng(0)

    def forward(self, x):
        keep = torch.ones_like(x)
        if self.training:
            for row in range(len(x)):
                t, b = (int(self.rng.integers(1, w + 1)) for w in self.widest)
                at = int(self.rng.integers(0, x.shape[1] - t + 1))
                low = int(self.rng.integers(0, x.shape[2] - b + 1))
                keep[row, at : at + t] = 0
                keep[row, :, low : low + b] = 0
        return x * keep


def masks(bands, frames):
    return Masks(bands, frames)


# %% [right] a function in a module's clothes
import torch
from torch import nn


def bar(n, length, widest):
    width = torch.randint(0, widest + 1, (n, 1))
    start = (torch.rand(n, 1) * (length - width + 1)).long()
    place = torch.arange(length)
    return (place >= start) & (place < start + width)


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.bands, self.frames = bands, frames

    def forward(self, x):
        if self.training:
            x = x.masked_fill(bar(len(x), x.shape[1], self.frames)[:, :, None], 0.0)
            x = x.masked_fill(bar(len(x), x.shape[2], self.bands)[:, None, :], 0.0)
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] active in use: "evaluation mode as well"
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.bands, self.frames = bands, frames

    def forward(self, x):
        x = x.clone()
        for one in x:
            for axis, widest in ((0, self.frames), (1, self.bands)):
                width = int(torch.randint(0, widest + 1, ()))
                start = int(torch.randint(0, one.shape[axis] - width + 1, ()))
                one.narrow(axis, start, width).zero_()
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] never active: "nothing is masked"
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()

    def forward(self, x):
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] others changed: "unlike dropout"
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.drop = nn.Dropout2d(0.2)

    def forward(self, x):
        return self.drop(x)


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] single numbers: "Single numbers"
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()

    def forward(self, x):
        return x * (torch.rand_like(x) > 0.2) if self.training else x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] bands alone: "No frame is ever masked"
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.bands = bands

    def forward(self, x):
        if not self.training:
            return x
        x = x.clone()
        for one in x:
            width = int(torch.randint(0, self.bands + 1, ()))
            start = int(torch.randint(0, x.shape[2] - width + 1, ()))
            one[:, start : start + width] = 0
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] one mask for the batch: "All clips of a batch"
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.bands, self.frames = bands, frames

    def forward(self, x):
        if not self.training:
            return x
        x = x.clone()
        for axis, widest in ((1, self.frames), (2, self.bands)):
            width = int(torch.randint(1, widest + 1, ()))
            start = int(torch.randint(0, x.shape[axis] - width + 1, ()))
            x.narrow(axis, start, width).zero_()
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] too wide: "wider than"
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.bands, self.frames = bands, frames

    def forward(self, x):
        if not self.training:
            return x
        x = x.clone()
        for one in x:
            for axis, widest in ((0, self.frames), (1, self.bands)):
                width = int(torch.randint(0, 2 * widest + 1, ()))
                start = int(torch.randint(0, max(1, one.shape[axis] - width + 1), ()))
                one.narrow(axis, start, min(width, one.shape[axis])).zero_()
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] another shape: "numbers, not shapes"
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.frames = frames

    def forward(self, x):
        return x[:, self.frames :] if self.training else x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] one width: "have one width"
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()
        self.bands, self.frames = bands, frames

    def forward(self, x):
        if not self.training:
            return x
        x = x.clone()
        for one in x:
            for axis, width in ((0, self.frames), (1, self.bands)):
                start = int(torch.randint(0, one.shape[axis] - width + 1, ()))
                one.narrow(axis, start, width).zero_()
        return x


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] turned round
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()

    def forward(self, x):
        return x if self.training else x * 0


def masks(bands, frames):
    return Masks(bands, frames)


# %% [wrong] noise
import torch
from torch import nn


class Masks(nn.Module):
    def __init__(self, bands, frames):
        super().__init__()

    def forward(self, x):
        return x + 0.1 * torch.randn_like(x)


def masks(bands, frames):
    return Masks(bands, frames)
