"""Answers to "A training that reaches a bar", in Keras: right ones and wrong ones."""

# %% [right] one low rate for all
import keras


def finetune(model, maps, labels):
    for layer in model.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(5e-4), loss=loss, metrics=["accuracy"])
    model.fit(maps, labels, batch_size=16, epochs=12, verbose=0)


# %% [right] the head alone
import keras


def finetune(model, maps, labels):
    body = keras.Model(model.input, model.layers[-2].output)
    features = body.predict(maps, verbose=0)
    head = keras.Sequential([model.get_layer("classifier")])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.AdamW(3e-3), loss=loss)
    head.fit(features, labels, batch_size=30, epochs=40, verbose=0)


# %% [right] a loop of its own, with warm-up and cosine
import keras
import numpy as np
import tensorflow as tf


def finetune(model, maps, labels):
    rate = keras.optimizers.schedules.CosineDecay(1e-4, 36, warmup_target=1e-3, warmup_steps=4)
    optimizer = keras.optimizers.AdamW(rate)
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            loss = loss_of(y, model(x, training=False))
        gradients = tape.gradient(loss, [v.value for v in model.trainable_variables])
        optimizer.apply(gradients, model.trainable_variables)

    for epoch in range(10):
        for rows in np.split(np.random.permutation(len(labels)), 4):
            step(tf.constant(maps[rows]), tf.constant(labels[rows]))


# %% [wrong] old layers too fast: "a much lower rate than the head"
import keras


def finetune(model, maps, labels):
    for layer in model.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.05), loss=loss)
    model.fit(maps, labels, batch_size=16, epochs=8, verbose=0)


# %% [wrong] hardly trained: "The head hardly moved"
import keras


def finetune(model, maps, labels):
    model.get_layer("classifier").trainable = False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-5), loss=loss)
    model.fit(maps, labels, batch_size=16, epochs=1, verbose=0)


# %% [wrong] no better than guessing: "Does each label still belong to its image"
import keras
import numpy as np


def finetune(model, maps, labels):
    for layer in model.layers:
        layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(5e-4), loss=loss)
    shuffled = maps[np.random.permutation(len(maps))]  # and the labels stay where they are
    model.fit(shuffled, labels, batch_size=16, epochs=10, verbose=0)


# %% [wrong] compiled, and not fitted
import keras


def finetune(model, maps, labels):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(5e-4), loss=loss)
    model.evaluate(maps, labels, verbose=0)


# %% [wrong] the head put back
def finetune(model, maps, labels):
    weights = model.get_weights()
    model.set_weights(weights)
