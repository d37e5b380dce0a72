"""The published weights as Keras reads them: the whole network, or the numbers of a base."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tlcourse.models import packed
from tlcourse.models.cards import card
from tlcourse.models.layers._keras import assign
from tlcourse.models.loading import load

__all__ = ["written"]


def written(name: str) -> bytes:
    """What is in the file: a network for images of its card's size, of Keras's own layers only, or a base."""
    network = packed.architecture(name)
    entry = card(network)
    with tempfile.TemporaryDirectory(prefix="tlcourse-") as place:
        if entry.headless:
            from tlcourse.models.packed.naming import keras_names

            base = load(network, "keras", weights=None, num_classes=0, seed=0)
            assign(base, keras_names(network, packed.arrays(name)))
            file = Path(place, "base.weights.h5")
            base.save_weights(file)
        else:
            file = Path(place, f"{name}.keras")
            load(name, "keras", input_size=entry.input_size).save(file)
        return file.read_bytes()
