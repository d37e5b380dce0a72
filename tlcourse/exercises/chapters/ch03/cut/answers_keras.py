"""Answers to "Cut the head three ways", in Keras: right ones and wrong ones."""

# %% [right] layers by number
import keras


def cut(model, keep):
    if keep == "maps":
        return keras.Model(model.input, model.layers[-4].output)
    features = model.layers[-2].output
    if keep == "features":
        return keras.Model(model.input, features)
    return keras.Model(model.input, keras.layers.Dense(keep)(features))


# %% [right] Sequential
import keras


def cut(model, keep):
    body = keras.Sequential(model.layers[:-3])
    if keep == "maps":
        return body
    body.add(keras.layers.GlobalAveragePooling2D())
    if keep != "features":
        body.add(keras.layers.Dropout(0.5))
        body.add(keras.layers.Dense(keep))
    return body


# %% [right] the base called again
import keras


def cut(model, keep):
    base = keras.Model(model.input, model.get_layer("pool").input)
    if keep == "maps":
        return base
    inputs = keras.Input(model.input_shape[1:])
    x = base(inputs, training=False)
    x = keras.layers.GlobalAveragePooling2D()(x)
    if isinstance(keep, int):
        x = keras.layers.Dense(keep, use_bias=False)(x)
    return keras.Model(inputs, x)


# %% [right] a class of its own
import keras


class Cut(keras.Model):
    def __init__(self, model, keep):
        super().__init__()
        stop = "pool" if keep == "maps" else "classifier"
        self.body = keras.Model(model.inputs, model.get_layer(stop).input)
        self.head = keras.layers.Dense(keep) if keep not in ("maps", "features") else None

    def call(self, x, training=False):
        x = self.body(x, training=training)
        return x if self.head is None else self.head(x)


def cut(model, keep):
    return Cut(model, keep)


# %% [wrong] the head is still there: "The head is still there"
import keras


def cut(model, keep):
    if keep == "features":
        model.layers.pop()
        return model
    if keep == "maps":
        return keras.Model(model.input, model.get_layer("pool").input)
    return keras.Model(model.input, keras.layers.Dense(keep)(model.get_layer("classifier").input))


# %% [wrong] the pooling is gone too: "The pooling belongs to these features"
import keras


def cut(model, keep):
    if keep in ("maps", "features"):
        return keras.Model(model.input, model.get_layer("pool").input)
    return keras.Model(model.input, keras.layers.Dense(keep)(model.get_layer("classifier").input))


# %% [wrong] pooled already: "the pooling, which averages over them, has to go"
import keras


def cut(model, keep):
    if keep == "maps":
        return keras.Model(model.input, model.get_layer("pool").output)
    features = model.get_layer("dropout").output
    return keras.Model(model.input, features if keep == "features" else keras.layers.Dense(keep)(features))


# %% [wrong] on top of the old head: "reads the old head's outputs"
import keras


def cut(model, keep):
    if keep == "maps":
        return keras.Model(model.input, model.get_layer("pool").input)
    if keep == "features":
        return keras.Model(model.input, model.get_layer("classifier").input)
    return keras.Sequential([model, keras.layers.Dense(keep)])


# %% [wrong] outputs of the old head: "which know the old classes"
import keras


def cut(model, keep):
    if keep == "maps":
        return keras.Model(model.input, model.get_layer("pool").input)
    if keep == "features":
        return keras.Model(model.input, model.get_layer("classifier").input)
    return keras.Model(model.input, model.output[:, :keep])


# %% [wrong] other weights: "The layers must keep their weights"
import keras


def cut(model, keep):
    if keep == "maps":
        return keras.Model(model.input, model.get_layer("pool").input)
    if keep == "features":
        return keras.models.clone_model(keras.Model(model.input, model.layers[-2].output))
    return keras.Model(model.input, keras.layers.Dense(keep)(model.get_layer("classifier").input))


# %% [wrong] a softmax in the model: "there is a softmax in the model"
import keras


def cut(model, keep):
    if keep == "maps":
        return keras.Model(model.input, model.get_layer("pool").input)
    features = model.get_layer("classifier").input
    if keep == "features":
        return keras.Model(model.input, features)
    return keras.Model(model.input, keras.layers.Dense(keep, activation="softmax")(features))


# %% [wrong] the largest value of each map
import keras


def cut(model, keep):
    maps = model.get_layer("pool").input
    if keep == "maps":
        return keras.Model(model.input, maps)
    features = keras.layers.GlobalMaxPooling2D()(maps)
    return keras.Model(model.input, features if keep == "features" else keras.layers.Dense(keep)(features))


# %% [wrong] not flattened
import keras


def cut(model, keep):
    if keep == "maps":
        return keras.Model(model.input, model.layers[-5].output)
    x = keras.layers.GlobalAveragePooling2D(keepdims=True)(model.get_layer("pool").input)
    return keras.Model(model.input, x)
