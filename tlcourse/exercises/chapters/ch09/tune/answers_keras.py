"""Answers to "Tune an encoder", in Keras: right ones and wrong ones."""

# %% [right] LoRA by enable_lora
import keras
from keras import ops


def tune(encoder, ids, labels, new_ids):
    keras.utils.set_random_seed(0)
    encoder.get_layer("embeddings").trainable = False
    for name in ("layer.0", "layer.1"):
        layer = encoder.get_layer(name)
        for part in layer._flatten_layers(include_self=False):
            part.trainable = False
        for dense in (layer.query, layer.value):
            dense.trainable = True
            dense.enable_lora(8, lora_alpha=16)
    tokens = keras.Input((None,), dtype="int32")
    mean = keras.layers.GlobalAveragePooling1D()(encoder(tokens), mask=ops.not_equal(tokens, 0))
    model = keras.Model(tokens, keras.layers.Dense(2, activation="softmax")(mean))
    model.compile(keras.optimizers.AdamW(5e-3), loss="sparse_categorical_crossentropy")
    model.fit(ids, labels, batch_size=32, epochs=5, verbose=0)
    return model.predict(new_ids, verbose=0).argmax(1)


# %% [right] the last layer in a loop of its own
import keras
import numpy as np
import tensorflow as tf


def tune(encoder, ids, labels, new_ids):
    keras.utils.set_random_seed(1)
    for layer in encoder.layers:
        layer.trainable = layer.name == "layer.1"
    head = keras.layers.Dense(2)
    head.build((None, 384))
    optimizer = keras.optimizers.Adam(1e-3)
    variables = encoder.trainable_variables + head.trainable_variables

    def logits(some):
        mask = tf.cast(some != 0, "float32")[..., None]
        hidden = encoder(some, training=True)
        return head(tf.reduce_sum(hidden * mask, 1) / tf.reduce_sum(mask, 1))

    @tf.function
    def step(x, y):
        with tf.GradientTape() as tape:
            losses = tf.nn.sparse_softmax_cross_entropy_with_logits(y, logits(x))
            loss = tf.reduce_mean(losses)
        optimizer.apply(tape.gradient(loss, [v.value for v in variables]), variables)

    for epoch in range(4):
        for rows in np.random.permutation(len(ids)).reshape(-1, 32):
            step(tf.constant(ids[rows]), tf.constant(labels[rows]))
    return np.argmax(logits(tf.constant(new_ids)), axis=1)


# %% [right] both layers, one output, a falling rate
import keras
from keras import ops


def tune(encoder, ids, labels, new_ids):
    keras.utils.set_random_seed(2)
    encoder.get_layer("embeddings").trainable = False
    tokens = keras.Input((None,), dtype="int32")
    mask = ops.cast(ops.not_equal(tokens, 0), "float32")[..., None]
    mean = ops.sum(encoder(tokens) * mask, axis=1) / ops.sum(mask, axis=1)
    model = keras.Model(tokens, keras.layers.Dense(1, activation="sigmoid")(mean))
    rate = keras.optimizers.schedules.CosineDecay(1e-4, 26, warmup_target=1e-3, warmup_steps=4)
    model.compile(keras.optimizers.AdamW(rate), loss="binary_crossentropy")
    model.fit(ids, labels, batch_size=32, epochs=3, verbose=0)
    return (model.predict(new_ids, verbose=0)[:, 0] > 0.5).astype(int)


# %% [wrong] frozen features: "a head on its frozen vectors gets no further"
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def tune(encoder, ids, labels, new_ids):
    def features(some):
        mask = (some != 0)[..., None]
        return (encoder.predict(some, verbose=0) * mask).sum(1) / mask.sum(1)

    head = make_pipeline(StandardScaler(), LogisticRegression(C=0.01, max_iter=1000))
    return head.fit(features(ids), labels).predict(features(new_ids))


# %% [wrong] rate too low: "Your encoder hardly moved"
import keras
from keras import ops


def tune(encoder, ids, labels, new_ids):
    keras.utils.set_random_seed(0)
    encoder.get_layer("embeddings").trainable = False
    tokens = keras.Input((None,), dtype="int32")
    mean = keras.layers.GlobalAveragePooling1D()(encoder(tokens), mask=ops.not_equal(tokens, 0))
    model = keras.Model(tokens, keras.layers.Dense(2)(mean))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(2e-6), loss=loss)
    model.fit(ids, labels, batch_size=32, epochs=3, verbose=0)
    return model.predict(new_ids, verbose=0).argmax(1)


# %% [wrong] rate too high: "Take a much lower rate for its layers"
import keras
from keras import ops


def tune(encoder, ids, labels, new_ids):
    keras.utils.set_random_seed(0)
    encoder.get_layer("embeddings").trainable = False
    tokens = keras.Input((None,), dtype="int32")
    mean = keras.layers.GlobalAveragePooling1D()(encoder(tokens), mask=ops.not_equal(tokens, 0))
    model = keras.Model(tokens, keras.layers.Dense(2)(mean))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(0.05), loss=loss)
    model.fit(ids, labels, batch_size=32, epochs=3, verbose=0)
    return model.predict(new_ids, verbose=0).argmax(1)


# %% [wrong] labels of other texts
import keras
import numpy as np
from keras import ops


def tune(encoder, ids, labels, new_ids):
    keras.utils.set_random_seed(0)
    for layer in encoder.layers:
        layer.trainable = layer.name == "layer.1"
    tokens = keras.Input((None,), dtype="int32")
    mean = keras.layers.GlobalAveragePooling1D()(encoder(tokens), mask=ops.not_equal(tokens, 0))
    model = keras.Model(tokens, keras.layers.Dense(2)(mean))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.AdamW(1e-3), loss=loss)
    shuffled = ids[np.random.permutation(len(ids))]  # and the labels stay where they are
    model.fit(shuffled, labels, batch_size=32, epochs=3, verbose=0)
    return model.predict(new_ids, verbose=0).argmax(1)


# %% [wrong] numbers mixed up: "under numbers that are not the labels'"
import keras
from keras import ops


def tune(encoder, ids, labels, new_ids):
    keras.utils.set_random_seed(0)
    for layer in encoder.layers:
        layer.trainable = layer.name == "layer.1"
    tokens = keras.Input((None,), dtype="int32")
    mean = keras.layers.GlobalAveragePooling1D()(encoder(tokens), mask=ops.not_equal(tokens, 0))
    model = keras.Model(tokens, keras.layers.Dense(2)(mean))
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    rate = keras.optimizers.schedules.CosineDecay(2e-4, 36, warmup_target=2e-3, warmup_steps=4)
    model.compile(keras.optimizers.AdamW(rate), loss=loss)
    model.fit(ids, labels, batch_size=32, epochs=4, verbose=0)
    return model.predict(new_ids, verbose=0).argmin(1)


# %% [wrong] a large head on frozen vectors
import keras


def tune(encoder, ids, labels, new_ids):
    keras.utils.set_random_seed(0)

    def features(some):
        mask = (some != 0)[..., None]
        return (encoder.predict(some, verbose=0) * mask).sum(1) / mask.sum(1)

    x, x_new = features(ids), features(new_ids)
    mean, spread = x.mean(0), x.std(0)
    head = keras.Sequential([keras.layers.Dense(256, activation="relu"), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.AdamW(1e-3), loss=loss)
    head.fit((x - mean) / spread, labels, batch_size=64, epochs=20, verbose=0)
    return head.predict((x_new - mean) / spread, verbose=0).argmax(1)
