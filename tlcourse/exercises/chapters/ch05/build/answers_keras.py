"""Answers to "Build a head", in Keras: right ones and wrong ones."""

# %% [right] a class with functions in it, or the functional way
import keras


def head(features, hidden, classes, dropout):
    inputs = keras.Input(shape=(features,))
    x = keras.layers.Dense(hidden, use_bias=False)(inputs)
    x = keras.layers.BatchNormalization()(x)
    x = keras.activations.relu(x)
    x = keras.layers.Dropout(rate=dropout)(x)
    return keras.Model(inputs=inputs, outputs=keras.layers.Dense(units=classes)(x))


# %% [right] named parts, no bias before BatchNorm, or a class
import keras
from keras import layers


class Head(keras.Model):
    def __init__(self, hidden, classes, rate):
        super().__init__()
        self.fc = layers.Dense(hidden)
        self.bn = layers.BatchNormalization()
        self.drop = layers.Dropout(rate)
        self.out = layers.Dense(classes)

    def call(self, x, training=False):
        x = keras.ops.relu(self.bn(self.fc(x), training=training))
        return self.out(self.drop(x, training=training))


def head(features, hidden, classes, dropout):
    return Head(hidden, classes, dropout)


# %% [right] nested, lazy, added one by one
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    block = keras.Sequential([layers.Dense(hidden), layers.BatchNormalization(), layers.Activation("relu")])
    model = keras.Sequential()
    model.add(layers.Input((features,)))
    model.add(keras.Sequential([block, layers.Dropout(dropout)]))
    model.add(layers.Dense(classes, activation="linear"))
    return model


# %% [right] matrices and moving averages by hand, or other settings
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden, kernel_initializer="he_normal"),
            layers.BatchNormalization(momentum=0.9, epsilon=1e-5),
            layers.Activation("relu"),
            layers.Dropout(dropout, seed=3),
            layers.Dense(classes, activation=None),
        ],
        name="head",
    )


# %% [right] dropout before the ReLU, which is the same
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.Dropout(dropout),
            layers.ReLU(),
            layers.Dense(classes),
        ]
    )


# %% [wrong] softmax in the head: "there is a softmax at its end"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(classes),
            layers.Softmax(),
        ]
    )


# %% [wrong] no dropout: "There is no dropout"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(classes),
        ]
    )


# %% [wrong] dropout on the logits: "dropout comes after the last layer"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(classes),
            layers.Dropout(dropout),
        ]
    )


# %% [wrong] no BatchNorm: "Batch normalisation after the hidden layer"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] no nonlinearity: "a product of matrices"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] ReLU before BatchNorm: "comes before the batch"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.ReLU(),
            layers.BatchNormalization(),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] not a ReLU: "is a sigmoid"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.Activation("sigmoid"),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] no running statistics: "running statistics"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(momentum=1.0),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] ReLU on the logits: "A ReLU after the last"
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(classes),
            layers.ReLU(),
        ]
    )


# %% [wrong] the rate that stays
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(1 - dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] the usual half
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(0.5),
            layers.Dense(classes),
        ]
    )


# %% [wrong] dropout on the features that come in
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dropout(dropout),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(classes),
        ]
    )


# %% [wrong] tanh after BatchNorm
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.Activation("tanh"),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] a leaky ReLU after BatchNorm
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.LeakyReLU(0.1),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] GELU after BatchNorm
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.Activation("gelu"),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] softplus after BatchNorm
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.Activation("softplus"),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] a sigmoid before BatchNorm
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden, activation="sigmoid"),
            layers.BatchNormalization(),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] two ReLUs, one on either side of BatchNorm
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden, activation="relu"),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] one mask for all rows
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout, noise_shape=(1, hidden)),
            layers.Dense(classes),
        ]
    )


# %% [wrong] layer normalisation
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.LayerNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] BatchNorm on the features that come in
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.BatchNormalization(),
            layers.Dense(hidden),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] a layer too many
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dense(hidden),
            layers.Dropout(dropout),
            layers.Dense(classes),
        ]
    )


# %% [wrong] a list of layers
from keras import layers


def head(features, hidden, classes, dropout):
    return [layers.Dense(classes)]


# %% [wrong] one class too many
import keras
from keras import layers


def head(features, hidden, classes, dropout):
    return keras.Sequential(
        [
            keras.Input((features,)),
            layers.Dense(hidden),
            layers.BatchNormalization(),
            layers.ReLU(),
            layers.Dropout(dropout),
            layers.Dense(classes + 1),
        ]
    )
