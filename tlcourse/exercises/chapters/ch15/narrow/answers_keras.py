"""Answers to "Channels taken out", in Keras: right ones and wrong ones."""


# %% [right] one list of arrays
def narrowed(model, build, kept):
    small = build(len(kept))
    kernel, bias, gamma, beta, *rest = model.get_weights()
    second, second_bias, weight, classes, mean, variance = _sorted(rest, len(bias))
    small.get_layer("first").set_weights([kernel[..., kept], bias[kept]])
    small.get_layer("norm").set_weights([one[kept] for one in (gamma, beta, mean, variance)])
    small.get_layer("second").set_weights([second[:, :, kept], second_bias])
    small.get_layer("classifier").set_weights([weight, classes])
    return small


def _sorted(rest, width):
    if rest[0].ndim == 1:  # the statistics come straight after
        mean, variance, second, second_bias, weight, classes = rest
    else:
        second, second_bias, weight, classes, mean, variance = rest
    return second, second_bias, weight, classes, mean, variance


# %% [right] variable by variable
import keras


def narrowed(model, build, kept):
    small = build(len(kept))
    for layer in ("first", "norm"):
        for new, old in zip(small.get_layer(layer).variables, model.get_layer(layer).variables):
            new.assign(keras.ops.take(old.value, kept, axis=-1))
    old = model.get_layer("second")
    small.get_layer("second").kernel.assign(keras.ops.take(old.kernel.value, kept, axis=2))
    small.get_layer("second").bias.assign(old.bias)
    small.get_layer("classifier").set_weights(model.get_layer("classifier").get_weights())
    return small


# %% [right] by the shapes
import numpy as np


def narrowed(model, build, kept):
    small = build(len(kept))
    for new, old in zip(small.layers, model.layers):
        arrays = []
        for wanted, array in zip(new.get_weights(), old.get_weights()):
            for axis, (a, b) in enumerate(zip(wanted.shape, array.shape)):
                if a != b:
                    array = np.take(array, kept, axis=axis)
            arrays.append(array)
        new.set_weights(arrays)
    return small


# %% [wrong] zeros: "still there"
import keras
import numpy as np


def narrowed(model, build, kept):
    small = keras.models.clone_model(model)
    small.set_weights(model.get_weights())
    kernel, bias = model.get_layer("first").get_weights()
    mask = np.isin(np.arange(len(bias)), kept)
    small.get_layer("first").set_weights([kernel * mask, bias * mask])
    return small


# %% [wrong] the first channels: "the first channels"
def narrowed(model, build, kept):
    small = build(len(kept))
    pairs = zip(small.get_weights(), model.get_weights())
    small.set_weights([old[tuple(slice(0, n) for n in new.shape)] for new, old in pairs])
    return small


# %% [wrong] statistics left out: "means and variances"
def narrowed(model, build, kept):
    small = build(len(kept))
    kernel, bias = model.get_layer("first").get_weights()
    small.get_layer("first").set_weights([kernel[..., kept], bias[kept]])
    old = model.get_layer("norm")
    small.get_layer("norm").gamma.assign(old.gamma.numpy()[kept])
    small.get_layer("norm").beta.assign(old.beta.numpy()[kept])
    kernel, bias = model.get_layer("second").get_weights()
    small.get_layer("second").set_weights([kernel[:, :, kept], bias])
    small.get_layer("classifier").set_weights(model.get_layer("classifier").get_weights())
    return small


# %% [wrong] second reads the first ones: "as if the first ones had stayed"
def narrowed(model, build, kept):
    small = build(len(kept))
    for name in ("first", "norm"):
        small.get_layer(name).set_weights([one[..., kept] for one in model.get_layer(name).get_weights()])
    kernel, bias = model.get_layer("second").get_weights()
    small.get_layer("second").set_weights([kernel[:, :, : len(kept)], bias])
    small.get_layer("classifier").set_weights(model.get_layer("classifier").get_weights())
    return small


# %% [wrong] wide network changed: "into the new one only"
def narrowed(model, build, kept):
    small = build(len(kept))
    for name in ("first", "norm"):
        small.get_layer(name).set_weights([one[..., kept] for one in model.get_layer(name).get_weights()])
    kernel, bias = model.get_layer("second").get_weights()
    small.get_layer("second").set_weights([kernel[:, :, kept], bias])
    small.get_layer("classifier").set_weights(model.get_layer("classifier").get_weights())
    model.get_layer("first").bias.assign(0 * model.get_layer("first").bias)
    return small


# %% [wrong] no network: "that `build` made"
def narrowed(model, build, kept):
    return model.get_layer("first").get_weights()[0][..., kept]


# %% [wrong] another width: "not how many are to stay"
def narrowed(model, build, kept):
    return build(len(kept) + 1)


# %% [wrong] new weights
def narrowed(model, build, kept):
    return build(len(kept))


# %% [wrong] a mean for those that go
def narrowed(model, build, kept):
    small = build(len(kept))
    for name in ("first", "norm"):
        arrays = model.get_layer(name).get_weights()
        small.get_layer(name).set_weights([one[..., kept] + one.mean() for one in arrays])
    kernel, bias = model.get_layer("second").get_weights()
    small.get_layer("second").set_weights([kernel[:, :, kept] + kernel.mean(2, keepdims=True), bias])
    return small
