"""Answers to "Find the wrong labels", in Keras: right ones and wrong ones."""

# %% [right] seven folds, a step for each batch by hand
import keras
import numpy as np


def suspects(x, y, n):
    head = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(10)])
    first = head.get_weights()
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    head.compile(keras.optimizers.Adam(1e-3), loss=loss)
    p = np.zeros(len(y))
    for fold in range(7):
        rows, held = np.flatnonzero(np.arange(len(y)) % 7 != fold), np.arange(fold, len(y), 7)
        head.set_weights(first)
        for step in range(90):
            some = np.random.default_rng(step).choice(rows, 64)
            head.train_on_batch(x[some], y[some])
        p[held] = np.array(keras.ops.softmax(head(x[held])))[np.arange(len(held)), y[held]]
    return np.argsort(p)[:n]


# %% [wrong] judged by what it learned: "has learned the wrong labels by heart"
import keras
import numpy as np


def suspects(x, y, n):
    head = keras.Sequential([keras.Input((x.shape[1],)), keras.layers.Dense(10, activation="softmax")])
    head.compile(keras.optimizers.AdamW(1e-3), loss="sparse_categorical_crossentropy")
    head.fit(x, y, batch_size=32, epochs=60, verbose=0)
    p = head.predict(x, verbose=0)[np.arange(len(y)), y]
    return np.argsort(p)[:n]
