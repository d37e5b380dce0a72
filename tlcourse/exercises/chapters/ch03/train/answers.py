"""Answers to "Train from features", in any framework: wrong ones."""

# %% [wrong] without the backbone: "The backbone saw none of them"
from sklearn.linear_model import LogisticRegression


def classify(backbone, images, labels, new_images):
    def pixels(some):
        return some[:, ::4, ::4].reshape(len(some), -1) / 255

    return LogisticRegression(C=0.01, max_iter=300).fit(pixels(images), labels).predict(pixels(new_images))


# %% [wrong] one class for all: "You give every photograph the class"
import numpy as np


def classify(backbone, images, labels, new_images):
    return np.full(len(new_images), labels[0])


# %% [wrong] guessed
import numpy as np


def classify(backbone, images, labels, new_images):
    return np.random.default_rng(0).choice(labels, len(new_images))


# %% [wrong] for half of them
import numpy as np


def classify(backbone, images, labels, new_images):
    return np.random.default_rng(0).choice(labels, len(new_images) // 2)
