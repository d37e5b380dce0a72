"""Answers to "Between two networks", in Keras: right ones and wrong ones."""

# %% [right] variable by variable
import keras


def between(old, new, share):
    ours = keras.models.clone_model(old)
    for mine, before, after in zip(ours.weights, old.weights, new.weights):
        mine.assign(before + share * (after - before))
    return ours


# %% [right] layer by layer
import keras
import numpy as np


def between(old, new, share):
    ours = keras.models.clone_model(new)
    for mine, a, b in zip(ours.layers, old.layers, new.layers):
        mine.set_weights(
            [
                np.average([x, y], axis=0, weights=[1 - share, share])
                for x, y in zip(a.get_weights(), b.get_weights())
            ]
        )
    return ours


# %% [right] built from the configuration
import keras


def between(old, new, share):
    ours = old.__class__.from_config(old.get_config())
    ours.set_weights([(1 - share) * x + share * y for x, y in zip(old.get_weights(), new.get_weights())])
    return ours


# %% [wrong] share the wrong way round: "A share of 0 is the old network"
import keras


def between(old, new, share):
    ours = keras.models.clone_model(new)
    ours.set_weights([share * x + (1 - share) * y for x, y in zip(old.get_weights(), new.get_weights())])
    return ours


# %% [wrong] statistics left out: "those of one network"
import keras


def between(old, new, share):
    ours = keras.models.clone_model(new)
    ours.set_weights(new.get_weights())
    for mine, before in zip(ours.trainable_variables, old.trainable_variables):
        mine.assign(before + share * (mine - before))
    return ours


# %% [wrong] an input changed: "Write into a copy"
def between(old, new, share):
    pairs = zip(old.get_weights(), new.get_weights())
    new.set_weights([before + share * (after - before) for before, after in pairs])
    return new


# %% [wrong] half and half: "half way"
import keras


def between(old, new, share):
    ours = keras.models.clone_model(new)
    ours.set_weights([(x + y) / 2 for x, y in zip(old.get_weights(), new.get_weights())])
    return ours


# %% [wrong] one of the two: "those of one of the two networks"
import keras


def between(old, new, share):
    ours = keras.models.clone_model(new)
    ours.set_weights(new.get_weights())
    return ours


# %% [wrong] no network: "should give a network"
def between(old, new, share):
    return [x + share * (y - x) for x, y in zip(old.get_weights(), new.get_weights())]


# %% [wrong] averages the outputs
import keras


def between(old, new, share):
    inputs = keras.Input(old.input_shape[1:])
    return keras.Model(inputs, (1 - share) * old(inputs) + share * new(inputs))


# %% [wrong] the head alone
import keras


def between(old, new, share):
    ours = keras.models.clone_model(new)
    ours.set_weights(new.get_weights())
    a, b = (m.get_layer("classifier").get_weights() for m in (old, new))
    ours.get_layer("classifier").set_weights([x + share * (y - x) for x, y in zip(a, b)])
    return ours
