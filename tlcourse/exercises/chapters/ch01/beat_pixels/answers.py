"""Answers to "Beat the pixels", in any framework: right ones and wrong ones."""

# %% [wrong] backbone not used: "Nothing went into the backbone"
from sklearn.linear_model import LogisticRegression


def beat_the_pixels(backbone, images, labels, new_images):
    model = LogisticRegression(max_iter=50)
    model.fit(images[:, ::8, ::8].reshape(len(images), -1) / 255, labels)
    return model.predict(new_images[:, ::8, ::8].reshape(len(new_images), -1) / 255)


# %% [wrong] one class for all: "Every new image gets class"
import numpy as np


def beat_the_pixels(backbone, images, labels, new_images):
    return np.full(len(new_images), np.bincount(labels).argmax())


# %% [wrong] the labels themselves
def beat_the_pixels(backbone, images, labels, new_images):
    return labels


# %% [wrong] the course's own data
from tlcourse import data


def beat_the_pixels(backbone, images, labels, new_images):
    return data.photos(size=96).labels[: len(new_images)]
