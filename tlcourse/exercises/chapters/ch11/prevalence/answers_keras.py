"""Answers to "Where few are ill", in Keras: right ones and wrong ones."""

# %% [right] odds
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    odds = p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))
    return odds / (1 + odds)


# %% [right] both classes reweighted
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    ill, healthy = p * here / trained, (1 - p) * (1 - here) / (1 - trained)
    return ill / (ill + healthy)


# %% [right] logits moved before the softmax
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    logits = model.predict(images, verbose=0)
    weights = np.log([(1 - here) / (1 - trained), here / trained])
    return keras.activations.softmax(keras.ops.convert_to_tensor(logits + weights.astype("float32")))[:, 1]


# %% [wrong] not corrected: "still believes"
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    return p


# %% [wrong] shares exchanged: "went up"
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    odds = p / (1 - p) * (trained / (1 - trained)) / (here / (1 - here))
    return odds / (1 + odds)


# %% [wrong] the probability multiplied: "Multiply the odds"
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    return p * here / trained


# %% [wrong] one half taken for granted: "half were ill"
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    odds = p / (1 - p) * here / (1 - here)
    return odds / (1 + odds)


# %% [wrong] shares in place of odds: "Odds go with odds"
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    odds = p / (1 - p) * here / trained
    return odds / (1 + odds)


# %% [wrong] the other class: "probabilities of class 0"
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    odds = p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))
    return 1 / (1 + odds)


# %% [wrong] training mode: "in training mode"
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=True)))[:, 1]
    odds = p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))
    return odds / (1 + odds)


# %% [wrong] not a probability for each scan: "One probability for each"
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    odds = p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))
    return np.stack([1 / (1 + odds), odds / (1 + odds)], axis=1)


# %% [wrong] odds returned
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    return p / (1 - p) * (here / (1 - here)) / (trained / (1 - trained))


# %% [wrong] the mean of two
import keras
import numpy as np


def probabilities_here(model, images, trained, here):
    p = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    return (p + here) / 2
