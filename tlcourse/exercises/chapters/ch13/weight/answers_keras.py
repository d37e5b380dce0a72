"""Answers to "A fraud counts more", in Keras: right ones and wrong ones."""

# %% [right] a class, and weights of samples
import keras


def weighted_loss(logits, labels, weight):
    weights = keras.ops.where(labels > 0.5, weight, 1.0)
    loss = keras.losses.BinaryCrossentropy(from_logits=True, reduction="sum")
    return loss(labels[:, None], logits[:, None], sample_weight=weights) / keras.ops.sum(weights)


# %% [right] TensorFlow's own
import tensorflow as tf


def weighted_loss(logits, labels, weight):
    total = tf.reduce_sum(tf.nn.weighted_cross_entropy_with_logits(labels, logits, weight))
    return total / tf.reduce_sum(1 + (weight - 1) * labels)


# %% [right] softplus by hand
import keras


def weighted_loss(logits, labels, weight):
    softplus = keras.ops.softplus
    each = weight * labels * softplus(-logits) + (1 - labels) * softplus(logits)
    return keras.ops.sum(each) / keras.ops.sum(weight * labels + 1 - labels)


# %% [wrong] divided by the number: "number of payments"
import keras


def weighted_loss(logits, labels, weight):
    weights = keras.ops.where(labels > 0.5, weight, 1.0)
    each = keras.ops.binary_crossentropy(labels, logits, from_logits=True)
    return keras.ops.mean(weights * each)


# %% [wrong] a sum: "is a sum"
import keras


def weighted_loss(logits, labels, weight):
    weights = keras.ops.where(labels > 0.5, weight, 1.0)
    each = keras.ops.binary_crossentropy(labels, logits, from_logits=True)
    return keras.ops.sum(weights * each)


# %% [wrong] weights exchanged: "the frauds have 1"
import keras


def weighted_loss(logits, labels, weight):
    weights = keras.ops.where(labels > 0.5, 1.0, weight)
    each = keras.ops.binary_crossentropy(labels, logits, from_logits=True)
    return keras.ops.sum(weights * each) / keras.ops.sum(weights)


# %% [wrong] no weight: "changes nothing"
import keras


def weighted_loss(logits, labels, weight):
    return keras.losses.binary_crossentropy(labels, logits, from_logits=True)


# %% [wrong] sigmoid twice: "taken twice"
import keras


def weighted_loss(logits, labels, weight):
    weights = keras.ops.where(labels > 0.5, weight, 1.0)
    p = 1 / (1 + keras.ops.exp(-logits))
    each = keras.ops.binary_crossentropy(labels, p, from_logits=True)
    return keras.ops.sum(weights * each) / keras.ops.sum(weights)


# %% [wrong] probabilities, not logits: "large logit is lost"
import keras


def weighted_loss(logits, labels, weight):
    p = keras.ops.sigmoid(logits)
    weights = keras.ops.where(labels > 0.5, weight, 1.0)
    each = -(labels * keras.ops.log(p) + (1 - labels) * keras.ops.log(1 - p))
    return keras.ops.sum(weights * each) / keras.ops.sum(weights)


# %% [wrong] no gradient: "no gradient reaches"
import keras


def weighted_loss(logits, labels, weight):
    weights = keras.ops.where(labels > 0.5, weight, 1.0)
    each = keras.ops.binary_crossentropy(labels, keras.ops.stop_gradient(logits), from_logits=True)
    return keras.ops.sum(weights * each) / keras.ops.sum(weights)


# %% [wrong] the loss of each payment squared
import keras


def weighted_loss(logits, labels, weight):
    weights = keras.ops.where(labels > 0.5, weight, 1.0)
    each = keras.ops.binary_crossentropy(labels, logits, from_logits=True)
    return keras.ops.sum(weights * each**2) / keras.ops.sum(weights)


# %% [wrong] squared errors of probabilities
import keras


def weighted_loss(logits, labels, weight):
    weights = keras.ops.where(labels > 0.5, weight, 1.0)
    each = (keras.ops.sigmoid(logits) - labels) ** 2
    return keras.ops.sum(weights * each) / keras.ops.sum(weights)
