"""The network: a pretrained base and a new head, and the file they are kept in."""

import json
import os
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is loaded

import keras
import numpy as np
from keras import layers

from settings import Problem, path

FILE, JIT = "model.keras", "auto"
DEVICE = "GPU" if keras.distribution.list_devices("gpu") else "CPU"

# Each network was trained with pixels on a scale of its own. Some scale by themselves.
SCALING = {
    "EfficientNetLite0": (1 / 128, -127 / 128),
    "EfficientNetV2B0": (1.0, 0.0),
    "EfficientNetV2B1": (1.0, 0.0),
    "EfficientNetB0": (1.0, 0.0),
    "MobileNetV3Small": (1.0, 0.0),
    "MobileNetV3Large": (1.0, 0.0),
    "ConvNeXtTiny": (1.0, 0.0),
    "MobileNet": (1 / 127.5, -1.0),
    "MobileNetV2": (1 / 127.5, -1.0),
    "Xception": (1 / 127.5, -1.0),
    "InceptionV3": (1 / 127.5, -1.0),
}


def pretrained(backbone, weights, size):
    """A base that gives a row of features for each image."""
    if backbone not in SCALING:
        do = f"Use one of {', '.join(SCALING)}, or add it and its scale in model.py."
        raise Problem(f"The scale of the pixels of {backbone!r} is not known here.", do)
    shape = (size, size, 3)
    if backbone == "EfficientNetLite0":  # saved whole: its old head is cut off here
        whole = keras.saving.load_model(path(weights))
        cut = keras.Model(whole.input, whole.layers[-2].output)
        base = keras.models.clone_model(cut, keras.Input(shape))
        base.set_weights(cut.get_weights())
        return base
    source = {"download": "imagenet", "none": None}.get(weights, path(weights))
    make = getattr(keras.applications, backbone)
    try:
        return make(include_top=False, pooling="avg", weights=source, input_shape=shape)
    except Exception as error:  # no network, or a file that does not fit
        problem = (
            f"The weights of {backbone} could not be fetched or read: {str(error).splitlines()[0]}"
        )
        do = "Go online once, or set model.weights to a file."
        raise Problem(problem, do) from None


def augmentation(rule):
    """Random changes that leave the label true; at work in training alone."""
    steps = []
    if rule["flip_sideways"]:
        steps.append(layers.RandomFlip("horizontal"))
    if rule["flip_upside_down"]:
        steps.append(layers.RandomFlip("vertical"))
    if rule["rotate_degrees"]:
        share = rule["rotate_degrees"] / 360
        steps.append(layers.RandomRotation(share, fill_mode="constant", fill_value=127.0))
    if rule["zoom"]:
        steps.append(layers.RandomZoom((-rule["zoom"], 0.0)))  # closer, never further away
    if rule["light"]:
        steps.append(layers.RandomBrightness(rule["light"], value_range=(0, 255)))
        steps.append(layers.RandomContrast(rule["light"], value_range=(0, 255)))
    return steps


def build(config, classes):
    """From bytes to a logit for each class: augmentation, scaling, the base, a head."""
    size, setting = config["data"]["size"], config["model"]
    base = pretrained(setting["backbone"], setting["weights"], size)
    base.name = "base"
    factor, offset = SCALING[setting["backbone"]]
    inputs = keras.Input((size, size, 3))
    x = inputs
    for step in augmentation(config["augmentation"]):
        x = step(x)
    x = base(layers.Rescaling(factor, offset=offset)(x))
    x = layers.Dropout(config["training"]["dropout"])(x)
    # Training starts from guessing: with zeros each class is as likely.
    head = layers.Dense(len(classes), kernel_initializer="zeros", name="head")
    return keras.Model(inputs, head(x))


def new(config, classes):
    """A network to train, and what must be known to use it."""
    return build(config, classes), {**config["data"], "backbone": config["model"]["backbone"]}


def freeze(network):
    network.get_layer("base").trainable = False


def open_last(network, blocks):
    """The last layers of the base learn from now on; BatchNorm's statistics stay."""
    base = network.get_layer("base")
    convolutions = [i for i, layer in enumerate(base.layers) if layer.weights and not norm(layer)]
    # A block of the networks above has about three convolutions; one more stands behind them.
    first = convolutions[-min(3 * blocks + 1, len(convolutions))]
    base.trainable = True
    for place, layer in enumerate(base.layers):
        layer.trainable = place >= first and not norm(layer)


def norm(layer):
    return isinstance(layer, layers.BatchNormalization)


def logits(network, pixels, about, batch=64):
    """The network in use: float array (N, classes) for uint8 pixels."""
    parts = []
    for begin in range(0, len(pixels), batch):
        some = np.array(pixels[begin : begin + batch], np.float32)
        parts.append(network.predict_on_batch(some))
    return np.concatenate(parts)


def save(network, about, file):
    """Weights, names of the classes and preparation: one file, all of it or nothing."""
    half = file.with_name("half.keras")
    network.save(half, include_optimizer=False)
    with zipfile.ZipFile(half, "a") as opened:  # a .keras file is a zip; Keras skips this
        opened.writestr("about.json", json.dumps(about))
    os.replace(half, file)


def load(file):
    """The network and what it needs to know, from the file alone."""
    try:
        with zipfile.ZipFile(file) as opened:
            about = json.loads(opened.read("about.json"))
        return keras.saving.load_model(file, compile=False), about
    except FileNotFoundError:
        raise Problem(f"There is no model {file}.", "Run python train.py first.") from None
    except (OSError, zipfile.BadZipFile, KeyError, TypeError, ValueError):
        do = "Run python train.py: it writes the model again."
        raise Problem(f"{file} is no model of this project, or is damaged.", do) from None
