"""Answers to "Cover the place", in Keras: right ones and wrong ones."""

# %% [right] a mask from distances
import keras
import numpy as np


def fall(model, images, places, side, fill):
    rows = np.arange(images.shape[1])[None, :, None]
    columns = np.arange(images.shape[2])[None, None]
    places = np.array(places)[:, :, None, None]
    inside = (abs(rows - places[:, 0]) <= side // 2) & (abs(columns - places[:, 1]) <= side // 2)
    covered = np.where(inside[..., None], np.float32(fill), images)
    p = keras.ops.softmax(model(np.concatenate([images, covered]), training=False))[:, 1]
    before, after = np.split(np.asarray(p), 2)
    return before - after


# %% [right] image by image
import numpy as np


def fall(model, images, places, side, fill):
    found = []
    for image, (row, column) in zip(images, places):
        covered = np.array(image)
        for y in range(row - side // 2, row + side // 2 + 1):
            for x in range(column - side // 2, column + side // 2 + 1):
                if 0 <= y < image.shape[0] and 0 <= x < image.shape[1]:
                    covered[y, x] = fill
        z = model.predict(np.stack([image, covered]), verbose=0)
        p = 1 / (1 + np.exp(z[:, 0] - z[:, 1]))
        found.append(float(p[0] - p[1]))
    return found


# %% [wrong] the sign turned round: "sign is turned round"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return ask(copy) - ask(images)


# %% [wrong] without the sign: "may also rise"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return np.abs(ask(images) - ask(copy))


# %% [wrong] only the covered image: "the probability with the square"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return ask(copy)


# %% [wrong] logits: "the fall of the logit"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(model(x, training=False))[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] row and column exchanged: "another place"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (column, row) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] not in the middle: "begins at the place"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = 0
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] covered with zeros: "use `fill`"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = 0.0

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] training mode: "other images of the batch"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=True)))[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] images changed: "Cover a copy"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images
    before = np.asarray(keras.ops.softmax(model(images, training=False)))[:, 1]
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return before - ask(copy)


# %% [wrong] not a number for each image: "One number for each"
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = max(row - half, 0), max(column - half, 0)
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return np.stack([ask(images), ask(copy)], axis=1)


# %% [wrong] a negative start counts from the end
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    half = side // 2
    for number, (row, column) in enumerate(places):
        top, left = row - half, column - half
        copy[number, top : row - half + side, left : column - half + side] = fill

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return ask(images) - ask(copy)


# %% [wrong] all but the square is covered
import keras
import numpy as np


def fall(model, images, places, side, fill):
    copy = images.copy()
    for number, (row, column) in enumerate(places):
        kept = images[number, row, column].copy()
        copy[number] = fill
        copy[number, row, column] = kept

    def ask(x):
        return np.asarray(keras.ops.softmax(model(x, training=False)))[:, 1]

    return ask(images) - ask(copy)
