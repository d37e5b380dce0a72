"""Answers to "Train a head for a number", in Keras: right ones and wrong ones."""

# %% [right] one dense layer
import keras
from keras import layers


def train_head(x, y, x_new):
    # Random first weights on 1,280 features say numbers far from 0 to 1, and take long to unlearn.
    start = layers.Dense(1, kernel_initializer="zeros")
    head = keras.Sequential([keras.Input((x.shape[1],)), start])
    head.compile(keras.optimizers.AdamW(3e-4, weight_decay=1e-2), loss="mse", metrics=["mae"])
    head.fit(x, y, epochs=10, batch_size=32, verbose=0)
    return head.predict(x_new, verbose=0).clip(0, 1)


# %% [right] the experts' doubt as the target of a sigmoid
import keras
from keras import layers


def train_head(x, y, x_new):
    inputs = keras.Input((x.shape[1],))
    outputs = layers.Dense(1, activation="sigmoid")(layers.Dropout(0.2)(inputs))
    head = keras.Model(inputs, outputs)
    head.compile(optimizer="adam", loss="binary_crossentropy")
    head.fit(x, y, epochs=12, batch_size=25, verbose=0)
    return head(x_new)[:, 0]


# %% [wrong] the same for every cell: "A softmax over one output"
import keras
from keras import layers


def train_head(x, y, x_new):
    head = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(1, activation="softmax")])
    head.compile(optimizer="adam", loss="mse")
    head.fit(x, y, epochs=5, verbose=0)
    return head.predict(x_new, verbose=0)[:, 0]


# %% [wrong] logits in place of probabilities: "of which the sigmoid has not been taken"
import keras
from keras import layers


def train_head(x, y, x_new):
    head = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(1)])
    head.compile(keras.optimizers.Adam(2e-3), loss=keras.losses.BinaryCrossentropy(from_logits=True))
    head.fit(x, y, epochs=15, verbose=0)
    return head.predict(x_new, verbose=0)


# %% [wrong] not trained
import keras
from keras import layers


def train_head(x, y, x_new):
    head = keras.Sequential([keras.Input((x.shape[1],)), layers.Dense(1)])
    return head.predict(x_new, verbose=0)
