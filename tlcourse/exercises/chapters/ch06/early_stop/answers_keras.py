"""Answers to "Stop early, restore the best", in Keras: right ones and wrong ones."""

# %% [right] a callback of its own
import keras


class stopper(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.best, self.waited = patience, float("inf"), 0

    def on_epoch_end(self, epoch, logs=None):
        self.waited += 1
        if logs["val_loss"] < self.best:
            self.best, self.waited, self.kept = logs["val_loss"], 0, self.model.get_weights()
        if self.waited >= self.patience:
            self.model.stop_training = True

    def on_train_end(self, logs=None):
        self.model.set_weights(self.kept)


# %% [right] a file
import tempfile
from pathlib import Path

import keras


class stopper(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.losses = patience, []
        self.file = Path(tempfile.mkdtemp()) / "best.weights.h5"

    def on_epoch_end(self, epoch, logs):
        if not self.losses or logs["val_loss"] < min(self.losses):
            self.model.save_weights(self.file, overwrite=True)
        self.losses.append(logs["val_loss"])
        waited = epoch - self.losses.index(min(self.losses))
        self.model.stop_training = waited >= self.patience

    def on_train_end(self, logs=None):
        self.model.load_weights(self.file)


# %% [right] every argument by name
import keras


def stopper(patience):
    return keras.callbacks.EarlyStopping(
        monitor="val_loss", min_delta=0, patience=patience, mode="min", restore_best_weights=True
    )


# %% [wrong] keeps the last: "an earlier one was better"
import keras


def stopper(patience):
    return keras.callbacks.EarlyStopping("val_loss", patience=patience)


# %% [wrong] never stops: "No run ends before its last epoch"
import keras


def stopper(patience):
    return keras.callbacks.EarlyStopping("loss", patience=patience, restore_best_weights=True)


# %% [wrong] one early: "one epoch early"
import keras


def stopper(patience):
    return keras.callbacks.EarlyStopping("val_loss", patience=patience - 1, restore_best_weights=True)


# %% [wrong] one late: "one epoch late"
import keras


def stopper(patience):
    return keras.callbacks.EarlyStopping("val_loss", patience=patience + 1, restore_best_weights=True)


# %% [wrong] upside down: "lower is better"
import keras


def stopper(patience):
    return keras.callbacks.EarlyStopping("val_loss", patience=patience, mode="max", restore_best_weights=True)


# %% [wrong] compared with the one before: "Compare it with the best so far"
import keras


class stopper(keras.callbacks.Callback):
    def __init__(self, patience):
        super().__init__()
        self.patience, self.before, self.best, self.worse = patience, float("inf"), float("inf"), 0

    def on_epoch_end(self, epoch, logs=None):
        loss = logs["val_loss"]
        self.worse = self.worse + 1 if loss > self.before else 0
        self.before = loss
        if loss < self.best:
            self.best, self.kept = loss, self.model.get_weights()
        self.model.stop_training = self.worse >= self.patience

    def on_train_end(self, logs=None):
        self.model.set_weights(self.kept)


# %% [wrong] patience forgotten
import keras


def stopper(patience):
    return keras.callbacks.EarlyStopping("val_loss", restore_best_weights=True)


# %% [wrong] only large steps count
import keras


def stopper(patience):
    return keras.callbacks.EarlyStopping(
        "val_loss", min_delta=0.5, patience=patience, restore_best_weights=True
    )


# %% [wrong] a number
def stopper(patience):
    return patience
