"""Chapter 4: a cache of features that gives what the live backbone gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import tiny, tiny_numpy
from .judging import close, plain_array, read_array, show
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["CACHE"]

_LOOK = 5  # images in the look at the mode that the backbone is left in


def _cache_inputs(rng: np.random.Generator) -> dict[str, Any]:
    batch_size = int(rng.integers(4, 7))
    rows = batch_size * int(rng.integers(2, 4)) + int(rng.integers(2, batch_size))
    while True:
        inputs = {
            "width": int(rng.integers(4, 7)),
            "seed": int(rng.integers(1, 10_000)),
            "blocks": tiny.block_names(rng, 2),
            "batch_size": batch_size,
            # What the backbone's first layer adds to each colour for each image that it is given at once.
            "gauge": (rng.choice([-1, 1], 3) * rng.uniform(0.08, 0.15, 3)).astype("float32"),
            **tiny.batch(rng, rows, 8, 3),
        }
        steps = np.abs(np.diff(_lives(inputs, 2 * batch_size), axis=0)).max(2)
        if steps.min() > 5e-3:  # so that the features say how many there were
            return inputs


def _gauged(images: np.ndarray, n: int, gauge: np.ndarray) -> np.ndarray:
    """Images as the backbone sees them if it is given ``n`` at once.

    The cosine makes the effect depend on the image, so that nothing added from outside takes it away.
    """
    return images + n * gauge * np.cos(images)


def _lives(inputs: dict[str, Any], most: int) -> np.ndarray:
    """The live backbone's features if it is given 0, 1, ... ``most`` images at once: (most + 1, N, D)."""
    first = tiny.initial(inputs["blocks"], inputs["width"], 3, inputs["seed"])
    return np.stack(
        [
            tiny_numpy.features(first, inputs["blocks"], _gauged(inputs["images"], n, inputs["gauge"]))
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


def _cache_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
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
        found = answer(backbone, images.clone(), inputs["batch_size"])
        graph = bool(getattr(found, "requires_grad", False))
        found = found.detach() if isinstance(found, torch.Tensor) else found
        after = tiny.arrays(backbone, framework, blocks)
        tiny.drop_nothing(backbone, framework)
        with torch.no_grad():
            left = backbone(images[:_LOOK]).numpy().copy()
    else:
        backbone = _gauged_keras(backbone, inputs["gauge"])
        found = answer(backbone, x.copy(), inputs["batch_size"])
        graph = False
        after = tiny.arrays(backbone, framework, blocks)
    parts = isinstance(found, list | tuple) and any(np.ndim(part) > 1 for part in found)
    return {
        "features": f"a list of {len(found)} batches" if parts else plain_array(found),
        "kind": type(found).__name__,
        "after": after,
        "left": left,
        "graph": graph,
    }


def _cache_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    n, size, width = len(inputs["images"]), inputs["batch_size"], inputs["width"]
    if isinstance(observed["features"], str) and observed["features"].startswith("a list of"):
        why = (
            f"For {n} images a table is needed, one row of features for each. You give"
            f" {observed['features']}. Join the batches along their first axis."
        )
        return Verdict(0.0, (Finding(False, why, "batches not joined"),))
    got = read_array(observed["features"], "`cache`")
    if got.ndim != 2 or got.shape[1] != width:
        why = (
            f"For {n} images a table is needed, one row of {width} features for each. Yours is a"
            f" {observed['kind']} of shape {got.shape}. Join the batches along their first axis."
        )
        return Verdict(0.0, (Finding(False, why, "batches not joined"),))
    if len(got) != n:
        why = f"{n} images went in, and {len(got)} rows of features came out."
        if len(got) == n // size * size:
            why += f" The last batch has fewer than {size} images, and it counts too."
        return Verdict(0.0, (Finding(False, why, "the last batch is missing"),))
    if not np.isfinite(got).all():
        return Verdict(0.0, (Finding(False, "There is NaN or infinity among your features.", "not finite"),))
    lives = _lives(inputs, n + size)
    near = 1e-4 * max(1.0, float(np.abs(lives).max()))
    # Each row tells in how large a batch its image was: the one whose features it has.
    off = np.abs(lives - got).max(2)
    at_once = off.argmin(0)
    if off.min(0).max() > near or not at_once.all():
        return Verdict(0.0, (_other_features(got, lives, near, size), _left(observed, inputs, 0)))
    values = Finding(True, "The cached features are those of the live backbone, row by row.")
    effect = _left(observed, inputs, int(at_once.max()))
    return Verdict(3.0 if effect.passed else 2.0, (values, effect))


def _other_features(got: np.ndarray, lives: np.ndarray, near: float, size: int) -> Finding:
    """What may have happened to features that are not those of the live backbone."""
    n = len(got)
    off = np.abs(lives - got).max(2)
    if off.min(0).max() <= near:
        why = (
            "Your features come from the backbone's weights, but not from all of it: a layer was left"
            " out on the way. Call the backbone itself."
        )
        return Finding(False, why, "walked round the backbone")
    every = np.abs(lives[1:, :, None, :] - got).max(3)  # batch size, row of the live one, row of yours
    rows = [int(np.unravel_index(every[:, :, row].argmin(), every.shape[:2])[1]) for row in range(n)]
    if every.min((0, 1)).max() <= near and sorted(rows) == list(range(n)):
        why = "The rows are right, but in another order, so they no longer fit the labels."
        return Finding(False, why, "another order")
    starts = np.arange(n) // size * size
    sizes = {
        "batches": np.minimum(size, n - starts),
        "all": np.full(n, n),
        "ones": np.ones(n, int),
    }
    references = [lives[batch, np.arange(n)] for batch in sizes.values()]
    for live in references:
        if _scaled(got, live, 1):
            lengths = np.linalg.norm(got, axis=1)
            unit = "have length 1" if np.abs(lengths - 1).max() < 1e-3 else "are multiples of the live ones"
            why = (
                f"Your rows {unit}: they point where the backbone's features point, but were normalised. A"
                " cache holds the features as they come; leave scaling to what reads it."
            )
            return Finding(False, why, "normalised rows")
        if _scaled(got - got.mean(0), live - live.mean(0), 0):
            why = (
                "Each column of yours is the backbone's, shifted or scaled: it was standardised over these"
                " images. A cache holds the features as they come; leave scaling to what reads it."
            )
            return Finding(False, why, "normalised columns")
    live = references[0]
    shown = show(float(np.abs(got - live).max()), 2)
    if float((got == 0).mean() - (live == 0).mean()) > 0.05:
        why = (
            f"Your features differ from those of the live backbone by up to {shown}, and many are exactly"
            " zero: dropout is at work. The backbone ran in training mode."
        )
    else:
        why = (
            f"Your features differ from those of the live backbone by up to {shown}. In training mode"
            " BatchNorm uses the mean and variance of the batch, so a picture's features depend on its"
            " neighbours."
        )
    return Finding(False, why, "training mode")


def _scaled(got: np.ndarray, live: np.ndarray, axis: int) -> bool:
    """Whether each row (axis 1) or column (axis 0) is a positive multiple of the other's."""
    dots = (got * live).sum(axis)
    lengths = np.linalg.norm(got, axis=axis) * np.linalg.norm(live, axis=axis)
    return bool(np.all(dots >= lengths * (1 - 1e-5)) and lengths.max() > 0)


def _left(observed: dict[str, Any], inputs: dict[str, Any], at_once: int) -> Finding:
    """Whether the backbone is as it was, and had no more images at once than it should."""
    first = tiny.initial(inputs["blocks"], inputs["width"], 3, inputs["seed"])
    size = inputs["batch_size"]
    if any(not np.array_equal(value, first[name]) for name, value in observed["after"].items()):
        why = "Looking at the pictures changed the backbone: BatchNorm's statistics moved."
        return Finding(False, why, "training mode")
    if observed["graph"]:
        why = (
            "Your features still carry the graph of the computation (`requires_grad` is true), and with it"
            " everything that the backbone computed on the way. That is memory, for gradients that nobody"
            " needs."
        )
        return Finding(False, why, "keeps the graph")
    if observed["left"] is not None:
        images = _gauged(inputs["images"][:_LOOK], _LOOK, inputs["gauge"])
        training = tiny_numpy.features(first, inputs["blocks"], images, inputs["blocks"])
        if not close(observed["left"], training, 1e-3 * max(1.0, float(np.abs(training).max()))):
            why = (
                "The backbone came in training mode and went out in evaluation mode, or a part of it did. Put"
                " it back as it was."
            )
            return Finding(False, why, "mode not put back")
    if at_once > size:
        why = (
            f"The backbone was given {at_once} images at once, and `batch_size` is {size}. What"
            " fits into memory for a few images does not for a whole data set."
        )
        return Finding(False, why, "all at once")
    return Finding(True, "The backbone is as it was before, and no batch was too large.")


CACHE = Exercise(
    id="ch04-cache",
    title="A cache that says what the backbone says",
    points=3,
    answer="cache",
    inputs=_cache_inputs,
    probe=_cache_probe,
    judge=_cache_judge,
    solved_by=(
        "tlcourse.training.cache_features",
        "tlcourse.training.loop_torch.forward",
        "tlcourse.training.loop_keras.forward",
        "tlcourse.models.loaded.predict_logits",
    ),
    hints=(
        "What does BatchNorm do in training mode, and what does dropout do? Neither may happen here.",
        (
            "PyTorch: note `backbone.training`, call `backbone.eval()`, work under"
            " `torch.no_grad()`, and put the mode"
            " back at the end. Keras: `backbone(part, training=False)`, or `backbone.predict`."
        ),
        (
            "`range(0, len(images), batch_size)` gives the batches' starts, a short last batch"
            " included. Join what"
            " comes out with `torch.cat` or `np.concatenate`."
        ),
    ),
    misconceptions=(
        Misconception(
            "training mode",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    with torch.no_grad():
        return torch.cat([backbone(part) for part in images.split(batch_size)])
""",
                "keras": """
import numpy as np

def cache(backbone, images, batch_size):
    starts = range(0, len(images), batch_size)
    return np.concatenate([backbone(images[i:i + batch_size], training=True) for i in starts])
""",
            },
            expect="training mode",
        ),
        Misconception(
            "the last batch is missing",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        starts = range(0, len(images) - batch_size + 1, batch_size)
        parts = [backbone(images[i:i + batch_size]) for i in starts]
    backbone.train()
    return torch.cat(parts)
""",
                "keras": """
import numpy as np

def cache(backbone, images, batch_size):
    parts = [backbone(images[i * batch_size:(i + 1) * batch_size]) for i in range(len(images) // batch_size)]
    return np.concatenate(parts)
""",
            },
            expect="The last batch has fewer",
        ),
        Misconception(
            "batches not joined",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    mode = backbone.training
    backbone.eval()
    with torch.no_grad():
        parts = [backbone(part) for part in images.split(batch_size)]
    backbone.train(mode)
    return parts
""",
                "keras": """
def cache(backbone, images, batch_size):
    return [backbone(images[i:i + batch_size]) for i in range(0, len(images), batch_size)]
""",
            },
            expect="Join the batches",
        ),
        Misconception(
            "mode not put back",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        return torch.cat([backbone(part) for part in images.split(batch_size)])
"""
            },
            expect="as it was",
        ),
        Misconception(
            "keeps the graph",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    features = torch.cat([backbone(part) for part in images.split(batch_size)])
    backbone.train()
    return features
"""
            },
            expect="carry the graph",
        ),
        Misconception(
            "normalised rows",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    with torch.no_grad():
        features = torch.cat([backbone(part) for part in images.split(batch_size)])
    backbone.train()
    return torch.nn.functional.normalize(features, dim=1)
""",
                "keras": """
import numpy as np

def cache(backbone, images, batch_size):
    features = backbone.predict(images, batch_size=batch_size, verbose=0)
    return features / np.linalg.norm(features, axis=1, keepdims=True)
""",
            },
            expect="were normalised",
        ),
        Misconception(
            "another order",
            {
                "torch": """
import torch

def cache(backbone, images, batch_size):
    backbone.eval()
    order = torch.arange(len(images) - 1, -1, -1)
    with torch.no_grad():
        features = torch.cat([backbone(images[rows]) for rows in order.split(batch_size)])
    backbone.train()
    return features
""",
                "keras": """
import numpy as np

def cache(backbone, images, batch_size):
    order = np.arange(len(images))[::-1]
    return backbone.predict(images[order], batch_size=batch_size, verbose=0)
""",
            },
            expect="in another order",
        ),
    ),
)
