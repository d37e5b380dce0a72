"""Answers to "From reviews to tweets", in Keras: right ones and wrong ones."""

# %% [right] means first, then a dense layer
import keras
import numpy as np


def classify(texts, labels, vectors, new_texts):
    def means(texts):
        return np.stack([vectors.get_mean_vector(t.split(), pre_normalize=False) for t in texts])

    keras.utils.set_random_seed(0)
    head = keras.Sequential([keras.Input((vectors.vector_size,)), keras.layers.Dense(2)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(0.03), loss=loss)
    head.fit(means(texts), labels, batch_size=64, epochs=15, verbose=0)
    return head.predict(means(new_texts), verbose=0).argmax(1)


# %% [right] numbers by hand, a frozen layer, one output
import keras
import numpy as np


def classify(texts, labels, vectors, new_texts):
    keras.utils.set_random_seed(0)
    length = 40

    def tokens(texts):
        rows = np.zeros((len(texts), length), "int32")
        for row, text in zip(rows, texts):
            known = [vectors.key_to_index[w] + 1 for w in text.split() if w in vectors][:length]
            row[: len(known)] = known
        return rows

    table = np.concatenate([np.zeros((1, vectors.vector_size), "float32"), vectors.vectors])
    layer = keras.layers.Embedding(*table.shape, weights=[table], mask_zero=True, trainable=False)
    model = keras.Sequential(
        [layer, keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(1, activation="sigmoid")]
    )
    model.compile(keras.optimizers.Adam(0.03), loss="binary_crossentropy")
    model.fit(tokens(texts), labels, batch_size=32, epochs=10, verbose=0)
    return (model.predict(tokens(new_texts), verbose=0)[:, 0] > 0.5).astype(int)


# %% [wrong] falls short: "Vectors that begin at random"
import keras
import tensorflow as tf


def classify(texts, labels, vectors, new_texts):
    keras.utils.set_random_seed(0)
    number = keras.layers.TextVectorization(
        standardize=None, vocabulary=vectors.index_to_key, output_sequence_length=40
    )
    model = keras.Sequential(
        [
            keras.layers.Embedding(len(vectors) + 2, vectors.vector_size, mask_zero=True),
            keras.layers.GlobalAveragePooling1D(),
            keras.layers.Dense(2),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.01), loss=loss)
    model.fit(number(tf.constant(texts)), labels, batch_size=32, epochs=5, verbose=0)
    return model.predict(number(tf.constant(new_texts)), verbose=0).argmax(1)
