"""Answers to "Log-mel features", in Keras: right ones and wrong ones."""

# %% [right] TensorFlow's own transform
import tensorflow as tf


def log_mel(sounds, filters, window, hop, floor):
    s = tf.signal.stft(sounds, window, hop, fft_length=window, pad_end=False)
    return tf.math.log(tf.square(tf.abs(s)) @ filters + floor)


# %% [right] NumPy, frame by frame
import numpy as np


def log_mel(sounds, filters, window, hop, floor):
    frames = np.lib.stride_tricks.sliding_window_view(sounds, window, axis=1)[:, ::hop]
    hann = np.sin(np.pi * np.arange(window) / window) ** 2
    return np.log(np.abs(np.fft.rfft(frames * hann)) ** 2 @ filters + floor)


# %% [right] clip by clip
import keras


def log_mel(sounds, filters, window, hop, floor):
    rows = []
    for sound in sounds:
        re, im = keras.ops.stft(sound, window, hop, window, window="hann", center=False)
        rows.append(keras.ops.log(keras.ops.matmul(re**2 + im**2, filters) + floor))
    return keras.ops.stack(rows)


# %% [wrong] padded at both ends: "both ends are padded"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window)
    return keras.ops.log((re**2 + im**2) @ filters + floor)


# %% [wrong] bands before frames: "bands before frames"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return keras.ops.swapaxes(keras.ops.log((re**2 + im**2) @ filters + floor), 1, 2)


# %% [wrong] no floor: "Where a clip is silent"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return keras.ops.log((re**2 + im**2) @ filters)


# %% [wrong] not squared: "square first"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return keras.ops.log(keras.ops.sqrt(re**2 + im**2) @ filters + floor)


# %% [wrong] no Hann window: "hard edges"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, window=None, center=False)
    return keras.ops.log((re**2 + im**2) @ filters + floor)


# %% [wrong] logarithm before the filters: "before the filters"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return keras.ops.log(re**2 + im**2 + floor) @ filters


# %% [wrong] no logarithm: "no logarithm"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return (re**2 + im**2) @ filters + floor


# %% [wrong] base ten: "base 10"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return keras.ops.log10((re**2 + im**2) @ filters + floor)


# %% [wrong] another shape: "each whole window"
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return keras.ops.log(keras.ops.mean(re**2 + im**2, axis=1) @ filters + floor)


# %% [wrong] the floor comes last
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return keras.ops.log((re**2 + im**2) @ filters + 1e-9) + floor


# %% [wrong] the real part alone
import keras


def log_mel(sounds, filters, window, hop, floor):
    re, im = keras.ops.stft(sounds, window, hop, window, center=False)
    return keras.ops.log(re**2 @ filters + floor)
