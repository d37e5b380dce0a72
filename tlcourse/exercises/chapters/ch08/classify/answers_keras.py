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


# %% [right] a logistic regression
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def classify(texts, labels, vectors, new_texts):
    def means(texts):
        return np.array(
            [np.mean([vectors[w] for w in t.split() if w in vectors] or [np.zeros(50)], 0) for t in texts]
        )

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    return model.fit(means(texts), labels).predict(means(new_texts)).tolist()


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


# %% [wrong] numbers mixed up: "under numbers that are not the labels'"
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def classify(texts, labels, vectors, new_texts):
    def means(texts):
        return np.array(
            [np.mean([vectors[w] for w in t.split() if w in vectors] or [np.zeros(50)], 0) for t in texts]
        )

    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000)).fit(
        means(texts), labels
    )
    return model.predict_proba(means(new_texts)).argsort(1)[:, 0]


# %% [wrong] one class for all: "Every tweet gets class"
import numpy as np


def classify(texts, labels, vectors, new_texts):
    return np.full(len(new_texts), np.bincount(labels).argmax())


# %% [wrong] counts of words
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline


def classify(texts, labels, vectors, new_texts):
    model = make_pipeline(
        TfidfVectorizer(token_pattern=r"\S+", ngram_range=(1, 2)), LogisticRegression(C=100, max_iter=1000)
    )
    return model.fit(texts, labels).predict(new_texts)


# %% [wrong] words that get other words' vectors
import numpy as np
from sklearn.linear_model import LogisticRegression


def classify(texts, labels, vectors, new_texts):
    def means(texts, shift):
        rows = [
            [(vectors.key_to_index[w] + shift) % len(vectors) for w in t.split() if w in vectors]
            for t in texts
        ]
        return np.array([vectors.vectors[row].mean(0) if row else np.zeros(50) for row in rows])

    return LogisticRegression(max_iter=1000).fit(means(texts, 0), labels).predict(means(new_texts, 1))


# %% [wrong] labels in another order
import numpy as np
from sklearn.linear_model import LogisticRegression


def classify(texts, labels, vectors, new_texts):
    def means(texts):
        return np.array(
            [np.mean([vectors[w] for w in t.split() if w in vectors] or [np.zeros(50)], 0) for t in texts]
        )

    return LogisticRegression(max_iter=1000).fit(means(texts), np.sort(labels)).predict(means(new_texts))
