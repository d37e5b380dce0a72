"""Answers to "The ranges of the maps", in Keras: right ones and wrong ones."""

# %% [right] all images at once
import keras
import numpy as np


def ranges(model, batches, names):
    look = keras.Model(model.input, {name: model.get_layer(name).output for name in names})
    maps = look(np.concatenate(batches), training=False)
    return {name: (maps[name].numpy().min(), maps[name].numpy().max()) for name in names}


# %% [right] layer by layer
import numpy as np


def ranges(model, batches, names):
    lows, highs = {}, {}
    for x in batches:
        for layer in model.layers[1:]:
            x = layer(x)
            if layer.name in names:
                lows.setdefault(layer.name, []).append(np.min(x))
                highs.setdefault(layer.name, []).append(np.max(x))
    return {name: np.array([min(lows[name]), max(highs[name])]) for name in names}


# %% [right] predict, block after block
import keras


def ranges(model, batches, names):
    found = {}
    for name in names:
        cut = keras.Model(model.input, model.get_layer(name).output)
        maps = [cut.predict(batch, verbose=0) for batch in batches]
        found[name] = [min(m.min() for m in maps), max(m.max() for m in maps)]
    return found


# %% [wrong] training mode: "Calibrate it as it will be used"
import keras
import numpy as np


def ranges(model, batches, names):
    model = keras.models.clone_model(model) if False else model
    kept = model.get_weights()
    found = {name: [np.inf, -np.inf] for name in names}
    for x in batches:
        for layer in model.layers[1:]:
            x = layer(x, training=True) if layer.name.startswith("block") else layer(x)
            if layer.name in names:
                found[layer.name] = [
                    min(found[layer.name][0], float(np.min(x))),
                    max(found[layer.name][1], float(np.max(x))),
                ]
    model.set_weights(kept)
    return found


# %% [wrong] one batch: "the range of one batch"
import keras
import numpy as np


def ranges(model, batches, names):
    look = keras.Model(model.input, [model.get_layer(name).output for name in names])
    for batch in batches:
        maps = look(batch, training=False)
    return {name: (np.min(one), np.max(one)) for name, one in zip(names, maps)}


# %% [wrong] mean of the batches: "a mean over the batches"
import keras
import numpy as np


def ranges(model, batches, names):
    look = keras.Model(model.input, [model.get_layer(name).output for name in names])
    seen = [[(np.min(m), np.max(m)) for m in look(batch, training=False)] for batch in batches]
    return {name: pair for name, pair in zip(names, np.mean(seen, axis=0))}


# %% [wrong] before the ReLU: "before the block's ReLU"
import numpy as np


def ranges(model, batches, names):
    found, x = {}, np.concatenate(batches)
    for layer in model.layers[1:]:
        if layer.name in names:
            normed = layer.get_layer("norm")(layer.get_layer("conv")(x))
            found[layer.name] = (np.min(normed), np.max(normed))
        x = layer(x)
    return found


# %% [wrong] network changed: "numbers changed"
import keras
import numpy as np


def ranges(model, batches, names):
    look = keras.Model(model.input, [model.get_layer(name).output for name in names])
    maps = look(np.concatenate(batches), training=False)
    model(batches[0], training=True)
    return {name: (np.min(one), np.max(one)) for name, one in zip(names, maps)}


# %% [wrong] no pairs by name: "a pair (lowest, highest)"
import numpy as np


def ranges(model, batches, names):
    out = model(np.concatenate(batches), training=False)
    return float(np.min(out)), float(np.max(out))


# %% [wrong] of the weights
import numpy as np


def ranges(model, batches, names):
    kernels = {name: model.get_layer(name).get_layer("conv").kernel for name in names}
    return {name: (np.min(kernel), np.max(kernel)) for name, kernel in kernels.items()}


# %% [wrong] from zero to the largest mean
import numpy as np


def ranges(model, batches, names):
    found, x = {}, np.concatenate(batches)
    for layer in model.layers[1:]:
        x = layer(x)
        if layer.name in names:
            found[layer.name] = (0.0, float(np.mean(x)))
    return found
