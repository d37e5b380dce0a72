"""The network: a pretrained BERT and a new head, and the file they are kept in."""

import json
import os
import zipfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # before TensorFlow is loaded

import keras
import numpy as np
from keras import layers
from tokenizers import Tokenizer

import bert
import tokens
from settings import Problem

FILE, JIT = "model.keras", False  # texts have many lengths: compiling for each takes too long
DEVICE = "GPU" if keras.distribution.list_devices("gpu") else "CPU"


def new(config, classes):
    """A network to train, and what must be known to use it."""
    base, padding = bert.encoder(config)
    x = layers.Dropout(config["training"]["dropout"], name="dropout")(base.output)
    # Training starts from guessing: with zeros each class is as likely.
    head = layers.Dense(len(classes), kernel_initializer="zeros", name="head")
    network = keras.Model(base.input, head(x))
    about = {"backbone": config["model"]["checkpoint"], "pooling": config["model"]["pooling"]}
    about |= {"limit": min(config["data"]["limit"], tokens.longest(config)), "padding": padding}
    about |= {"unsure_below": config["decision"]["unsure_below"]}
    # All that is needed goes into the model's file, the tokenizer too.
    return network, {**about, "tokenizer": tokens.of(config).to_str()}


def base_layers(network):
    return [layer for layer in network.layers if layer.name not in ("dropout", "head")]


def freeze(network):
    for layer in base_layers(network):
        layer.trainable = False


def open_last(network, count):
    """The last blocks of the encoder learn from now on; if all do, the embeddings too."""
    blocks = [layer for layer in network.layers if isinstance(layer, bert.Block)]
    opened = blocks[-count:] if count < len(blocks) else base_layers(network)
    for layer in opened:
        layer.trainable = True


def head_alone(network):
    """The same dropout and head, from features on."""
    width = network.get_layer("head").kernel.shape[0]
    inputs = keras.Input((width,))
    x = network.get_layer("dropout")(inputs)
    return keras.Model(inputs, network.get_layer("head")(x))


def features(network, lists, about, batch=64):
    """The encoder's vectors for lists of tokens, float32 (N, width)."""
    encoder = keras.Model(network.input, network.get_layer("dropout").input)
    order = sorted(range(len(lists)), key=lambda place: len(lists[place]))
    found = None
    for begin in range(0, len(order), batch):  # texts of like length: less filling up
        places = order[begin : begin + batch]
        rows, _ = tokens.padded([lists[place] for place in places], about["padding"], 16)
        some = np.asarray(encoder(rows, training=False))
        found = np.zeros((len(lists), some.shape[1]), np.float32) if found is None else found
        found[places] = some
    return found


def logits(network, inputs, about, batch=64):
    """The network in use: float array (N, classes) for lists of tokens, or for features."""
    if not isinstance(inputs, np.ndarray):
        inputs = features(network, inputs, about, batch)
    matrix, bias = network.get_layer("head").get_weights()
    return inputs @ matrix + bias


def save(network, about, file):
    """Weights, tokenizer and names of the classes: one file, all of it or nothing."""
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


def tokenizer(about):
    return tokens.bare(Tokenizer.from_str(about["tokenizer"]))
