"""Training of the last layer of a network that comes in training mode; what comes back is every array."""

from __future__ import annotations

from typing import Any

import numpy as np


def inputs(rng: np.random.Generator) -> dict[str, Any]:
    """A network's first weights, one batch, and how many steps at which rate."""
    width, classes, rows = int(rng.integers(4, 7)), int(rng.integers(3, 5)), 24
    labels = np.arange(rows) % classes
    # Off-centre images, so that a BatchNorm layer left in training mode is sure to move its statistics.
    images = rng.normal(0.7, 1.0, (rows, 8, 8, 3)) + labels[:, None, None, None] * 0.8
    return {
        "width": width,
        "classes": classes,
        "images": images.astype("float32"),
        "labels": labels.astype("int64"),
        "steps": int(rng.integers(5, 8)),
        "lr": 0.05,
        "conv": rng.normal(0, 0.3, (3, 3, 3, width)).astype("float32"),
        "head": rng.normal(0, 0.3, (width, classes)).astype("float32"),
    }


def _tiny_torch(width: int, classes: int) -> Any:
    from torch import nn

    class Tiny(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, width, 3)
            self.norm = nn.BatchNorm2d(width)
            self.classifier = nn.Linear(width, classes)

        def forward(self, x: Any) -> Any:
            return self.classifier(self.norm(self.conv(x)).relu().mean((2, 3)))

    return Tiny()


def _tiny_keras(width: int, classes: int, size: int) -> Any:
    import keras

    inputs = keras.Input((size, size, 3))
    x = keras.layers.Conv2D(width, 3, name="conv")(inputs)
    x = keras.layers.BatchNormalization(momentum=0.9, epsilon=1e-5, name="norm")(x)
    x = keras.layers.GlobalAveragePooling2D()(keras.layers.ReLU()(x))
    return keras.Model(inputs, keras.layers.Dense(classes, name="classifier")(x))


def state(net: Any, framework: str) -> dict[str, np.ndarray]:
    """Copies of all arrays, in Keras's axes."""
    if framework == "torch":
        named = {
            "conv weight": net.conv.weight,
            "conv bias": net.conv.bias,
            "BatchNorm scale": net.norm.weight,
            "BatchNorm shift": net.norm.bias,
            "running mean": net.norm.running_mean,
            "running variance": net.norm.running_var,
            "head weight": net.classifier.weight,
            "head bias": net.classifier.bias,
        }
        found = {name: value.detach().cpu().numpy().copy() for name, value in named.items()}
        found["conv weight"] = found["conv weight"].transpose(2, 3, 1, 0)
        found["head weight"] = found["head weight"].T
        return found
    norm, head = net.get_layer("norm"), net.get_layer("classifier")
    named = {
        "conv weight": net.get_layer("conv").kernel,
        "conv bias": net.get_layer("conv").bias,
        "BatchNorm scale": norm.gamma,
        "BatchNorm shift": norm.beta,
        "running mean": norm.moving_mean,
        "running variance": norm.moving_variance,
        "head weight": head.kernel,
        "head bias": head.bias,
    }
    return {name: value.numpy().copy() for name, value in named.items()}


def probe(answer: Any, inputs: dict[str, Any], framework: str) -> dict[str, Any]:
    """``after``: all arrays after the answer has trained."""
    x, y = np.asarray(inputs["images"], "float32"), np.asarray(inputs["labels"], "int64")
    conv, head = np.asarray(inputs["conv"], "float32"), np.asarray(inputs["head"], "float32")
    if framework == "torch":
        import torch

        net = _tiny_torch(inputs["width"], inputs["classes"])
        with torch.no_grad():
            net.conv.weight.copy_(torch.from_numpy(conv.transpose(3, 2, 0, 1).copy()))
            net.conv.bias.zero_()
            net.classifier.weight.copy_(torch.from_numpy(head.T.copy()))
            net.classifier.bias.zero_()
        tensors = torch.from_numpy(x.transpose(0, 3, 1, 2).copy()), torch.from_numpy(y)
        # A new network is in training mode: a learner who wants another one has to say so.
        answer(net, tensors[0].clone(), tensors[1].clone(), inputs["steps"], inputs["lr"])
    else:
        net = _tiny_keras(inputs["width"], inputs["classes"], x.shape[1])
        net.get_layer("conv").set_weights([conv, np.zeros(inputs["width"], "float32")])
        net.get_layer("classifier").set_weights([head, np.zeros(inputs["classes"], "float32")])
        answer(net, x.copy(), y.copy(), inputs["steps"], inputs["lr"])
    return {"after": state(net, framework)}
