"""The file of a trained network: all of it or nothing, and all that is needed to use it."""

import json
import os
import zipfile

import keras

from settings import Problem


def save(network, about, file):
    """The network, and what a user of it needs to know, in one file."""
    half = file.with_name("half.keras")
    network.save(half, include_optimizer=False)
    with zipfile.ZipFile(half, "a") as opened:  # a .keras file is a zip; Keras skips this
        opened.writestr("about.json", json.dumps(about))
    os.replace(half, file)


def read(file):
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
