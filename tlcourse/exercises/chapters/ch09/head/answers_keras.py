"""Answers to "A new head on a frozen encoder", in Keras: right ones and wrong ones."""

# %% [right] a model by subclassing
import keras
from keras import ops


class Classifier(keras.Model):
    def __init__(self, encoder, classes, dropout):
        super().__init__()
        encoder.trainable = False
        self.encoder = encoder
        self.dropout = keras.layers.Dropout(dropout)
        self.head = keras.layers.Dense(classes)

    def call(self, ids, training=None):
        hidden = self.encoder(ids, training=False)
        mask = ops.cast(ids != 0, hidden.dtype)[..., None]
        mean = ops.sum(hidden * mask, axis=1) / ops.sum(mask, axis=1)
        return self.head(self.dropout(mean, training=training))


def add_head(encoder, classes, dropout):
    return Classifier(encoder, classes, dropout)


# %% [right] every layer frozen, pooling in a layer of its own
import keras
from keras import ops


class MaskedMean(keras.layers.Layer):
    def call(self, hidden, ids):
        mask = ops.cast(ops.not_equal(ids, 0), "float32")
        return ops.einsum("nl,nld->nd", mask / ops.sum(mask, axis=1, keepdims=True), hidden)


def add_head(encoder, classes, dropout):
    for layer in encoder.layers:
        layer.trainable = False
    ids = keras.Input((None,), dtype="int32")
    x = MaskedMean()(encoder(ids, training=False), ids)
    x = keras.layers.Dropout(dropout)(x)
    return keras.Model(ids, keras.layers.Dense(classes, kernel_initializer="he_normal")(x))


# %% [wrong] padding counts: "so a text's logits depend on its neighbours"
import keras


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden)
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] [CLS]: "reads the vector of the first token"
import keras


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = hidden[:, 0]
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] a sum: "Divide by the number of tokens"
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mask = ops.cast(ops.not_equal(ids, 0), "float32")[..., None]
    mean = ops.sum(hidden * mask, axis=1)
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] the largest: "You take the largest value over the tokens"
import keras


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalMaxPooling1D()(hidden)
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] the encoder trains too: "has changed the encoder"
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] nothing trains: "A step of training changes nothing"
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(mean))
    model = keras.Model(ids, logits)
    model.trainable = False
    return model


# %% [wrong] softmax in the head: "leave the softmax out of the model"
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dense(classes, activation="softmax")(keras.layers.Dropout(dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] no dropout: "there is no dropout"
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dense(classes)(mean)
    return keras.Model(ids, logits)


# %% [wrong] dropout on the logits: "It belongs in front of the linear layer"
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dropout(dropout)(keras.layers.Dense(classes)(mean))
    return keras.Model(ids, logits)


# %% [wrong] the share that is kept: "and you keep that share"
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(1 - dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] another share: "Dropout does not use the share"
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(0.5)(mean))
    return keras.Model(ids, logits)


# %% [wrong] another shape: "one row for each text"
import keras


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(hidden))
    return keras.Model(ids, logits)


# %% [wrong] not a model: "that gives a tensor of logits was asked for"
import keras


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    return [encoder, keras.layers.Dropout(dropout), keras.layers.Dense(classes)]


# %% [wrong] a hidden layer
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    mean = keras.layers.Dense(32, activation="relu")(mean)
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] vectors of length 1
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    mean = keras.layers.UnitNormalization()(mean)
    logits = keras.layers.Dense(classes)(keras.layers.Dropout(dropout)(mean))
    return keras.Model(ids, logits)


# %% [wrong] dropout on the tokens
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    hidden = keras.layers.Dropout(dropout)(hidden)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dense(classes)(mean)
    return keras.Model(ids, logits)


# %% [wrong] the head forgotten
import keras
from keras import ops


def add_head(encoder, classes, dropout):
    encoder.trainable = False
    ids = keras.Input((None,), dtype="int32")
    hidden = encoder(ids)
    mean = keras.layers.GlobalAveragePooling1D()(hidden, mask=ops.not_equal(ids, 0))
    logits = keras.layers.Dropout(dropout)(mean)
    return keras.Model(ids, logits)
