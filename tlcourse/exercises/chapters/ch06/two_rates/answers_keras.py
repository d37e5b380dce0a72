"""Answers to "One step, two rates", in Keras: right ones and wrong ones."""

# %% [right] one optimizer with a factor for each gradient
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    variables = model.trainable_variables
    gradients = tape.gradient(loss, [v.value for v in variables])
    head = {v.path for v in model.get_layer("classifier").variables}
    scaled = [g * (head_lr if v.path in head else body_lr) for g, v in zip(gradients, variables)]
    keras.optimizers.SGD(1.0).apply(scaled, variables)


# %% [right] by hand
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    with tf.GradientTape() as tape:
        logits = model(images, training=False)
        loss = keras.losses.sparse_categorical_crossentropy(labels, logits, from_logits=True)
        loss = tf.reduce_mean(loss)
    gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    for v, g in zip(model.trainable_variables, gradients):
        v.assign_sub((head_lr if "classifier" in v.path else body_lr) * g)
    return loss


# %% [right] an optimizer with a rate for each variable
import keras
import tensorflow as tf


class TwoRates(keras.optimizers.SGD):
    def __init__(self, learning_rate, slow, factor):
        super().__init__(learning_rate)
        self.slow, self.factor = {id(v.value) for v in slow}, factor

    def update_step(self, gradient, variable, learning_rate):
        share = self.factor if id(variable) in self.slow else 1.0
        super().update_step(gradient, variable, learning_rate * share)


def step(model, images, labels, body_lr, head_lr):
    slow = [v for v in model.trainable_variables if "classifier" not in v.path]
    optimizer = TwoRates(head_lr, slow, body_lr / head_lr)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    variables = model.trainable_variables
    optimizer.apply(tape.gradient(loss, [v.value for v in variables]), variables)


# %% [wrong] one rate for all: "Both have the same rate"
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    keras.optimizers.SGD(head_lr).apply(gradients, model.trainable_variables)


# %% [wrong] swapped: "have changed places"
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    for v, g in zip(model.trainable_variables, gradients):
        v.assign_sub((body_lr if "classifier" in v.path else head_lr) * g)


# %% [wrong] body left out: "it has a small rate, not none"
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head = model.get_layer("classifier").trainable_variables
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    keras.optimizers.SGD(head_lr).apply(tape.gradient(loss, [v.value for v in head]), head)


# %% [wrong] nothing done
def step(model, images, labels, body_lr, head_lr):
    return model


# %% [wrong] the head's bias at the other rate
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    kernel = model.get_layer("classifier").trainable_variables[0]
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    for v, g in zip(model.trainable_variables, gradients):
        v.assign_sub((head_lr if v is kernel else body_lr) * g)


# %% [wrong] part left out: "Part of it did not move"
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    body = model.get_layer("stem").trainable_variables
    head = model.get_layer("classifier").trainable_variables
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    g_body, g_head = tape.gradient(loss, [[v.value for v in body], [v.value for v in head]])
    keras.optimizers.SGD(body_lr).apply(g_body, body)
    keras.optimizers.SGD(head_lr).apply(g_head, head)


# %% [wrong] two steps
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
    for _ in range(2):
        for v, g in zip(model.trainable_variables, gradients):
            v.assign_sub((head_lr if "classifier" in v.path else body_lr) * g)


# %% [wrong] Adam
import keras
import tensorflow as tf


def step(model, images, labels, body_lr, head_lr):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head = model.get_layer("classifier").trainable_variables
    body = [v for v in model.trainable_variables if all(v is not h for h in head)]
    with tf.GradientTape() as tape:
        loss = loss_of(labels, model(images, training=False))
    g_body, g_head = tape.gradient(loss, [[v.value for v in body], [v.value for v in head]])
    keras.optimizers.Adam(body_lr).apply(g_body, body)
    keras.optimizers.Adam(head_lr).apply(g_head, head)
