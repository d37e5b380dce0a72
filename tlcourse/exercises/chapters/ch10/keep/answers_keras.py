"""Answers to "Learn the new, keep the old", in Keras: right ones and wrong ones."""

# %% [right] two inputs to one network
import keras


def learn(model, maps, labels, old_maps, old_labels):
    import numpy as np

    def new_loss(y, outputs):
        return keras.losses.sparse_categorical_crossentropy(y, outputs[:, 10:], from_logits=True)

    def old_loss(y, outputs):
        return keras.losses.sparse_categorical_crossentropy(y, outputs[:, :10], from_logits=True)

    new, old = keras.Input(model.input.shape[1:]), keras.Input(model.input.shape[1:])
    both = keras.Model([new, old], [model(new), model(old)])
    rows = np.arange(len(labels)) % len(old_labels)
    for rate, epochs, everything in ((3e-3, 4, False), (8e-4, 12, True)):
        for layer in model.layers:
            layer.trainable = everything or layer.name == "classifier"
        both.compile(keras.optimizers.Adam(rate), loss=[new_loss, old_loss])
        both.fit([maps, old_maps[rows]], [labels, old_labels[rows]], batch_size=16, epochs=epochs, verbose=0)


# %% [right] a loop of its own
import keras
import numpy as np
import tensorflow as tf


def learn(model, maps, labels, old_maps, old_labels):
    loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    old_x, old_y = tf.constant(old_maps), tf.constant(old_labels)

    def train(rate, epochs):
        optimizer, variables = keras.optimizers.Adam(rate), model.trainable_variables
        optimizer.build(variables)

        @tf.function
        def step(x, y):
            with tf.GradientTape() as tape:
                loss = loss_of(y, model(x, training=True)[:, 10:])
                loss += loss_of(old_y, model(old_x, training=True)[:, :10])
            optimizer.apply(tape.gradient(loss, [v.value for v in variables]), variables)

        for epoch in range(epochs):
            for rows in np.split(np.random.permutation(len(labels)), 15):
                step(tf.constant(maps[rows]), tf.constant(labels[rows]))

    for layer in model.layers:
        layer.trainable = layer.name == "classifier"
    train(3e-3, 4)
    for layer in model.layers:
        layer.trainable = True
    train(8e-4, 12)


# %% [wrong] forgotten: "the clothes forgotten"
import keras


def learn(model, maps, labels, old_maps, old_labels):
    def loss_of(y, outputs):
        return keras.losses.sparse_categorical_crossentropy(y, outputs[:, 10:], from_logits=True)

    for rate, epochs, everything in ((3e-3, 4, False), (1e-3, 10, True)):
        for layer in model.layers:
            layer.trainable = everything or layer.name == "classifier"
        model.compile(keras.optimizers.Adam(rate), loss=loss_of)
        model.fit(maps, labels, batch_size=16, epochs=epochs, verbose=0)


# %% [wrong] frozen: "did not move"
import keras


def learn(model, maps, labels, old_maps, old_labels):
    def loss_of(y, outputs):
        return keras.losses.sparse_categorical_crossentropy(y, outputs[:, 10:], from_logits=True)

    for layer in model.layers:
        layer.trainable = layer.name == "classifier"
    model.compile(keras.optimizers.Adam(3e-3), loss=loss_of)
    model.fit(maps, labels, batch_size=16, epochs=12, verbose=0)


# %% [wrong] held too tightly: "too few digits learned"
import keras


def learn(model, maps, labels, old_maps, old_labels):
    def loss_of(y, outputs):
        return keras.losses.sparse_categorical_crossentropy(y, outputs[:, 10:], from_logits=True)

    for layer in model.layers:
        layer.trainable = True
    optimizer = keras.optimizers.SGD(1e-3)
    model.compile(optimizer, loss=loss_of)
    model.fit(maps, labels, batch_size=32, epochs=3, verbose=0)


# %% [wrong] neither: "Neither is known well"
import keras


def learn(model, maps, labels, old_maps, old_labels):
    for layer in model.layers:
        layer.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(1e-3), loss=loss)  # labels of digits are taken for those of clothes
    model.fit(maps, labels, batch_size=16, epochs=4, verbose=0)


# %% [wrong] not finite: "NaN or infinity"
import keras


def learn(model, maps, labels, old_maps, old_labels):
    for layer in model.layers:
        layer.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.SGD(1e4), loss=loss)
    model.fit(maps, labels, batch_size=40, epochs=2, verbose=0)


# %% [wrong] nothing trained
def learn(model, maps, labels, old_maps, old_labels):
    return model


# %% [wrong] only the old is taught
import keras


def learn(model, maps, labels, old_maps, old_labels):
    for layer in model.layers:
        layer.trainable = True
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(5e-4), loss=loss)
    model.fit(old_maps, old_labels, batch_size=30, epochs=5, verbose=0)
