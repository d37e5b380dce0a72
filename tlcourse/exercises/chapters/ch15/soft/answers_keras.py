"""Answers to "A loss with a teacher", in Keras: right ones and wrong ones."""

# %% [right] cross-entropy with soft targets
import keras


def soft_loss(student, teacher, labels, temperature, share):
    target = keras.ops.softmax(teacher / temperature)
    soft = keras.ops.categorical_crossentropy(target, student / temperature, from_logits=True)
    hard = keras.ops.sparse_categorical_crossentropy(labels, student, from_logits=True)
    return keras.ops.mean(share * temperature**2 * soft + (1 - share) * hard)


# %% [right] written out
import keras


def soft_loss(student, teacher, labels, temperature, share):
    log_p = keras.ops.log_softmax(student / temperature)
    log_q = keras.ops.log_softmax(teacher / temperature)
    soft = keras.ops.sum(keras.ops.exp(log_q) * (log_q - log_p)) / len(labels)
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student)
    return share * temperature**2 * soft + (1 - share) * hard


# %% [right] in TensorFlow
import tensorflow as tf


def soft_loss(student, teacher, labels, temperature, share):
    target = tf.nn.softmax(teacher / temperature)
    soft = tf.nn.softmax_cross_entropy_with_logits(target, student / temperature)
    hard = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, student)
    return tf.reduce_mean(share * temperature**2 * soft + (1 - share) * hard)


# %% [wrong] no gradient: "no gradient reaches"
import keras
import numpy as np


def soft_loss(student, teacher, labels, temperature, share):
    target = keras.ops.softmax(teacher / temperature)
    student = np.array(student)
    soft = keras.ops.categorical_crossentropy(target, student / temperature, from_logits=True)
    hard = keras.ops.sparse_categorical_crossentropy(labels, student, from_logits=True)
    return float(keras.ops.mean(share * temperature**2 * soft + (1 - share) * hard))


# %% [wrong] without the squared temperature: "too weak"
import keras


def soft_loss(student, teacher, labels, temperature, share):
    target = keras.ops.softmax(teacher / temperature)
    soft = keras.ops.categorical_crossentropy(target, student / temperature, from_logits=True)
    hard = keras.ops.sparse_categorical_crossentropy(labels, student, from_logits=True)
    return keras.ops.mean(share * soft + (1 - share) * hard)


# %% [wrong] shares exchanged: "exchanged"
import keras


def soft_loss(student, teacher, labels, temperature, share):
    target = keras.ops.softmax(teacher / temperature)
    soft = keras.ops.categorical_crossentropy(target, student / temperature, from_logits=True)
    hard = keras.ops.sparse_categorical_crossentropy(labels, student, from_logits=True)
    return keras.ops.mean((1 - share) * temperature**2 * soft + share * hard)


# %% [wrong] mean over the classes: "a mean over images and classes"
import keras


def soft_loss(student, teacher, labels, temperature, share):
    log_p = keras.ops.log_softmax(student / temperature)
    log_q = keras.ops.log_softmax(teacher / temperature)
    soft = keras.ops.mean(keras.ops.exp(log_q) * (log_q - log_p))
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student)
    return share * temperature**2 * soft + (1 - share) * hard


# %% [wrong] divergence turned round: "the other way round"
import keras


def soft_loss(student, teacher, labels, temperature, share):
    log_p = keras.ops.log_softmax(student / temperature)
    log_q = keras.ops.log_softmax(teacher / temperature)
    soft = keras.ops.sum(keras.ops.exp(log_p) * (log_p - log_q)) / len(labels)
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student)
    return share * temperature**2 * soft + (1 - share) * hard


# %% [wrong] not softened: "Soften both"
import keras


def soft_loss(student, teacher, labels, temperature, share):
    target = keras.ops.softmax(teacher)
    soft = keras.ops.categorical_crossentropy(target, student / temperature, from_logits=True)
    hard = keras.ops.sparse_categorical_crossentropy(labels, student, from_logits=True)
    return keras.ops.mean(share * temperature**2 * soft + (1 - share) * hard)


# %% [wrong] one part: "The loss has both parts"
import keras


def soft_loss(student, teacher, labels, temperature, share):
    target = keras.ops.softmax(teacher / temperature)
    soft = keras.ops.categorical_crossentropy(target, student / temperature, from_logits=True)
    return temperature**2 * keras.ops.mean(soft)


# %% [wrong] the teacher's best class as a label
import keras


def soft_loss(student, teacher, labels, temperature, share):
    best = keras.ops.argmax(teacher, axis=1)
    soft = keras.ops.sparse_categorical_crossentropy(best, student / temperature, from_logits=True)
    hard = keras.ops.sparse_categorical_crossentropy(labels, student, from_logits=True)
    return keras.ops.mean(share * temperature**2 * soft + (1 - share) * hard)


# %% [wrong] distance of the logits
import keras


def soft_loss(student, teacher, labels, temperature, share):
    soft = keras.ops.mean(keras.ops.square((student - teacher) / temperature))
    hard = keras.losses.SparseCategoricalCrossentropy(from_logits=True)(labels, student)
    return share * temperature**2 * soft + (1 - share) * hard
