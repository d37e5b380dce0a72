"""Answers to "A large batch in small parts", in Keras: right ones and wrong ones."""

# %% [right] sums, divided by all
import keras
import tensorflow as tf


def step(model, optimizer, parts):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="sum")
    n = sum(len(y) for _, y in parts)
    found = []
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=False)) / n
        found.append(tape.gradient(loss, [w.value for w in model.trainable_variables]))
    optimizer.apply([sum(gs) for gs in zip(*found)], model.trainable_variables)


# %% [right] one tape around all
import tensorflow as tf


def step(model, optimizer, parts):
    weights = model.trainable_variables
    with tf.GradientTape() as tape:
        losses = [
            tf.nn.sparse_softmax_cross_entropy_with_logits(y, model(x, training=False)) for x, y in parts
        ]
        loss = tf.reduce_mean(tf.concat(losses, axis=0))
    optimizer.apply_gradients(zip(tape.gradient(loss, [w.value for w in weights]), weights))


# %% [right] NumPy adds up
import keras
import numpy as np
import tensorflow as tf


def step(model, optimizer, parts):
    weights = model.trainable_variables
    sums = [np.zeros(w.shape, "float32") for w in weights]
    n = 0
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum(
                keras.losses.sparse_categorical_crossentropy(y, model(x, training=False), from_logits=True)
            )
        for s, g in zip(sums, tape.gradient(loss, [w.value for w in weights])):
            s += g.numpy()
        n += len(y)
    optimizer.apply([tf.constant(s / n) for s in sums], weights)


# %% [wrong] added without shares: "several times too long"
import keras
import tensorflow as tf


def step(model, optimizer, parts):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found = []
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=False))
        found.append(tape.gradient(loss, [w.value for w in model.trainable_variables]))
    optimizer.apply([sum(gs) for gs in zip(*found)], model.trainable_variables)


# %% [wrong] parts count alike: "weighs more"
import keras
import tensorflow as tf


def step(model, optimizer, parts):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found = []
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=False)) / len(parts)
        found.append(tape.gradient(loss, [w.value for w in model.trainable_variables]))
    optimizer.apply([sum(gs) for gs in zip(*found)], model.trainable_variables)


# %% [wrong] one part only: "one of the"
import keras
import tensorflow as tf


def step(model, optimizer, parts):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=False))
        gradients = tape.gradient(loss, [w.value for w in model.trainable_variables])
    optimizer.apply(gradients, model.trainable_variables)


# %% [wrong] a step for each part: "one for each part"
import keras
import tensorflow as tf


def step(model, optimizer, parts):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=False))
        gradients = tape.gradient(loss, [w.value for w in model.trainable_variables])
        optimizer.apply(gradients, model.trainable_variables)


# %% [wrong] no step: "No weight moved"
import keras
import tensorflow as tf


def step(model, optimizer, parts):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=False))
        tape.gradient(loss, [w.value for w in model.trainable_variables])


# %% [wrong] the loss goes up
import keras
import tensorflow as tf


def step(model, optimizer, parts):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    n = sum(len(y) for _, y in parts)
    found = []
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = -loss_of(y, model(x, training=False)) * len(y) / n
        found.append(tape.gradient(loss, [w.value for w in model.trainable_variables]))
    optimizer.apply([sum(gs) for gs in zip(*found)], model.trainable_variables)


# %% [wrong] squares of the gradients
import keras
import tensorflow as tf


def step(model, optimizer, parts):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    found = []
    for x, y in parts:
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=False))
        found.append([g**2 for g in tape.gradient(loss, [w.value for w in model.trainable_variables])])
    optimizer.apply([sum(gs) for gs in zip(*found)], model.trainable_variables)
