"""Answers to "It only looks frozen", in Keras: right ones and wrong ones."""

# %% [right] a clone with the same weights
import keras
import numpy as np


def leaks(model, train_step, blocks):
    old = keras.models.clone_model(model)
    old.set_weights(model.get_weights())
    train_step()
    out = set()
    for b in blocks:
        for v, w in zip(old.get_layer(b).get_weights(), model.get_layer(b).get_weights()):
            if (v != w).any():
                out.add(b)
    return out


# %% [right] bytes, and a generator
def leaks(model, train_step, blocks):
    def print_of(name):
        return [v.tobytes() for v in model.get_layer(name).get_weights()]

    before = [print_of(name) for name in blocks]
    train_step()
    for name, old in zip(blocks, before):
        if print_of(name) != old:
            yield name


# %% [right] a name for each array
import tensorflow as tf


def leaks(model, train_step, blocks):
    before = {b: [tf.identity(w.value) for w in model.get_layer(b).weights] for b in blocks}
    train_step()
    found = []
    for b in blocks:
        for old, new in zip(before[b], model.get_layer(b).weights):
            if tf.reduce_any(old != new.value):
                found.append(b)
    return found


# %% [wrong] no copies: "comparing the model with itself"
import numpy as np


def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_layer(name)
        return block.weights

    before = {name: state(name) for name in blocks}
    train_step()
    return [
        name
        for name in blocks
        if any(not np.array_equal(a.numpy(), b.numpy()) for a, b in zip(before[name], state(name)))
    ]


# %% [wrong] statistics overlooked: "BatchNorm's statistics"
import numpy as np


def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_layer(name)
        return [w.numpy().copy() for w in block.trainable_weights]

    before = {name: state(name) for name in blocks}
    train_step()
    return [
        name for name in blocks if any(not np.array_equal(a, b) for a, b in zip(before[name], state(name)))
    ]


# %% [wrong] compares with a tolerance: "to the last bit"
import numpy as np


def leaks(model, train_step, blocks):
    def state(name):
        block = model.get_layer(name)
        return block.get_weights()

    before = {name: state(name) for name in blocks}
    train_step()
    return [name for name in blocks if any(not np.allclose(a, b) for a, b in zip(before[name], state(name)))]


# %% [wrong] reports the head: "The head is meant to move"
import numpy as np


def leaks(model, train_step, blocks):
    before = {layer.name: layer.get_weights() for layer in model.layers}
    train_step()

    def differs(layer):
        return any(not np.array_equal(a, b) for a, b in zip(before[layer.name], layer.get_weights()))

    return {layer.name for layer in model.layers if differs(layer)}


# %% [wrong] true and false
import numpy as np


def leaks(model, train_step, blocks):
    old = {b: model.get_layer(b).get_weights() for b in blocks}
    train_step()
    return {
        b: not all(np.array_equal(x, y) for x, y in zip(old[b], model.get_layer(b).get_weights()))
        for b in blocks
    }


# %% [wrong] the first array only
import numpy as np


def leaks(model, train_step, blocks):
    first = lambda b: model.get_layer(b).get_weights()[0]
    old = {b: first(b) for b in blocks}
    train_step()
    return [b for b in blocks if not np.array_equal(old[b], first(b))]
