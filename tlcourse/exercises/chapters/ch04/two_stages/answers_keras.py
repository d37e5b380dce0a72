"""Answers to "Two stages that beat the frozen head", in Keras: right ones and wrong ones."""

# %% [right] compiled again for the second stage
import keras


def two_stages(model, maps, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(3e-3), loss=loss, metrics=["accuracy"])
    model.fit(maps, labels, batch_size=24, epochs=5, verbose=0)
    for layer in model.layers:
        layer.trainable = True
    model.compile(keras.optimizers.Adam(1e-3), loss=loss, metrics=["accuracy"])
    model.fit(maps, labels, batch_size=24, epochs=10, verbose=0)


# %% [right] stored features first, then a schedule
import keras


def two_stages(model, maps, labels):
    body = keras.Model(model.input, model.layers[-2].output)
    head = keras.Sequential([model.get_layer("classifier")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(3e-3), loss=loss)
    head.fit(body.predict(maps, verbose=0), labels, batch_size=60, epochs=25, verbose=0)
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
    rate = keras.optimizers.schedules.CosineDecay(1e-4, 105, warmup_target=1e-3, warmup_steps=15)
    model.compile(keras.optimizers.AdamW(rate), loss=loss)
    model.fit(maps, labels, batch_size=24, epochs=12, verbose=0)


# %% [right] a loop of its own
import keras
import numpy as np
import tensorflow as tf


def two_stages(model, maps, labels):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    def train(optimizer, epochs):
        variables = model.trainable_variables

        @tf.function
        def step(x, y):
            with tf.GradientTape() as tape:
                loss = loss_of(y, model(x, training=True))
            optimizer.apply(tape.gradient(loss, [v.value for v in variables]), variables)

        optimizer.build(variables)
        for epoch in range(epochs):
            for rows in np.split(np.random.permutation(len(labels)), 8):
                step(tf.constant(maps[rows]), tf.constant(labels[rows]))

    train(keras.optimizers.Adam(2e-3), 4)
    for layer in model.layers:
        layer.trainable = True
    train(keras.optimizers.Adam(7e-4), 14)
    return model


# %% [wrong] frozen head: "did not move"
import keras


def two_stages(model, maps, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(3e-3), loss=loss)
    model.fit(maps, labels, batch_size=24, epochs=5, verbose=0)
    model.compile(keras.optimizers.Adam(5e-4), loss=loss)
    model.fit(maps, labels, batch_size=24, epochs=6, verbose=0)


# %% [wrong] not compiled again
import keras


def two_stages(model, maps, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(3e-3), loss=loss)
    model.fit(maps, labels, batch_size=24, epochs=5, verbose=0)
    for layer in model.layers:
        layer.trainable = True
    model.fit(maps, labels, batch_size=24, epochs=6, verbose=0)


# %% [wrong] old layers too fast: "a much lower rate"
import keras


def two_stages(model, maps, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(3e-3), loss=loss)
    model.fit(maps, labels, batch_size=24, epochs=5, verbose=0)
    for layer in model.layers:
        layer.trainable = True
    model.compile(keras.optimizers.Adam(0.03), loss=loss)
    model.fit(maps, labels, batch_size=24, epochs=3, verbose=0)


# %% [wrong] no better than guessing: "Does each label still belong to its image"
import keras
import numpy as np


def two_stages(model, maps, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for layer in model.layers:
        layer.trainable = True
    model.compile(keras.optimizers.Adam(5e-4), loss=loss)
    shuffled = maps[np.random.permutation(len(maps))]  # and the labels stay where they are
    model.fit(shuffled, labels, batch_size=24, epochs=6, verbose=0)


# %% [wrong] hardly trained: "The head hardly moved"
import keras


def two_stages(model, maps, labels):
    model.trainable = True
    model.get_layer("classifier").trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1e-4), loss=loss)
    model.fit(maps, labels, batch_size=24, epochs=1, verbose=0)


# %% [wrong] compiled, and not fitted
import keras


def two_stages(model, maps, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(5e-4), loss=loss)
    model.evaluate(maps, labels, verbose=0)
