"""Answers to "A cache that says what the backbone says", in Keras: right ones and wrong ones."""


# %% [right] predict
def cache(backbone, images, batch_size):
    return backbone.predict(images, batch_size=batch_size, verbose=0)


# %% [right] a table that is filled in
import numpy as np


def cache(backbone, images, batch_size):
    table = np.empty((len(images), backbone.output_shape[-1]), "float32")
    for i in range(0, len(images), batch_size):
        table[i : i + batch_size] = backbone.predict_on_batch(images[i : i + batch_size])
    return table


# %% [right] a tf.data pipeline
import tensorflow as tf


def cache(backbone, images, batch_size):
    data = tf.data.Dataset.from_tensor_slices(images).batch(batch_size)
    return tf.concat([backbone(x, training=False) for x in data], axis=0)


# %% [right] one picture at a time
import keras


def cache(backbone, images, batch_size):
    return keras.ops.concatenate([backbone(images[i : i + 1]) for i in range(len(images))])


# %% [wrong] training mode: "training mode"
import numpy as np


def cache(backbone, images, batch_size):
    starts = range(0, len(images), batch_size)
    return np.concatenate([backbone(images[i : i + batch_size], training=True) for i in starts])


# %% [wrong] the last batch is missing: "The last batch has fewer"
import numpy as np


def cache(backbone, images, batch_size):
    parts = [
        backbone(images[i * batch_size : (i + 1) * batch_size]) for i in range(len(images) // batch_size)
    ]
    return np.concatenate(parts)


# %% [wrong] batches not joined: "Join the batches"
def cache(backbone, images, batch_size):
    return [backbone(images[i : i + batch_size]) for i in range(0, len(images), batch_size)]


# %% [wrong] normalised rows: "were normalised"
import numpy as np


def cache(backbone, images, batch_size):
    features = backbone.predict(images, batch_size=batch_size, verbose=0)
    return features / np.linalg.norm(features, axis=1, keepdims=True)


# %% [wrong] another order: "in another order"
import numpy as np


def cache(backbone, images, batch_size):
    order = np.arange(len(images))[::-1]
    return backbone.predict(images[order], batch_size=batch_size, verbose=0)


# %% [wrong] all at once, with what watched it cleared away
def cache(backbone, images, batch_size):
    x = images
    for layer in backbone.layers[1:]:
        x = (
            layer(x, training=False)
            if layer.name.startswith("block") or layer.name == "dropout"
            else layer(x)
        )
    return x


# %% [wrong] the blocks without the backbone, at once
def cache(backbone, images, batch_size):
    x = images
    for layer in backbone.layers:
        if layer.name.startswith("block"):
            for inner in layer.layers:
                x = inner.call(x)
    return x.numpy().mean((1, 2))


# %% [wrong] the flag says training, the layers do not
def cache(backbone, images, batch_size):
    return images.mean((1, 2))


# %% [wrong] no return
def cache(backbone, images, batch_size):
    out = backbone(images, training=False)


# %% [wrong] all at once
def cache(backbone, images, batch_size):
    return backbone(images, training=False)


# %% [wrong] the first batch only
def cache(backbone, images, batch_size):
    for i in range(0, len(images), batch_size):
        return backbone(images[i : i + batch_size])


# %% [wrong] the mean of each batch
import numpy as np


def cache(backbone, images, batch_size):
    starts = range(0, len(images), batch_size)
    return np.stack([np.asarray(backbone(images[i : i + batch_size])).mean(0) for i in starts])
