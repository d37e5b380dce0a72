"""Answers to "A folder becomes a table", in Keras: right ones and wrong ones."""

# %% [right] shuffled, but in one pass
import keras
import numpy as np


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), batch_size=5, verbose=False)
    features, labels = [], []
    for x, y in data:
        features.append(model(x / 255, training=False))
        labels.append(y)
    return np.concatenate(features), np.concatenate(labels)


# %% [right] predict, and the labels of a second pass in the same order
import keras
import numpy as np


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), shuffle=False, verbose=False)
    data = data.map(lambda x, y: (x / 255, y))
    return model.predict(data, verbose=0), np.concatenate([y for _, y in data])


# %% [right] PIL and pathlib
from pathlib import Path

import keras
import numpy as np


def extract(model, folder):
    files = sorted(Path(folder).glob("*/*.png"))
    names = sorted({file.parent.name for file in files})
    images = [keras.utils.img_to_array(keras.utils.load_img(file)) / 255 for file in files]
    return model.predict_on_batch(np.stack(images)), [names.index(file.parent.name) for file in files]


# %% [wrong] labels in another order: "come from two passes"
import keras
import numpy as np


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), verbose=False)
    features = model.predict(data.map(lambda x, y: x / 255), verbose=0)
    return features, np.concatenate([y for _, y in data])


# %% [wrong] training mode: "It ran in training mode"
import keras
import numpy as np


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), shuffle=False, verbose=False)
    features = [model(x / 255, training=True) for x, _ in data]
    return np.concatenate(features), np.concatenate([y for _, y in data])


# %% [wrong] not divided by 255: "pixels from 0 to 255"
import keras
import numpy as np


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), shuffle=False, verbose=False)
    return model.predict(data, verbose=0), np.concatenate([y for _, y in data])


# %% [wrong] images are missing: "images of all batches count"
import keras


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), batch_size=8, verbose=False)
    x, y = next(iter(data))
    return model(x / 255), y


# %% [wrong] not class numbers: "One class number for each row"
import keras
import numpy as np


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(
        folder, image_size=(8, 8), shuffle=False, label_mode="categorical", verbose=False
    )
    features = model.predict(data.map(lambda x, y: x / 255), verbose=0)
    return features, np.concatenate([y for _, y in data])


# %% [wrong] class names for numbers
import keras
import numpy as np


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), shuffle=False, verbose=False)
    features = model.predict(data.map(lambda x, y: x / 255), verbose=0)
    return features, [data.class_names[y] for _, batch in data for y in batch.numpy()]


# %% [wrong] one class only
import keras
import numpy as np


def extract(model, folder):
    data = keras.utils.image_dataset_from_directory(folder, image_size=(8, 8), shuffle=False, verbose=False)
    features = model.predict(data.map(lambda x, y: x / 255), verbose=0)
    return features, np.zeros(len(features))
