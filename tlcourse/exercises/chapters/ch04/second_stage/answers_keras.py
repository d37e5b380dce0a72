"""Answers to "Open a block in mid-training", in Keras: right ones and wrong ones."""

# %% [right] a new optimizer with two groups
import keras


def open_block(model, name, lr):
    for layer in model.layers:
        if layer.name == name:
            layer.trainable = True
    model.compile(
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        optimizer=keras.optimizers.SGD(learning_rate=lr),
    )
    return model


# %% [right] the rate set afterwards
def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    loss = model.loss
    model.compile("sgd", loss)
    model.optimizer.learning_rate = lr


# %% [right] a schedule
import keras


def open_block(model, name, lr):
    block = model.get_layer(name)
    block.trainable = True
    for inner in block.layers:
        inner.trainable = True
    config = model.optimizer.get_config()
    config["learning_rate"] = lr
    model.compile(keras.optimizers.SGD.from_config(config), loss=model.loss, metrics=["accuracy"])


# %% [right] BatchNorm kept closed
import keras


def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.get_layer(name).get_layer("norm").trainable = False
    model.compile(keras.optimizers.SGD(lr), loss=model.loss)


# %% [right] Adam with two groups
import keras


def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr, momentum=0.9, nesterov=True), loss=model.loss)


# %% [right] Nesterov's momentum, weight decay
import keras


def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr, momentum=0.8), loss=model.loss)


# %% [wrong] not told to the optimizer: "is trainable now, but"
def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.optimizer.learning_rate = lr


# %% [wrong] another rate: "and you were given"
def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer="sgd", loss=model.loss)


# %% [wrong] the head was left out: "The head no longer trains"
import keras


def open_block(model, name, lr):
    for layer in model.layers:
        layer.trainable = layer.name == name
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=model.loss)


# %% [wrong] too much was opened: "trains as well"
import keras


def open_block(model, name, lr):
    for layer in model.layers:
        layer.trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=model.loss)


# %% [wrong] another loss: "takes them for probabilities"
import keras


def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr), loss="sparse_categorical_crossentropy")


# %% [wrong] still frozen: "it is still frozen"
import keras


def open_block(model, name, lr):
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=model.loss)


# %% [wrong] the step is changed on the way, and the optimizer says otherwise
import keras


class Fast(keras.optimizers.SGD):
    def apply_gradients(self, pairs, **kwargs):
        return super().apply_gradients([(5 * g, v) for g, v in pairs], **kwargs)


def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=Fast(lr), loss=model.loss)


# %% [wrong] nothing done
def open_block(model, name, lr):
    print(name)


# %% [wrong] no compile
def open_block(model, name, lr):
    model.get_layer(name).trainable = True


# %% [wrong] the head closed
import keras


def open_block(model, name, lr):
    model.get_layer("classifier").trainable = False
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=model.loss)


# %% [wrong] rates multiplied
import keras


def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr * 0.1), loss=model.loss)


# %% [wrong] the mean squared error
import keras


def open_block(model, name, lr):
    model.get_layer(name).trainable = True
    model.compile(optimizer=keras.optimizers.SGD(lr), loss="mse")
