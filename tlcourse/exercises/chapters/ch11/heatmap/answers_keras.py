"""Answers to "Where the network looks", in Keras: right ones and wrong ones."""

# %% [right] each image by itself, scaled to 1
import keras
import numpy as np
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    found = []
    for image, label in zip(images, classes):
        with tf.GradientTape() as tape:
            maps, logits = both(image[None], training=False)
            score = logits[0, int(label)]
        weights = tape.gradient(score, maps).numpy()[0].mean((0, 1))
        heat = np.maximum(maps.numpy()[0] @ weights, 0)
        found.append(heat / max(heat.max(), 1e-8))
    return np.stack(found)


# %% [right] layer by layer on the tape
import tensorflow as tf


def heatmaps(model, images, block, classes):
    with tf.GradientTape() as tape:
        x = tf.convert_to_tensor(images)
        for layer in model.layers[1:]:
            x = layer(x, training=False)
            if layer.name == block:
                maps = x
                tape.watch(maps)
        score = tf.reduce_sum(x * tf.one_hot(classes, x.shape[-1]))
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=[1, 2])
    return tf.maximum(tf.einsum("nhwc,nc->nhw", maps, weights), 0).numpy()


# %% [wrong] negative too: "speak against the class"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    weights = tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
    return tf.reduce_sum(weights * maps, axis=-1)


# %% [wrong] training mode: "depends on the other images"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    before = model.get_weights()
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=True)
        score = tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    model.set_weights(before)
    weights = tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))


# %% [wrong] another class: "not about the class that was asked for"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(logits)
    slope = tape.gradient(score, maps)
    weights = tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))


# %% [wrong] gradient of each place: "one weight"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    return tf.nn.relu(tf.reduce_sum(slope * maps, axis=-1))


# %% [wrong] mean over the batch: "not over the batch"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    weights = tf.reduce_mean(slope, axis=(0, 1, 2))
    return tf.nn.relu(tf.einsum("nhwc,c->nhw", maps, weights))


# %% [wrong] no gradient: "whatever for"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    return tf.reduce_mean(maps, axis=-1)


# %% [wrong] gradient alone: "the gradient alone"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    return tf.reduce_mean(tf.abs(slope), axis=-1)


# %% [wrong] another shape: "a map for each image"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    weights = tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
    return tf.nn.relu(weights * maps)


# %% [wrong] network changed: "numbers changed"
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    model(images, training=True)
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    weights = tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))


# %% [wrong] the gradient of the probability
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = tf.reduce_sum(tf.gather(tf.nn.softmax(logits), classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    weights = tf.reduce_mean(tf.abs(slope), axis=(1, 2), keepdims=True)
    return tf.reduce_sum(weights * maps, axis=-1)


# %% [wrong] the wrong sign
import keras
import tensorflow as tf


def heatmaps(model, images, block, classes):
    both = keras.Model(model.input, [model.get_layer(block).output, model.output])
    with tf.GradientTape() as tape:
        maps, logits = both(images, training=False)
        score = -tf.reduce_sum(tf.gather(logits, classes, axis=1, batch_dims=1))
    slope = tape.gradient(score, maps)
    weights = tf.reduce_mean(slope, axis=(1, 2), keepdims=True)
    return tf.nn.relu(tf.reduce_sum(weights * maps, axis=-1))
