"""Answers to "Freeze, and mean it", in Keras: right ones and wrong ones."""


# %% [right] block by block, layer by layer
def freeze(model, frozen):
    model.trainable = True
    for layer in model.layers:
        layer.trainable = True
        for inner in getattr(layer, "layers", []):
            inner.trainable = layer.name not in frozen


# %% [right] all modules
def freeze(model, frozen):
    model.trainable = False  # Keras skips setting what is set already: first down, then up
    model.trainable = True
    for name in frozen:
        model.get_layer(name).trainable = False
    return model


# %% [right] every inner layer
def walk(layer):
    yield layer
    for inner in getattr(layer, "layers", ()):
        yield from walk(inner)


def freeze(model, frozen):
    for layer in walk(model):
        layer.trainable = True
    for name in frozen:
        for layer in walk(model.get_layer(name)):
            layer.trainable = False


# %% [wrong] BatchNorm statistics moved: "No gradient moves these"
def freeze(model, frozen):
    for layer in model.layers:
        for weight in layer.weights:
            name = weight.path.split("/")[-1]
            weight.trainable = layer.name not in frozen and not name.startswith("moving")


# %% [wrong] weights moved: "weights of frozen blocks"
def freeze(model, frozen):
    for name in frozen:
        model.get_layer(name).training = False


# %% [wrong] BatchNorm left trainable: "weights like others"
import keras


def freeze(model, frozen):
    model.trainable = True
    for name in frozen:
        for layer in model.get_layer(name).layers:
            layer.trainable = isinstance(layer, keras.layers.BatchNormalization)


# %% [wrong] the head was frozen: "the head had not moved"
def freeze(model, frozen):
    model.trainable = False


# %% [wrong] nothing is opened again: "this one has to open them again"
def freeze(model, frozen):
    model.trainable = True
    for name in frozen:
        model.get_layer(name).trainable = False


# %% [wrong] freezes what is not in the list
def freeze(model, frozen):
    for layer in model.layers:
        layer.trainable = layer.name in frozen


# %% [wrong] an attribute that does not exist
def freeze(model, frozen):
    for name in frozen:
        model.get_layer(name).requires_grad = False


# %% [wrong] a copy is frozen
import keras


def freeze(model, frozen):
    new = keras.models.clone_model(model)
    for layer in new.layers:
        layer.trainable = layer.name not in frozen
    return new
