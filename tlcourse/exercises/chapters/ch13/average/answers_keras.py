"""Answers to "Average what the markets send", in Keras: right ones and wrong ones."""

# %% [right] NumPy's weighted average
import numpy as np


def average(shared, models, counts):
    many = zip(*(model.get_weights() for model in models))
    shared.set_weights([np.average(np.stack(arrays), axis=0, weights=counts) for arrays in many])


# %% [right] variable by variable
def average(shared, models, counts):
    for target, *sources in zip(shared.weights, *(model.weights for model in models)):
        target.assign(sum(n / sum(counts) * source.numpy() for n, source in zip(counts, sources)))


# %% [right] a running mean, layer by layer
def average(shared, models, counts):
    for place, layer in enumerate(shared.layers):
        mean, seen = models[0].layers[place].get_weights(), counts[0]
        for model, n in zip(models[1:], counts[1:]):
            seen += n
            new = model.layers[place].get_weights()
            mean = [a + (b - a) * n / seen for a, b in zip(mean, new)]
        layer.set_weights(mean)
    return shared


# %% [wrong] unweighted: "count alike"
import numpy as np


def average(shared, models, counts):
    shared.set_weights(
        [np.mean(arrays, axis=0) for arrays in zip(*(model.get_weights() for model in models))]
    )


# %% [wrong] statistics left out: "average them too"
def average(shared, models, counts):
    for target, *sources in zip(shared.trainable_variables, *(model.trainable_variables for model in models)):
        target.assign(sum(n / sum(counts) * source.numpy() for n, source in zip(counts, sources)))


# %% [wrong] nothing done: "what it said before"
import keras
import numpy as np


def average(shared, models, counts):
    copy = keras.models.clone_model(shared)
    many = zip(*(model.get_weights() for model in models))
    copy.set_weights([np.average(np.stack(arrays), axis=0, weights=counts) for arrays in many])


# %% [wrong] markets changed: "were changed"
import numpy as np


def average(shared, models, counts):
    many = zip(*(model.get_weights() for model in models))
    mean = [np.average(np.stack(arrays), axis=0, weights=counts) for arrays in many]
    for model in [shared, *models]:
        model.set_weights(mean)


# %% [wrong] one market alone: "copy of one market"
def average(shared, models, counts):
    shared.set_weights(models[counts.index(max(counts))].get_weights())


# %% [wrong] a sum: "Divide by the number"
def average(shared, models, counts):
    many = zip(*(model.get_weights() for model in models))
    shared.set_weights([sum(n * array for n, array in zip(counts, arrays)) for arrays in many])


# %% [wrong] the median
import numpy as np


def average(shared, models, counts):
    shared.set_weights(
        [np.median(arrays, axis=0) for arrays in zip(*(model.get_weights() for model in models))]
    )


# %% [wrong] shares that are turned round
import numpy as np


def average(shared, models, counts):
    many = zip(*(model.get_weights() for model in models))
    shared.set_weights([np.average(np.stack(a), axis=0, weights=1 / np.array(counts)) for a in many])
