"""A folder of small files, a folder for each class; what comes back are features and labels, in any order."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.exercises.engine import describe, plain_array, tiny, words

SIDE = 8


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The network's numbers, the classes' names by the alphabet, and images uint8 (N, 8, 8, 3) with labels.

    ``files`` are the images' names, in no order that tells their class.
    """
    counts = [int(n) for n in rng.integers(9, 16, 3)]
    labels = rng.permutation(np.repeat(np.arange(3), counts))
    return {
        "width": int(rng.integers(5, 9)),
        "seed": int(rng.integers(1, 10_000)),
        "blocks": tiny.block_names(rng, 2),
        "classes": sorted(words(rng, 3, 2)),
        "images": rng.integers(0, 256, (len(labels), SIDE, SIDE, 3)).astype("uint8"),
        "labels": labels,
        "files": [f"{word}.png" for word in words(rng, len(labels), 3)],
    }


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """The ``features`` and ``labels`` that came back; ``moved``: the statistics that looking has moved."""
    from PIL import Image

    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], 3, SIDE, inputs["seed"])
    if framework == "torch":
        del model.classifier
        model.train()  # as a loop may have left it
    else:
        import keras

        model = keras.Model(model.input, model.get_layer("dropout").output)
    with tempfile.TemporaryDirectory() as place:
        for pixels, label, name in zip(inputs["images"], inputs["labels"], inputs["files"], strict=True):
            file = Path(place, inputs["classes"][int(label)], name)
            file.parent.mkdir(exist_ok=True)
            Image.fromarray(np.asarray(pixels, "uint8")).save(file)
        returned = answer(model, place)
        if not isinstance(returned, tuple | list) or len(returned) != 2:
            return {"features": describe(returned), "labels": None, "moved": 0}
        features, labels = returned
        if hasattr(features, "requires_grad"):
            features = features.detach()
        seen = {"features": plain_array(features), "labels": plain_array(labels)}
    before = tiny.initial(blocks, inputs["width"], 3, inputs["seed"])
    after = tiny.arrays(model, framework, blocks)
    return {**seen, "moved": len(tiny.moved({name: before[name] for name in after}, after))}
