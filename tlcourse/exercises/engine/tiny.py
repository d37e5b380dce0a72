"""A tiny network of blocks that exercises freeze, open and train: the same numbers in both frameworks.

Three to five blocks of convolution, BatchNorm and ReLU, then pooling, dropout and a linear classifier. It has
what makes freezing hard (BatchNorm's statistics, dropout) and runs in milliseconds. Frameworks are imported
inside the functions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from .cases import words

__all__ = [
    "arrays",
    "batch",
    "block_names",
    "build",
    "drop_nothing",
    "dropout_of_ones",
    "initial",
    "moved",
    "put",
    "rate_of",
    "step",
    "torch_images",
]

_PARTS = {
    "conv": ("conv", "weight", "kernel"),
    "scale": ("norm", "weight", "gamma"),
    "shift": ("norm", "bias", "beta"),
    "mean": ("norm", "running_mean", "moving_mean"),
    "variance": ("norm", "running_var", "moving_variance"),
}
"""Part of a block -> its layer, and what PyTorch and Keras call the array."""


def block_names(rng: np.random.Generator, n: int) -> list[str]:
    """Names for ``n`` blocks, other ones for every seed: what an answer does must not hang on them.

    Examples
    --------
    >>> block_names(np.random.default_rng(1), 2)
    ['block_leamou', 'block_beadou']
    """
    return [f"block_{word}" for word in words(rng, n, 2)]


def initial(blocks: Sequence[str], width: int, classes: int, seed: int) -> dict[str, np.ndarray]:
    """What `build` puts into the network, float32, in Keras's axes: (height, width, in, out), (in, out)."""
    rng = np.random.default_rng(seed)
    found, channels = {}, 3
    for block in blocks:
        found[f"{block}.conv"] = rng.normal(0, 0.35, (3, 3, channels, width))
        found[f"{block}.scale"] = rng.uniform(0.7, 1.4, width)
        found[f"{block}.shift"] = rng.normal(0, 0.2, width)
        found[f"{block}.mean"] = rng.normal(0, 0.2, width)
        found[f"{block}.variance"] = rng.uniform(0.7, 1.4, width)
        channels = width
    found["classifier.weight"] = rng.normal(0, 0.4, (width, classes))
    found["classifier.bias"] = rng.normal(0, 0.2, classes)
    return {name: value.astype("float32") for name, value in found.items()}


def build(framework: str, blocks: Sequence[str], width: int, classes: int, size: int, seed: int) -> Any:
    """A network whose blocks have these names, from input to output, and whose head is ``classifier``."""
    model = _torch(blocks, width, classes) if framework == "torch" else _keras(blocks, width, classes, size)
    put(model, framework, blocks, initial(blocks, width, classes, seed))
    return model


def _torch(blocks: Sequence[str], width: int, classes: int) -> Any:
    from collections import OrderedDict

    from torch import nn

    layers: OrderedDict[str, Any] = OrderedDict()
    channels = 3
    for name in blocks:
        layers[name] = nn.Sequential(
            OrderedDict(
                conv=nn.Conv2d(channels, width, 3, padding=1, bias=False),
                norm=nn.BatchNorm2d(width),
                act=nn.ReLU(),
            )
        )
        channels = width
    layers |= {"pool": nn.AdaptiveAvgPool2d(1), "flat": nn.Flatten(), "dropout": nn.Dropout(0.3)}
    layers["classifier"] = nn.Linear(width, classes)
    return nn.Sequential(layers)


def _keras(blocks: Sequence[str], width: int, classes: int, size: int) -> Any:
    import keras
    from keras import layers

    inputs = keras.Input((size, size, 3))
    x, channels = inputs, 3
    for name in blocks:
        x = keras.Sequential(
            [
                keras.Input((size, size, channels)),
                layers.Conv2D(width, 3, padding="same", use_bias=False, name="conv"),
                layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="norm"),
                layers.ReLU(name="act"),
            ],
            name=name,
        )(x)
        channels = width
    x = layers.Dropout(0.3, name="dropout")(layers.GlobalAveragePooling2D(name="pool")(x))
    return keras.Model(inputs, layers.Dense(classes, name="classifier")(x))


def _variables(model: Any, framework: str, blocks: Sequence[str]) -> dict[str, Any]:
    """ "block1.conv" and so on -> the framework's array, input to output; without a head if there is none."""
    found = {}
    for block in blocks:
        inside = model.get_submodule(block) if framework == "torch" else model.get_layer(block)
        for part, (layer, in_torch, in_keras) in _PARTS.items():
            if framework == "torch":
                found[f"{block}.{part}"] = getattr(inside.get_submodule(layer), in_torch)
            else:
                found[f"{block}.{part}"] = getattr(inside.get_layer(layer), in_keras)
    if framework == "torch":
        head = getattr(model, "classifier", None)
        names = ("weight", "bias")
    else:
        head = next((layer for layer in model.layers if layer.name == "classifier"), None)
        names = ("kernel", "bias")
    if head is not None:
        found |= {
            f"classifier.{ours}": getattr(head, theirs)
            for ours, theirs in zip(("weight", "bias"), names, strict=True)
        }
    return found


def put(model: Any, framework: str, blocks: Sequence[str], values: Mapping[str, np.ndarray]) -> None:
    """Write arrays, named and turned as in `initial`, into the network, in place."""
    for name, array in _variables(model, framework, blocks).items():
        value = np.asarray(values[name], "float32")
        if framework == "torch":
            import torch

            value = value.transpose(3, 2, 0, 1) if value.ndim == 4 else value.T
            with torch.no_grad():
                array.copy_(torch.from_numpy(value.copy()))
        else:
            array.assign(value)


def arrays(model: Any, framework: str, blocks: Sequence[str]) -> dict[str, np.ndarray]:
    """Copies of all arrays: ``block1.conv``, ``.scale``, ``.shift``, ``.mean``, ``.variance``, the head's.

    Turned as in `initial`, whatever the framework.
    """
    found = _variables(model, framework, blocks)
    if framework == "torch":
        values = {name: array.detach().cpu().numpy() for name, array in found.items()}
        return {
            name: (value.transpose(2, 3, 1, 0) if value.ndim == 4 else value.T).copy()
            for name, value in values.items()
        }
    return {name: np.array(array.numpy()) for name, array in found.items()}


def moved(before: Mapping[str, np.ndarray], after: Mapping[str, np.ndarray]) -> list[str]:
    """The names of the arrays that are not the same to the last bit (NaN counts as moved)."""
    return [name for name, value in before.items() if not np.array_equal(value, after[name])]


def batch(rng: np.random.Generator, rows: int, size: int, classes: int) -> dict[str, np.ndarray]:
    """Images float32 (N, size, size, 3), off centre, so that statistics in training mode are sure to move."""
    labels = (np.arange(rows) % classes).astype("int64")
    images = rng.normal(0.6, 1.0, (rows, size, size, 3)) + 0.7 * labels[:, None, None, None]
    return {"images": images.astype("float32"), "labels": labels}


def torch_images(images: np.ndarray) -> Any:
    """(N, H, W, 3) to a tensor (N, 3, H, W)."""
    import torch

    return torch.from_numpy(np.asarray(images, "float32").transpose(0, 3, 1, 2).copy())


def drop_nothing(model: Any, framework: str) -> None:
    """Set dropout's rate to 0, so that a judge can work out where training has to lead."""
    if framework == "torch":
        from torch import nn

        for layer in model.modules():
            if isinstance(layer, nn.Dropout):
                layer.p = 0.0
        return
    import keras

    for layer in model.layers:
        if isinstance(layer, keras.layers.Dropout):
            layer.rate = 0.0


def dropout_of_ones(model: Any, framework: str) -> np.ndarray:
    """What the dropout layer makes of 400 ones in training, in the mode and at the rate (0.3) it has."""
    ones = np.ones((20, 20), "float32")
    if framework == "torch":
        import torch

        model.dropout.p = 0.3  # `step` had set it to 0
        return np.asarray(model.dropout(torch.from_numpy(ones)).detach())
    dropout = model.get_layer("dropout")
    dropout.rate = 0.3
    return np.asarray(dropout(ones, training=True))


def step(model: Any, framework: str, images: np.ndarray, labels: np.ndarray, lr: float) -> bool:
    """One step of SGD for whatever trains, in the mode the model is in; False if nothing does.

    Without dropout. Keras: compiled anew, so that what is trainable now counts, and run eagerly: quicker for
    one step.
    """
    drop_nothing(model, framework)
    if framework == "torch":
        import torch

        parameters = [p for p in model.parameters() if p.requires_grad]
        loss = torch.nn.functional.cross_entropy(model(torch_images(images)), torch.from_numpy(labels))
        if not parameters:
            return False
        model.zero_grad()
        loss.backward()
        torch.optim.SGD(parameters, lr=lr).step()
        return True
    import keras

    if not model.trainable_variables:
        model(images, training=True)
        return False
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(optimizer=keras.optimizers.SGD(lr), loss=loss, run_eagerly=True)
    model.train_on_batch(images, labels)
    return True


def rate_of(optimizer: Any, parameters: Sequence[Any]) -> list[float]:
    """PyTorch: the rate that the optimizer has for each of the parameters (NaN: it does not hold it)."""
    rates = []
    for parameter in parameters:
        held = [g["lr"] for g in optimizer.param_groups for p in g["params"] if p is parameter]
        rates.append(float(held[0]) if held else float("nan"))
    return rates
