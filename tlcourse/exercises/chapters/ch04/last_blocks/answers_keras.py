"""Answers to "Open the last n blocks", in Keras: right ones and wrong ones."""

# %% [right] flags by name
import keras


def unfreeze_last(model, blocks, n):
    model.trainable = True
    opened = blocks[::-1][:n]
    for layer in model.layers:
        if layer.name not in blocks:
            layer.trainable = True
            continue
        layer.trainable = True
        for inner in layer.layers:
            inner.trainable = layer.name in opened and not isinstance(inner, keras.layers.BatchNormalization)


# %% [right] dropout works, BatchNorm stays
import keras


def unfreeze_last(model, blocks, n):
    for i, name in enumerate(blocks):
        block = model.get_layer(name)
        if i < len(blocks) - n:
            block.trainable = False
        else:
            block.trainable = True
            block.get_layer("norm").trainable = False
    model.layers[-1].trainable = True


# %% [right] everything open, then closed from the front
import keras


def everything(layer):
    yield layer
    for inner in getattr(layer, "layers", []):
        yield from everything(inner)


def unfreeze_last(model, blocks, n):
    for layer in everything(model):
        layer.trainable = True
    for name in blocks[: len(blocks) - n]:
        model.get_layer(name).trainable = False
    for layer in everything(model):
        if type(layer) is keras.layers.BatchNormalization:
            layer.trainable = False


# %% [wrong] minus zero: "because -0 is 0"
import keras


def unfreeze_last(model, blocks, n):
    for name in blocks:
        model.get_layer(name).trainable = False
    for name in blocks[-n:]:
        model.get_layer(name).trainable = True
        for layer in model.get_layer(name).layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)
    model.get_layer("classifier").trainable = True


# %% [wrong] counted from the input: "you counted from the input"
import keras


def unfreeze_last(model, blocks, n):
    for name in blocks:
        model.get_layer(name).trainable = False
    for name in blocks[:n]:
        model.get_layer(name).trainable = True
        for layer in model.get_layer(name).layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)


# %% [wrong] left open: "the call before had opened it"
import keras


def unfreeze_last(model, blocks, n):
    if n > 1:
        for name in blocks:
            model.get_layer(name).trainable = False
    for name in blocks[len(blocks) - n :]:
        model.get_layer(name).trainable = True
        for layer in model.get_layer(name).layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)


# %% [wrong] BatchNorm opened: "unless you close those again"
def unfreeze_last(model, blocks, n):
    for i, name in enumerate(blocks):
        model.get_layer(name).trainable = i >= len(blocks) - n


# %% [wrong] the head was frozen: "the head does not train"
import keras


def unfreeze_last(model, blocks, n):
    for layer in model.layers:
        layer.trainable = False
    for name in blocks[len(blocks) - n :]:
        model.get_layer(name).trainable = True
        for layer in model.get_layer(name).layers:
            layer.trainable = not isinstance(layer, keras.layers.BatchNormalization)


# %% [wrong] one too many
def unfreeze_last(model, blocks, n):
    for i, name in enumerate(blocks):
        model.get_layer(name).trainable = i >= len(blocks) - n - 1
        model.get_layer(name).get_layer("norm").trainable = False


# %% [wrong] only one block
def unfreeze_last(model, blocks, n):
    for name in blocks:
        model.get_layer(name).trainable = bool(n) and name == blocks[-n]
        model.get_layer(name).get_layer("norm").trainable = False
