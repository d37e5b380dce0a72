"""Answers to "Train the head, and nothing else", in Keras: right ones and wrong ones."""

# %% [right] flags by name, BatchNorm in evaluation mode alone
import keras


def train_head(model, images, labels, steps, lr):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer.name == "classifier"
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(images, labels, batch_size=len(labels), epochs=steps, verbose=0)


# %% [right] features first, then the head alone
import keras


def train_head(model, images, labels, steps, lr):
    classifier = model.get_layer("classifier")
    backbone = keras.Model(model.input, classifier.input)
    features = backbone(images, training=False)
    head = keras.Sequential([classifier])
    head.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True), run_eagerly=True)
    head.optimizer.learning_rate = lr
    for _ in range(steps):
        head.train_on_batch(features, labels)


# %% [right] the backbone apart
import keras
import tensorflow as tf


def train_head(model, images, labels, steps, lr):
    optimizer = keras.optimizers.SGD(lr)
    head = model.layers[-1].trainable_variables
    for _ in range(steps):
        with tf.GradientTape() as tape:
            logits = model(images, training=False)
            loss = tf.reduce_mean(
                tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
            )
        optimizer.apply_gradients(zip(tape.gradient(loss, [v.value for v in head]), head))


# %% [wrong] the whole network was trained: "That is fine-tuning"
import keras


def train_head(model, images, labels, steps, lr):
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss)
    model.fit(images, labels, batch_size=len(images), epochs=steps, verbose=0)


# %% [wrong] BatchNorm statistics moved: "These are not weights"
import keras
import tensorflow as tf


def train_head(model, images, labels, steps, lr):
    head = model.get_layer("classifier").trainable_variables
    optimizer = keras.optimizers.SGD(lr)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    for _ in range(steps):
        with tf.GradientTape() as tape:
            value = loss(labels, model(images, training=True))
        optimizer.apply(tape.gradient(value, [v.value for v in head]), head)


# %% [wrong] nothing was trained: "Nothing moved at all"
def train_head(model, images, labels, steps, lr):
    model.trainable = False
    model.compile(optimizer="sgd", loss="mse")
    model.predict(images, verbose=0)


# %% [wrong] BatchNorm left trainable: "A BatchNorm layer has weights of its own"
import keras


def train_head(model, images, labels, steps, lr):
    for layer in model.layers[:-1]:
        layer.trainable = isinstance(layer, keras.layers.BatchNormalization)
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss)
    model.fit(images, labels, batch_size=len(images), epochs=steps, verbose=0)


# %% [wrong] one step only
import keras


def train_head(model, images, labels, steps, lr):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer.name == "classifier"
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.train_on_batch(images, labels)


# %% [wrong] one step too many
import keras


def train_head(model, images, labels, steps, lr):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer.name == "classifier"
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(images, labels, batch_size=24, epochs=steps + 1, verbose=0)


# %% [wrong] small batches
import keras


def train_head(model, images, labels, steps, lr):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer.name == "classifier"
    model.compile(
        optimizer=keras.optimizers.SGD(learning_rate=lr),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    )
    model.fit(images, labels, batch_size=8, epochs=steps, shuffle=False, verbose=0)


# %% [wrong] another optimizer
import keras


def train_head(model, images, labels, steps, lr):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = layer.name == "classifier"
    model.compile(
        optimizer=keras.optimizers.Adam(lr), loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    )
    model.fit(images, labels, batch_size=24, epochs=steps, verbose=0)
