"""Answers to "Log-mel features", in PyTorch: right ones and wrong ones."""

# %% [right] frames by unfold and a real transform
import torch


def log_mel(sounds, filters, window, hop, floor):
    frames = sounds.unfold(1, window, hop) * torch.hann_window(window)
    power = torch.fft.rfft(frames).abs() ** 2
    return torch.log(power @ filters + floor)


# %% [right] clip by clip, as real numbers
import torch


def log_mel(sounds, filters, window, hop, floor):
    rows = []
    for sound in sounds:
        parts = torch.stft(
            sound, window, hop, window=torch.hann_window(window), center=False, return_complex=True
        )
        power = torch.view_as_real(parts).pow(2).sum(-1)
        rows.append((filters.T @ power + floor).log().T)
    return torch.stack(rows)


# %% [right] an array
import numpy as np
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return np.log(np.einsum("nft,fb->ntb", s.abs().square().numpy(), filters.numpy()) + floor)


# %% [wrong] padded at both ends: "both ends are padded"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), return_complex=True)
    return torch.log(s.abs().square().transpose(1, 2) @ filters + floor)


# %% [wrong] bands before frames: "bands before frames"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return torch.log(filters.T @ s.abs().square() + floor)


# %% [wrong] no floor: "Where a clip is silent"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return torch.log(s.abs().square().transpose(1, 2) @ filters)


# %% [wrong] not squared: "square first"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return torch.log(s.abs().transpose(1, 2) @ filters + floor)


# %% [wrong] no Hann window: "hard edges"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.ones(window), center=False, return_complex=True)
    return torch.log(s.abs().square().transpose(1, 2) @ filters + floor)


# %% [wrong] logarithm before the filters: "before the filters"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return torch.log(s.abs().square().transpose(1, 2) + floor) @ filters


# %% [wrong] no logarithm: "no logarithm"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return s.abs().square().transpose(1, 2) @ filters + floor


# %% [wrong] base ten: "base 10"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return torch.log10(s.abs().square().transpose(1, 2) @ filters + floor)


# %% [wrong] another shape: "each whole window"
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return torch.log(s.abs().square().mean(2) @ filters + floor)


# %% [wrong] the floor comes last
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return torch.log(s.abs().square().transpose(1, 2) @ filters + 1e-9) + floor


# %% [wrong] the real part alone
import torch


def log_mel(sounds, filters, window, hop, floor):
    s = torch.stft(sounds, window, hop, window=torch.hann_window(window), center=False, return_complex=True)
    return torch.log(s.real.square().transpose(1, 2) @ filters + floor)
