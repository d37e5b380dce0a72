"""Log-mel, the small network, and its training, in Keras."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
import numpy.typing as npt

from tlcourse.audio.mel import FLOOR, HOP, RATE, WINDOW, mel_filters

__all__ = ["LogMel", "features", "fit", "load", "network", "outputs", "speaker_network", "speakers"]

Batches = Iterable[tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]]


class LogMel(keras.layers.Layer):  # type: ignore[misc]
    """Samples (N, samples), float32, to features (N, frames, bands)."""

    def __init__(
        self, bands: int = 32, window: int = WINDOW, hop: int = HOP, rate: int = RATE, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.window, self.hop = window, hop
        self.filters = mel_filters(bands, window, rate)

    def call(self, sounds: Any) -> Any:
        real, imaginary = keras.ops.stft(
            sounds, self.window, self.hop, self.window, window="hann", center=False
        )
        power = keras.ops.square(real) + keras.ops.square(imaginary)
        return (keras.ops.log(power @ self.filters + FLOOR) + 2) / 3


def features(layer: LogMel, sounds: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Features of some clips, as an array (N, frames, bands)."""
    return np.asarray(layer(sounds))


def _start() -> keras.initializers.Initializer:
    """Uniform within 1 / sqrt(inputs of a unit), as PyTorch draws a layer's weights."""
    return keras.initializers.VarianceScaling(1 / 3, mode="fan_in", distribution="uniform")


def network(classes: int) -> keras.Sequential:
    """The small network; see `tlcourse.audio.digit_network`.

    Its random weights come from PyTorch's distribution, so that both frameworks have the same start.
    """
    layers: list[Any] = [keras.Input((None, 32, 1))]
    for number, made in enumerate((16, 32, 64), 1):
        layers += [
            keras.layers.Conv2D(
                made, 3, padding="same", use_bias=False, kernel_initializer=_start(), name=f"conv{number}"
            ),
            keras.layers.BatchNormalization(epsilon=1e-5, momentum=0.9, name=f"norm{number}"),
            keras.layers.ReLU(name=f"relu{number}"),
            keras.layers.MaxPooling2D(2, name=f"pool{number}"),
        ]
    layers += [
        keras.layers.Lambda(lambda maps: keras.ops.mean(maps, axis=1), name="mean"),
        keras.layers.Flatten(name="flat"),
        keras.layers.Dropout(0.3, name="dropout"),
        keras.layers.Dense(
            classes,
            kernel_initializer=_start(),
            bias_initializer=keras.initializers.RandomUniform(-1 / 16, 1 / 16),
            name="classifier",
        ),
    ]
    return keras.Sequential(layers)


def load(model: keras.Sequential, path: Any) -> None:
    """Weights of the English digits, but for the classifier where it has other classes."""
    from safetensors.numpy import load_file

    arrays = load_file(path)
    for layer in model.layers:
        if layer.name.startswith("conv"):
            layer.set_weights([arrays[f"{layer.name}.weight"].transpose(2, 3, 1, 0)])
        elif layer.name.startswith("norm"):
            parts = ("weight", "bias", "running_mean", "running_var")
            layer.set_weights([arrays[f"{layer.name}.{part}"] for part in parts])
        elif layer.name == "classifier" and layer.units == len(arrays["classifier.bias"]):
            layer.set_weights([arrays["classifier.weight"].T, arrays["classifier.bias"]])


def fit(
    model: keras.Sequential, batches: Batches, *, lr: float, steps: int, trained: tuple[str, ...] = ()
) -> None:
    """Train some layers, the rate falling to zero as a cosine; BatchNorm learns only where all is trained.

    Parameters
    ----------
    model : keras.Sequential
        Of `network`; changed in place.
    batches : iterable of (features, labels)
        Features (N, frames, bands); `steps` of them are taken.
    lr : float
        Adam's rate at the start.
    steps : int
    trained : tuple of str
        Names of layers. Empty: all, with BatchNorm in training mode.
    """
    for layer in model.layers:
        layer.trainable = not trained or (layer.name in trained and not layer.name.startswith("norm"))
    rate = keras.optimizers.schedules.CosineDecay(lr, steps)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(rate, epsilon=1e-8), loss)
    for x, y in batches:
        model.train_on_batch(x[..., None], y)


def outputs(model: keras.Sequential, x: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Logits of features (N, frames, bands), in evaluation mode."""
    return np.asarray(model(x[..., None], training=False))


def speaker_network(arrays: dict[str, npt.NDArray[np.float32]]) -> keras.Sequential:
    """Resemblyzer's network, with weights by their names (`tlcourse.audio.speaker.speaker_arrays`)."""
    layers: list[Any] = [keras.Input((None, 40))]
    layers += [keras.layers.LSTM(256, return_sequences=number < 2) for number in range(3)]
    model = keras.Sequential([*layers, keras.layers.Dense(256, activation="relu")])
    for number, layer in enumerate(model.layers[:3]):
        # The gates come in the same order in both frameworks; PyTorch has two biases, and adds them.
        bias = arrays[f"lstm.bias_ih_l{number}"] + arrays[f"lstm.bias_hh_l{number}"]
        kernels = [arrays[f"lstm.weight_{what}_l{number}"].T for what in ("ih", "hh")]
        layer.set_weights([*kernels, bias])
    model.layers[3].set_weights([arrays["linear.weight"].T, arrays["linear.bias"]])
    return model


def speakers(model: keras.Sequential, mels: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Its embeddings (N, 256) of mel powers (N, frames, 40), not yet of length 1."""
    return np.asarray(model(mels, training=False))
