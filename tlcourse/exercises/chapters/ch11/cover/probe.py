"""A tiny network, images, a place in each, and the side of the square that covers it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, tiny

CLASSES, SIZE = 2, 9
SIDES = (3, 5)


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """``images`` float32 (N, 9, 9, 3), ``places`` (N, 2), some of them at the border, ``side``, ``fill``."""
    from .ways import tells_apart  # not in the sandbox: it knows what is right

    while True:
        given = _drawn(rng)
        if tells_apart(given):
            return given


def _drawn(rng: np.random.Generator) -> dict[str, Any]:
    n = int(rng.integers(6, 9))
    places = rng.integers(1, SIZE - 1, (n, 2))
    places[0] = [0, int(rng.integers(3, 6))]  # cut off at the border
    places[1] = [int(rng.integers(3, 6)), SIZE - 1]
    alike = np.flatnonzero(places[:, 0] == places[:, 1])  # exchanging row and column would not be seen
    places[alike, 1] = (places[alike, 1] + 2) % SIZE
    order = rng.permutation(n)
    return {
        "width": int(rng.integers(4, 7)),
        "blocks": tiny.block_names(rng, 2),
        "seed": int(rng.integers(1, 10_000)),
        "images": rng.normal(0.3, 1.2, (n, SIZE, SIZE, 3)).astype("float32"),
        "places": places[order].astype("int64"),
        "side": int(rng.choice(SIDES)),
        "fill": round(float(rng.uniform(-1.5, -0.5)), 3),
    }


def arrays(given: dict[str, Any]) -> dict[str, np.ndarray]:
    """The network's numbers: a probability that moves when something is covered."""
    first = tiny.initial(given["blocks"], given["width"], CLASSES, given["seed"])
    return first | {"classifier.weight": first["classifier.weight"] * 3}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``given``: what came back; ``images``: the images afterwards."""
    blocks = inputs["blocks"]
    model = tiny.build(framework, blocks, inputs["width"], CLASSES, SIZE, inputs["seed"])
    tiny.drop_nothing(model, framework)
    tiny.put(model, framework, blocks, arrays(inputs))
    images = np.array(inputs["images"])
    places = [tuple(int(part) for part in place) for place in inputs["places"]]
    if framework == "torch":
        model.train()
        images = tiny.torch_images(images)
    given = plain_array(answer(model, images, places, inputs["side"], inputs["fill"]))
    after = np.asarray(images)
    return {"given": given, "images": after.transpose(0, 2, 3, 1) if framework == "torch" else after}
