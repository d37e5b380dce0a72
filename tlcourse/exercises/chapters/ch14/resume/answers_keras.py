"""Answers to "Killed, and started again", in Keras: right ones and wrong ones."""

# %% [right] by hand
import json
from pathlib import Path

import keras


def train(model, x, y, folder, epochs):
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    note = folder / "note.json"
    done = json.loads(note.read_text()) if note.exists() else 0
    if done:
        model.optimizer.build(model.trainable_variables)  # or load_weights skips its state
        model.load_weights(folder / f"{done}.weights.h5")
    for epoch in range(done, epochs):
        model.fit(x, y, batch_size=12, shuffle=False, verbose=0)
        model.save_weights(folder / f"{epoch + 1}.weights.h5")
        note.write_text(json.dumps(epoch + 1))


# %% [right] batches of its own order
from pathlib import Path

import keras
import numpy as np


def train(model, x, y, folder, epochs):
    Path(folder).mkdir(parents=True, exist_ok=True)
    files = sorted(Path(folder).glob("*.keras"))
    done = 0
    if files:
        old = keras.models.load_model(files[-1])
        model.set_weights(old.get_weights())
        model.optimizer.build(model.trainable_variables)
        for variable, value in zip(model.optimizer.variables, old.optimizer.variables):
            variable.assign(value)
        done = len(files)
    for epoch in range(done, epochs):
        order = np.random.default_rng(epoch).permutation(len(x))
        for rows in np.split(order, 3):
            model.train_on_batch(x[rows], y[rows])
        model.save(Path(folder, f"{epoch:03}.keras"))


# %% [wrong] begins anew: "it begins"
import keras


def train(model, x, y, folder, epochs):
    model.fit(
        x,
        y,
        batch_size=16,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.ModelCheckpoint(str(folder) + "/model.keras")],
    )


# %% [wrong] repeats an epoch: "It repeats what was done"
from pathlib import Path

import keras


def train(model, x, y, folder, epochs):
    Path(folder).mkdir(parents=True, exist_ok=True)
    files = sorted(Path(folder).glob("*.weights.h5"))
    done = 0
    if files:
        done = int(files[-1].name.split(".")[0])
        model.load_weights(files[-1])
    for epoch in range(done, epochs):
        model.fit(x, y, batch_size=16, shuffle=False, verbose=0)
        model.save_weights(Path(folder, f"{epoch}.weights.h5"))


# %% [wrong] skips an epoch: "counts as done"
from pathlib import Path

import keras


def train(model, x, y, folder, epochs):
    Path(folder).mkdir(parents=True, exist_ok=True)
    files = sorted(Path(folder).glob("*.weights.h5"))
    if files:
        model.load_weights(files[-1])
    for epoch in range(len(files), epochs):
        model.save_weights(Path(folder, f"{epoch}.weights.h5"))
        model.fit(x, y, batch_size=16, shuffle=False, verbose=0)


# %% [wrong] a different end: "Something was not carried over"
import keras


def train(model, x, y, folder, epochs):
    model.fit(
        x,
        y,
        batch_size=16,
        epochs=epochs,
        verbose=0,
        callbacks=[keras.callbacks.BackupAndRestore(folder, delete_checkpoint=False)],
    )


# %% [wrong] trains on after the end: "a further start trains again"
import keras


def train(model, x, y, folder, epochs):
    model.fit(
        x,
        y,
        batch_size=16,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[keras.callbacks.BackupAndRestore(folder)],
    )


# %% [wrong] the end is not loaded: "Load the saved ones all the same"
from pathlib import Path

import keras


def train(model, x, y, folder, epochs):
    Path(folder).mkdir(parents=True, exist_ok=True)
    done = len(list(Path(folder).glob("*.weights.h5")))
    if 0 < done < epochs:
        model.load_weights(Path(folder, f"{done - 1}.weights.h5"))
    for epoch in range(done, epochs):
        model.fit(x, y, batch_size=16, shuffle=False, verbose=0)
        model.save_weights(Path(folder, f"{epoch}.weights.h5"))


# %% [wrong] nothing trained: "nothing was trained"
def train(model, x, y, folder, epochs):
    model.trainable = False


# %% [wrong] not finite: "NaN or infinity"
import keras


def train(model, x, y, folder, epochs):
    model.compile(keras.optimizers.SGD(1e30), keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(
        x,
        y,
        batch_size=16,
        epochs=epochs,
        shuffle=False,
        verbose=0,
        callbacks=[],
    )


# %% [wrong] the optimizer is not carried over
from pathlib import Path

import keras
import numpy as np


def train(model, x, y, folder, epochs):
    Path(folder).mkdir(parents=True, exist_ok=True)
    done = len(list(Path(folder).glob("*.npz")))
    if done:
        saved = np.load(Path(folder, f"{done - 1}.npz"))
        model.set_weights([saved[name] for name in saved.files])
    for epoch in range(done, epochs):
        model.fit(x, y, batch_size=16, shuffle=False, verbose=0)
        np.savez(Path(folder, f"{epoch}.npz"), *model.get_weights())


# %% [wrong] the weights are not loaded
from pathlib import Path

import keras


def train(model, x, y, folder, epochs):
    Path(folder).mkdir(parents=True, exist_ok=True)
    for epoch in range(len(list(Path(folder).glob("*.weights.h5"))), epochs):
        model.fit(x, y, batch_size=16, shuffle=False, verbose=0)
        model.save_weights(Path(folder, f"{epoch}.weights.h5"))
