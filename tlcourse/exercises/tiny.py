"""Networks of a few hundred numbers, for probes that must see what a learner's code moves.

Each is made from plain arrays, so that both frameworks, and a judge with numpy alone, know the same network.
The frameworks are imported inside the functions: a probe runs in a process that has started one of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["conv_net", "conv_weights", "dense_net", "moved", "state"]


def conv_weights(rng: np.random.Generator, width: int, classes: int) -> dict[str, np.ndarray]:
    """Drawn numbers for `conv_net`: float32, convolution (3, width), head (width, classes)."""
    return {
        "conv": rng.normal(0, 0.6, (3, width)).astype(np.float32),
        "scale": rng.uniform(0.6, 1.4, width).astype(np.float32),
        "shift": rng.normal(0, 0.3, width).astype(np.float32),
        "mean": rng.normal(0, 0.5, width).astype(np.float32),
        "variance": rng.uniform(0.5, 2.0, width).astype(np.float32),
        "head": rng.normal(0, 0.5, (width, classes)).astype(np.float32),
    }


def conv_net(framework: str, weights: dict[str, np.ndarray], *, head: bool = True) -> Any:
    """conv (1x1, no bias), norm (BatchNorm), ReLU, drop (0.5), the mean over the picture, classifier.

    PyTorch: a module with these attributes, taking (N, 3, H, W). Keras: a functional model with layers of
    these names, taking (N, H, W, 3). Without ``head`` it ends in the pooled features (N, width).
    """
    conv, width = np.asarray(weights["conv"], np.float32), len(weights["scale"])
    classes = np.asarray(weights["head"]).shape[1]
    if framework == "keras":
        import keras

        inputs = keras.Input((None, None, 3))
        x = keras.layers.Conv2D(width, 1, use_bias=False, name="conv")(inputs)
        x = keras.layers.BatchNormalization(epsilon=1e-3, momentum=0.9, name="norm")(x)
        x = keras.layers.Dropout(0.5, name="drop")(keras.layers.ReLU(name="relu")(x))
        x = keras.layers.GlobalAveragePooling2D(name="pool")(x)
        model = keras.Model(inputs, keras.layers.Dense(classes, name="classifier")(x) if head else x)
        model.get_layer("conv").set_weights([conv[None, None]])
        model.get_layer("norm").set_weights(
            [np.asarray(weights[k], np.float32) for k in ("scale", "shift", "mean", "variance")]
        )
        if head:
            zeros = np.zeros(classes, np.float32)
            model.get_layer("classifier").set_weights([np.asarray(weights["head"], np.float32), zeros])
        return model

    import torch
    from torch import nn

    class Tiny(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Conv2d(3, width, 1, bias=False)
            self.norm = nn.BatchNorm2d(width, eps=1e-3)
            self.drop = nn.Dropout(0.5)
            self.classifier: nn.Module = nn.Linear(width, classes) if head else nn.Identity()

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            x = self.drop(torch.relu(self.norm(self.conv(x))))
            return self.classifier(x.mean(dim=(2, 3)))

    net = Tiny()
    values = {
        "conv.weight": conv.T[:, :, None, None],
        "norm.weight": weights["scale"],
        "norm.bias": weights["shift"],
        "norm.running_mean": weights["mean"],
        "norm.running_var": weights["variance"],
        "norm.num_batches_tracked": np.array(0),
    }
    if head:
        values |= {"classifier.weight": np.asarray(weights["head"]).T, "classifier.bias": np.zeros(classes)}
    net.load_state_dict({k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in values.items()})
    return net


def dense_net(framework: str, layers: dict[str, np.ndarray]) -> Any:
    """Dense layers with these names and weights (in, out), ReLU between them; rows in, logits out."""
    names = list(layers)
    if framework == "keras":
        import keras

        x = inputs = keras.Input((len(layers[names[0]]),))
        for name in names:
            last = name == names[-1]
            x = keras.layers.Dense(layers[name].shape[1], None if last else "relu", name=name)(x)
        model = keras.Model(inputs, x)
        for name, values in layers.items():
            model.get_layer(name).set_weights([values, np.zeros(values.shape[1], np.float32)])
        return model

    import torch
    from torch import nn

    class Tiny(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            for name, values in layers.items():
                layer = nn.Linear(*values.shape)
                with torch.no_grad():
                    layer.weight.copy_(torch.from_numpy(np.array(values.T)))
                    layer.bias.zero_()
                self.add_module(name, layer)

        def forward(self, x: torch.Tensor) -> torch.Tensor:
            for name in names:
                x = getattr(self, name)(x)
                x = x if name == names[-1] else torch.relu(x)
            return x

    return Tiny()


def state(model: Any, framework: str) -> dict[str, np.ndarray]:
    """Every array of the model by "layer.weight", "layer.bias", "layer.running_mean", "layer.running_var"."""
    if framework == "torch":
        arrays = {k: v.detach().cpu().numpy().copy() for k, v in model.state_dict().items()}
        return {k: v for k, v in arrays.items() if not k.endswith("num_batches_tracked")}
    from tlcourse.freezing.named_keras import named_variables

    return {name: np.array(variable) for name, _, variable in named_variables(model)}


def moved(before: dict[str, np.ndarray], after: dict[str, np.ndarray]) -> dict[str, float]:
    """By how much each array changed at most; NaN counts as moved without end.

    Examples
    --------
    >>> moved({"a": np.zeros(2), "b": np.ones(1)}, {"a": np.array([0.0, 0.5]), "b": np.ones(1)})
    {'a': 0.5, 'b': 0.0}
    """
    found = {}
    for name, old in before.items():
        change = float(np.abs(after[name] - old).max()) if old.size else 0.0
        found[name] = change if np.isfinite(change) else 1e30
    return found
