"""Chapter 4: a cache of features that gives what the live backbone gives."""

from __future__ import annotations

from typing import Any

import numpy as np

from . import tiny, tiny_numpy
from .judging import plain_array, read_array, show
from .model import Exercise, Finding, Misconception, Verdict

__all__ = ["CACHE"]

BLOCKS = ("stem", "block1")


def _cache_inputs(rng: np.random.Generator) -> dict[str, Any]:
    batch_size = int(rng.integers(4, 7))
    rows = batch_size * int(rng.integers(2, 4)) + int(rng.integers(2, batch_size))
    return {
        "width": int(rng.integers(4, 7)),
        "seed": int(rng.integers(1, 10_000)),
        "batch_size": batch_size,
        **tiny.batch(rng, rows, 8, 3),
    }


def _cache_probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    backbone = tiny.build(framework, BLOCKS, inputs["width"], 3, 8, inputs["seed"])
    x = np.asarray(inputs["images"], "float32")
    sizes: list[int] = []  # how many images the backbone was given at once
    if framework == "torch":
        import torch

        del backbone.classifier
        # At the first convolution, which is reached whatever way the backbone is called.
        backbone.stem.conv.register_forward_pre_hook(lambda _, args: sizes.append(len(args[0])))
        images = tiny.torch_images(x)
        backbone.train()  # as a loop may have left it
        found = answer(backbone, images.clone(), inputs["batch_size"])
        graph = bool(getattr(found, "requires_grad", False))
        mode = bool(backbone.training)
        found = found.detach() if isinstance(found, torch.Tensor) else found
    else:
        import keras

        class Watch(keras.layers.Layer):
            def call(self, images: Any) -> Any:
                import tensorflow as tf

                def note(n: Any) -> Any:
                    sizes.append(int(n))
                    return np.int32(0)

                if not isinstance(images, keras.KerasTensor):  # in a graph too (predict), at every run of it
                    with tf.control_dependencies([tf.numpy_function(note, [tf.shape(images)[0]], tf.int32)]):
                        return tf.identity(images)
                return images

        watched = Watch(name="watch")(backbone.input)
        whole = keras.Model(backbone.input, backbone.get_layer("dropout").output)
        for layer in whole.layers[1:]:
            watched = layer(watched)
        backbone = keras.Model(backbone.input, watched)
        sizes.clear()
        found = answer(backbone, x.copy(), inputs["batch_size"])
        graph, mode = False, True
    parts = isinstance(found, list | tuple) and any(np.ndim(part) > 1 for part in found)
    return {
        "features": f"a list of {len(found)} batches" if parts else plain_array(found),
        "kind": type(found).__name__,
        "at_once": max(sizes, default=0),
        "after": tiny.arrays(backbone, framework, BLOCKS),
        "graph": graph,
        "training": mode,
    }


def _cache_judge(observed: dict[str, Any], inputs: dict[str, Any]) -> Verdict:
    first = tiny.initial(BLOCKS, inputs["width"], 3, inputs["seed"])
    live = tiny_numpy.features(first, BLOCKS, inputs["images"])
    n, size = len(live), inputs["batch_size"]
    if isinstance(observed["features"], str) and observed["features"].startswith("a list of"):
        why = (
            f"For {n} images a table is needed, one row of features for each. You give"
            f" {observed['features']}. Join the batches along their first axis."
        )
        return Verdict(0.0, (Finding(False, why, "batches not joined"),))
    got = read_array(observed["features"], "`cache`")
    if got.ndim != 2 or got.shape[1] != live.shape[1]:
        why = (
            f"For {n} images a table is needed, one row of {live.shape[1]} features for each. Yours is a"
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
    off = float(np.abs(got - live).max())
    zeros = float((got == 0).mean() - (live == 0).mean())
    if off > 1e-4 * max(1.0, float(np.abs(live).max())):
        same_rows = np.sort(got.sum(1)) - np.sort(live.sum(1))
        if np.abs(same_rows).max() < 1e-3:
            why, name = (
                "The rows are right, but in another order, so they no longer fit the labels.",
                "another order",
            )
        elif zeros > 0.05:
            why, name = (
                f"Your features differ from those of the live backbone by up to {show(off, 2)}, and"
                " many are exactly zero:"
                " dropout is at work. The backbone ran in training mode.",
                "training mode",
            )
        else:
            why, name = (
                f"Your features differ from those of the live backbone by up to {show(off, 2)}. In"
                " training mode BatchNorm"
                " uses the mean and variance of the batch, so a picture's features depend on its neighbours.",
                "training mode",
            )
        values = (0.0, Finding(False, why, name))
    else:
        values = (2.0, Finding(True, "The cached features are those of the live backbone, row by row."))
    if any(not np.array_equal(value, first[name]) for name, value in observed["after"].items()):
        why = "Looking at the pictures changed the backbone: BatchNorm's statistics moved."
        effect = Finding(False, why, "training mode")
    elif observed["graph"]:
        why = (
            "Your features still carry the graph of the computation (`requires_grad` is true),"
            " and with it everything"
            " that the backbone computed on the way. That is memory, for gradients that nobody needs."
        )
        effect = Finding(False, why, "keeps the graph")
    elif not observed["training"]:
        why = "The backbone came in training mode and went out in evaluation mode. Put it back as it was."
        effect = Finding(False, why, "mode not put back")
    elif observed["at_once"] > size:
        why = (
            f"The backbone was given {observed['at_once']} images at once, and `batch_size` is {size}. What"
            " fits into memory for a few images does not for a whole data set."
        )
        effect = Finding(False, why, "all at once")
    else:
        effect = Finding(True, "The backbone is as it was before, and no batch was too large.")
    points = values[0] + (1.0 if effect.passed and values[0] else 0.0)
    return Verdict(points, (values[1], effect))


CACHE = Exercise(
    id="ch04-cache",
    title="A cache that says what the backbone says",
    points=3,
    answer="cache",
    inputs=_cache_inputs,
    probe=_cache_probe,
    judge=_cache_judge,
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
            expect="Put it back as it was",
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
