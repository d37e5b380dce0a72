"""Log-mel, the small network, and its training, in PyTorch."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from tlcourse.audio.mel import FLOOR, HOP, RATE, WINDOW, mel_filters

__all__ = ["LogMel", "features", "fit", "load", "network", "outputs", "speaker_network", "speakers"]

Batches = Iterable[tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]]


class LogMel(nn.Module):
    """Samples (N, samples), float32, to features (N, frames, bands)."""

    def __init__(self, bands: int = 32, window: int = WINDOW, hop: int = HOP, rate: int = RATE) -> None:
        super().__init__()
        self.hop = hop
        self.register_buffer("window", torch.hann_window(window))
        self.register_buffer("filters", torch.from_numpy(mel_filters(bands, window, rate)))

    def forward(self, sounds: torch.Tensor) -> torch.Tensor:
        window: torch.Tensor = self.get_buffer("window")
        spectra = torch.stft(sounds, len(window), self.hop, window=window, center=False, return_complex=True)
        power = spectra.abs().square().transpose(1, 2)
        return ((power @ self.get_buffer("filters") + FLOOR).log() + 2) / 3


def features(layer: LogMel, sounds: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Features of some clips, as an array (N, frames, bands)."""
    with torch.inference_mode():
        return np.asarray(layer(torch.from_numpy(np.ascontiguousarray(sounds))).numpy())


class TimeMean(nn.Module):
    """The mean over time: maps (N, channels, frames, bands) to rows (N, bands x channels)."""

    def forward(self, maps: torch.Tensor) -> torch.Tensor:
        return maps.mean(dim=2).transpose(1, 2).flatten(1)


def network(classes: int) -> nn.Sequential:
    """The small network; see `tlcourse.audio.digit_network`."""
    model = nn.Sequential()
    for number, (given, made) in enumerate(((1, 16), (16, 32), (32, 64)), 1):
        model.add_module(f"conv{number}", nn.Conv2d(given, made, 3, padding=1, bias=False))
        model.add_module(f"norm{number}", nn.BatchNorm2d(made))
        model.add_module(f"relu{number}", nn.ReLU())
        model.add_module(f"pool{number}", nn.MaxPool2d(2))
    model.add_module("mean", TimeMean())
    model.add_module("dropout", nn.Dropout(0.3))
    model.add_module("classifier", nn.Linear(256, classes))
    return model


def load(model: nn.Sequential, path: Any) -> None:
    """Weights of the English digits, but for the classifier where it has other classes."""
    from safetensors.torch import load_file

    arrays = load_file(path)
    if arrays["classifier.bias"].shape != model.get_submodule("classifier").bias.shape:
        arrays = {name: array for name, array in arrays.items() if not name.startswith("classifier")}
    model.load_state_dict(arrays, strict=False)


def fit(
    model: nn.Sequential, batches: Batches, *, lr: float, steps: int, trained: tuple[str, ...] = ()
) -> None:
    """Train some layers, the rate falling to zero as a cosine; BatchNorm learns only where all is trained.

    Parameters
    ----------
    model : nn.Sequential
        Of `network`; changed in place.
    batches : iterable of (features, labels)
        Features (N, frames, bands); `steps` of them are taken.
    lr : float
        Adam's rate at the start.
    steps : int
    trained : tuple of str
        Names of layers. Empty: all, with BatchNorm in training mode.
    """
    for name, layer in model.named_children():
        layer.requires_grad_(not trained or name in trained)
    weights = [weight for weight in model.parameters() if weight.requires_grad]
    optimizer = torch.optim.Adam(weights, lr=lr)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, steps)
    model.train()
    if trained:
        for layer in model.children():
            if isinstance(layer, nn.BatchNorm2d):
                layer.eval()
    for x, y in batches:
        loss = nn.functional.cross_entropy(model(torch.from_numpy(x)[:, None]), torch.from_numpy(y))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    model.eval()


def outputs(model: nn.Sequential, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Logits of features (N, frames, bands), in evaluation mode."""
    model.eval()
    with torch.inference_mode():
        return np.asarray(model(torch.from_numpy(x)[:, None]).numpy())


class SpeakerNetwork(nn.Module):
    """Three LSTM layers; what the last one holds at the end goes through a linear layer and a ReLU."""

    def __init__(self) -> None:
        super().__init__()
        self.lstm = nn.LSTM(40, 256, num_layers=3, batch_first=True)
        self.linear = nn.Linear(256, 256)

    def forward(self, mels: torch.Tensor) -> torch.Tensor:
        _, (hidden, _) = self.lstm(mels)
        return self.linear(hidden[-1]).relu()


def speaker_network(arrays: dict[str, npt.NDArray[np.float32]]) -> SpeakerNetwork:
    """Resemblyzer's network, with weights by their names (`tlcourse.audio.speaker.speaker_arrays`)."""
    model = SpeakerNetwork()
    model.load_state_dict({name: torch.from_numpy(array.copy()) for name, array in arrays.items()})
    return model.eval()


def speakers(model: SpeakerNetwork, mels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Its embeddings (N, 256) of mel powers (N, frames, 40), not yet of length 1."""
    with torch.inference_mode():
        return np.asarray(model(torch.from_numpy(mels)).numpy())
