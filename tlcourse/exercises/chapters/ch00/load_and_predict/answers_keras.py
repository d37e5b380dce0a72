"""Answers to "Load and predict", in Keras: right ones and wrong ones."""

# %% [right] a preprocessing layer and the framework's top_k
import keras


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    normalise = keras.layers.Normalization(mean=card["mean"], variance=[s**2 for s in card["std"]])
    image = keras.utils.load_img(file, target_size=(card["size"], card["size"]))
    batch = normalise(keras.utils.img_to_array(image)[None] / 255)
    probabilities = keras.ops.softmax(model(batch, training=False)[0])
    values, indices = keras.ops.top_k(probabilities, k=5)
    return [(names[int(i)], float(p)) for p, i in zip(values, indices)]


# %% [right] TensorFlow reads the file
import tensorflow as tf


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    image = tf.cast(tf.io.decode_png(tf.io.read_file(file), channels=3), tf.float32) / 255
    image = (image - card["mean"]) / card["std"]
    p = tf.nn.softmax(model.predict_on_batch(image[None]))[0]
    top = tf.math.top_k(p, 5)
    return [[names[i], v] for i, v in zip(top.indices.numpy(), top.values)]


# %% [right] NumPy all the way
import numpy as np
from PIL import Image


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = np.asarray(Image.open(file).convert("RGB")) / 255
    z = model.predict(((x - card["mean"]) / card["std"])[None], verbose=0)[0]
    p = np.exp(z - z.max()) / np.exp(z - z.max()).sum()
    return sorted(zip(names, p), key=lambda pair: -pair[1])[:5]


# %% [wrong] weights not loaded: "random weights it came with"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    del weights
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] not scaled: "numbers as large as 255 go in"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] only divided by 255: "divided by 255, and no more"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = x / 255
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] wrong order of the colours: "blue stands where red should be"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x[..., ::-1] / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] training mode: "was in training mode"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=True)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] softmax forgotten: "those are logits"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = model.predict(x, verbose=0)[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] sigmoid instead of softmax: "the sigmoid of one logit"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.sigmoid(model(x, training=False)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] least likely first: "The likeliest comes first"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(p)[:5]]


# %% [wrong] places instead of names: "Look them up in `names`"
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return [(int(i), float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] bytes against a mean of 0 to 1
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]


# %% [wrong] the softmax over five
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    i = np.argsort(-p)[:5]
    return list(zip(np.array(names)[i].tolist(), p[i] / p[i].sum()))


# %% [wrong] as a dictionary
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x / 255 - np.array(card["mean"])) / np.array(card["std"])
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return {names[i]: float(p[i]) for i in np.argsort(-p)[:5]}


# %% [wrong] normalised by the image's own numbers
import keras
import numpy as np


def load_and_predict(model, weights, file, card, names):
    model.load_weights(weights)
    x = keras.utils.img_to_array(keras.utils.load_img(file))
    x = (x - x.mean((0, 1))) / (x.std((0, 1)) + 1e-3)
    x = x[None]
    p = np.asarray(keras.ops.softmax(model(x, training=False)))[0]
    return [(names[i], float(p[i])) for i in np.argsort(-p)[:5]]
