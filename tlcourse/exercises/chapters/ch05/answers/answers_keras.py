"""Answers to "From outputs to answers", in Keras: right ones and wrong ones."""

# %% [right] with the activations
import keras


def answers(head, x, kind):
    outputs = head(x)
    if kind == "exactly one":
        return keras.ops.argmax(keras.ops.softmax(outputs), axis=-1)
    if kind == "yes or no":
        return keras.ops.sigmoid(outputs)[:, 0] > 0.5
    return outputs[:, 0]


# %% [right] row by row
import numpy as np


def answers(head, x, kind):
    found = []
    for row in x:
        z = np.asarray(head(row[None], training=False))[0]
        found.append(int(z.argmax()) if kind == "exactly one" else float(z[0]))
    return [value > 0 for value in found] if kind == "yes or no" else found


# %% [right] a column
import numpy as np


def answers(head, x, kind):
    z = head.predict(x, verbose=0)
    match kind:
        case "exactly one":
            return np.argmax(z, axis=1)[:, None]
        case "yes or no":
            return z >= 0
    return z


# %% [wrong] still in training mode: "still in training mode"
import numpy as np


def answers(head, x, kind):
    z = np.asarray(head(x, training=True))
    if kind == "exactly one":
        return z.argmax(1)
    return z[:, 0] > 0 if kind == "yes or no" else z[:, 0]


# %% [wrong] threshold on the logit: "a probability of 0.62"
def answers(head, x, kind):
    z = head.predict(x, verbose=0)
    if kind == "exactly one":
        return z.argmax(1)
    return z[:, 0] > 0.5 if kind == "yes or no" else z[:, 0]


# %% [wrong] softmax over one output: "the largest of one number is always the first"
def answers(head, x, kind):
    z = head.predict(x, verbose=0)
    return z[:, 0] if kind == "a number" else z.argmax(axis=-1)


# %% [wrong] a probability in place of an answer: "Those are no answers yet"
import keras


def answers(head, x, kind):
    z = head(x)
    if kind == "exactly one":
        return keras.ops.argmax(z, axis=1)
    return keras.ops.sigmoid(z)[:, 0] if kind == "yes or no" else z[:, 0]


# %% [wrong] scores in place of a class: "a number for each class"
def answers(head, x, kind):
    z = head.predict(x, verbose=0)
    return z[:, 0] > 0 if kind == "yes or no" else z


# %% [wrong] an activation on a number: "A head for a number has no activation"
import keras


def answers(head, x, kind):
    z = head(x)
    if kind == "exactly one":
        return keras.ops.argmax(z, axis=1)
    return z[:, 0] > 0 if kind == "yes or no" else keras.ops.sigmoid(z)
