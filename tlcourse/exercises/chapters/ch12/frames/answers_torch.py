"""Answers to "A mean without the padding", in PyTorch: right ones and wrong ones."""

# %% [right] clip by clip
import torch


def mean_over_time(maps, samples, window, hop):
    return torch.stack([m[: 1 + (int(n) - window) // hop].mean(0) for m, n in zip(maps, samples)])


# %% [right] a cumulative sum
import torch


def mean_over_time(maps, samples, window, hop):
    own = (samples - window) // hop + 1
    sums = maps.double().cumsum(1)
    return sums[torch.arange(len(maps)), own - 1] / own[:, None]


# %% [right] NaN for the padding
import torch


def mean_over_time(maps, samples, window, hop):
    ends = torch.arange(maps.shape[1]) * hop + window
    return maps.masked_fill((ends[None] > samples[:, None])[..., None], float("nan")).nanmean(1)


# %% [wrong] padding counted: "mostly padding"
def mean_over_time(maps, samples, window, hop):
    return maps.mean(1)


# %% [wrong] divided by all frames: "divided by the same number"
import torch


def mean_over_time(maps, samples, window, hop):
    own = 1 + (samples - window) // hop
    mask = torch.arange(maps.shape[1])[None] < own[:, None]
    return (maps * mask[..., None]).mean(1)


# %% [wrong] a frame for each hop: "a frame for each hop"
import torch


def mean_over_time(maps, samples, window, hop):
    own = (samples // hop).clamp(max=maps.shape[1])
    mask = torch.arange(maps.shape[1])[None] < own[:, None]
    return (maps * mask[..., None]).sum(1) / own[:, None]


# %% [wrong] one off: "one frame off"
import torch


def mean_over_time(maps, samples, window, hop):
    own = (2 + (samples - window) // hop).clamp(max=maps.shape[1])
    mask = torch.arange(maps.shape[1])[None] < own[:, None]
    return (maps * mask[..., None]).sum(1) / own[:, None]


# %% [wrong] not finite: "NaN or infinity"
import torch


def mean_over_time(maps, samples, window, hop):
    own = (samples - window) // hop
    mask = torch.arange(maps.shape[1])[None] < own[:, None]
    return (maps * mask[..., None]).sum(1) / own[:, None]


# %% [wrong] another shape: "a row for each clip"
def mean_over_time(maps, samples, window, hop):
    return maps.mean(2)


# %% [wrong] the largest instead of the mean
import torch


def mean_over_time(maps, samples, window, hop):
    own = 1 + (samples - window) // hop
    mask = torch.arange(maps.shape[1])[None] < own[:, None]
    return maps.masked_fill(~mask[..., None], -99.0).amax(1)


# %% [wrong] the last frames
import torch


def mean_over_time(maps, samples, window, hop):
    return torch.stack([m[-(1 + (int(n) - window) // hop) :].mean(0) for m, n in zip(maps, samples)]) + 0.5
