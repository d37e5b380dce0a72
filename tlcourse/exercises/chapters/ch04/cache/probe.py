"""A backbone whose features tell how many images it was given at once, whatever called it."""

from __future__ import annotations

from typing import Any

import numpy as np

from tlcourse.exercises.engine import plain_array, tiny

LOOK = 5  # images in the look at the mode that the backbone is left in


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """The backbone's blocks and numbers, images float32 (N, 8, 8, 3), and a batch size that leaves a rest."""
    batch_size = int(rng.integers(4, 7))
    rows = batch_size * int(rng.integers(2, 4)) + int(rng.integers(2, batch_size))
    while True:
        drawn = {
            "width": int(rng.integers(4, 7)),
            "seed": int(rng.integers(1, 10_000)),
            "blocks": tiny.block_names(rng, 2),
            "batch_size": batch_size,
            # What the backbone's first layer adds to each colour for each image that it is given at once.
            "gauge": (rng.choice([-1, 1], 3) * rng.uniform(0.08, 0.15, 3)).astype("float32"),
            **tiny.batch(rng, rows, 8, 3),
        }
        steps = np.abs(np.diff(lives(drawn, 2 * batch_size), axis=0)).max(2)
        if steps.min() > 5e-3:  # so that the features say how many there were
            return drawn


def gauged(images: np.ndarray, n: int, gauge: np.ndarray) -> np.ndarray:
    """Images as the backbone sees them if it is given ``n`` at once.

    The cosine makes the effect depend on the image, so that nothing added from outside takes it away.
    """
    return images + n * gauge * np.cos(images)


def lives(inputs: dict[str, Any], most: int) -> np.ndarray:
    """The live backbone's features if it is given 0, 1, ... ``most`` images at once: (most + 1, N, D)."""
    first = tiny.initial(inputs["blocks"], inputs["width"], 3, inputs["seed"])
    return np.stack(
        [
            tiny.features(first, inputs["blocks"], gauged(inputs["images"], n, inputs["gauge"]))
            for n in range(most + 1)
        ]
    )


def _gauged_torch(backbone: Any, gauge: np.ndarray) -> Any:
    from collections import OrderedDict

    import torch
    from torch import nn

    class Gauge(nn.Module):
        """Adds a little for each image that it is given at once: the features tell, whatever called it."""

        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("each", torch.from_numpy(np.array(gauge, "float32")).reshape(1, 3, 1, 1))

        def forward(self, images: Any) -> Any:
            return images + len(images) * self.each * torch.cos(images)

    return nn.Sequential(OrderedDict(gauge=Gauge(), **dict(backbone.named_children())))


def _gauged_keras(backbone: Any, gauge: np.ndarray) -> Any:
    import keras

    class Gauge(keras.layers.Layer):
        """Adds a little for each image that it is given at once: the features tell, whatever called it."""

        def call(self, images: Any) -> Any:
            n = keras.ops.cast(keras.ops.shape(images)[0], "float32")
            each = keras.ops.convert_to_tensor(np.array(gauge, "float32"))
            return images + n * each * keras.ops.cos(images)

        def compute_output_shape(self, shape: Any) -> Any:
            return shape

    read = Gauge(name="gauge")(backbone.input)
    whole = keras.Model(backbone.input, backbone.get_layer("dropout").output)
    for layer in whole.layers[1:]:
        read = layer(read)
    return keras.Model(backbone.input, read)


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """The ``features`` that came back, all arrays ``after``, and what the backbone gives as it was left."""
    blocks = inputs["blocks"]
    backbone = tiny.build(framework, blocks, inputs["width"], 3, 8, inputs["seed"])
    x = np.asarray(inputs["images"], "float32")
    left = None  # what the backbone gives in the mode that it is left in
    if framework == "torch":
        import torch

        del backbone.classifier
        backbone = _gauged_torch(backbone, inputs["gauge"])
        images = tiny.torch_images(x)
        backbone.train()  # as a loop may have left it
        returned = answer(backbone, images.clone(), inputs["batch_size"])
        graph = bool(getattr(returned, "requires_grad", False))
        returned = returned.detach() if isinstance(returned, torch.Tensor) else returned
        after = tiny.arrays(backbone, framework, blocks)
        tiny.drop_nothing(backbone, framework)
        with torch.no_grad():
            left = backbone(images[:LOOK]).numpy().copy()
    else:
        backbone = _gauged_keras(backbone, inputs["gauge"])
        returned = answer(backbone, x.copy(), inputs["batch_size"])
        graph = False
        after = tiny.arrays(backbone, framework, blocks)
    parts = isinstance(returned, list | tuple) and any(np.ndim(part) > 1 for part in returned)
    return {
        "features": f"a list of {len(returned)} batches" if parts else plain_array(returned),
        "kind": type(returned).__name__,
        "after": after,
        "left": left,
        "graph": graph,
    }
