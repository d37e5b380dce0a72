"""What both frameworks' loops must do, written once; each framework's test file brings its own models."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from tlcourse.frameworks import prepare


def toy(n: int = 60, classes: int = 3, size: int = 6, seed: int = 0) -> SimpleNamespace:
    """Images whose brightness tells the class, with noise."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % classes
    noise = rng.integers(0, 120, (n, size, size, 3))
    images = np.clip(labels[:, None, None, None] * 60 + noise, 0, 255).astype(np.uint8)
    return SimpleNamespace(
        images=images, labels=labels.astype(np.int64), class_names=tuple("abcdefgh"[:classes])
    )


def scaled(images: np.ndarray) -> np.ndarray:
    return (images.astype(np.float32) - 127) / 128


def start_weights(features: int, classes: int) -> np.ndarray:
    return np.random.default_rng(7).normal(0, 0.05, (features, classes)).astype(np.float32)


def falling(step: int, steps: int) -> float:
    return 1 - step / steps


#: The runs that must come out the same in both frameworks.
RUNS = {
    "adam by steps": {"steps": 23, "lr": 3e-3},
    "adam by epochs, with decay": {"epochs": 3, "lr": 3e-3, "weight_decay": 0.1},
    "sgd with decay": {"steps": 20, "lr": 0.02, "optimizer": "sgd", "weight_decay": 0.1},
    "patience": {
        "epochs": 30,
        "lr": 0.05,
        "optimizer": "sgd",
        "patience": 2,
    },
    "augmented": {"steps": 10, "augment": "flip"},
    "a schedule": {
        "steps": 12,
        "lr": 3e-3,
        "weight_decay": 0.1,
        "schedule": lambda step, steps: 1 - step / steps,
    },
    "a rate for the layer": {"steps": 12, "lr": {"LAYER": 3e-3}, "weight_decay": 0.1},
}


def flip(images: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    chosen = rng.random(len(images)) < 0.5
    images[chosen] = images[chosen, :, ::-1]
    return images


def run_all(linear_model, weights_of, framework: str) -> dict:
    """Every run of RUNS on a linear model, and one head, as plain data."""
    from tlcourse.freezing import layer_groups
    from tlcourse.training import fit, fit_head, predict

    train, val = toy(60), toy(45, seed=1)
    # Some labels disagree with their images, so that being ever more certain is punished in time.
    val.labels[::5] = (val.labels[::5] + 1) % 3
    out: dict = {}
    for name, settings in RUNS.items():
        settings = dict(settings)
        if "augment" in settings:
            settings["augment"] = flip
        model = linear_model(start_weights(6 * 6 * 3, 3))
        if isinstance(settings.get("lr"), dict):
            settings["lr"] = {layer_groups(model)[-1].name: settings["lr"]["LAYER"]}
        history = fit(model, train, val, batch_size=8, preprocess=scaled, seed=3, progress=False, **settings)
        out[name] = {
            "history": history.history,
            "steps": history.steps,
            "stopped": history.stopped_epoch,
            "best": history.best_epoch,
            "weights": weights_of(model).tolist(),
            "probabilities": predict(model, val, preprocess=scaled, progress=False).tolist(),
        }
    rng = np.random.default_rng(5)
    features = rng.normal(size=(50, 20)).astype(np.float32)
    labels = (features[:, 0] > 0).astype(np.int64) + (features[:, 1] > 0)
    head = fit_head(
        features, labels, 3, steps=60, lr=0.01, weight_decay=0.01, seed=2, batch_size=16, framework=framework
    )
    out["head"] = {
        "weights": head.weights.tolist(),
        "history": head.history.history,
        "probabilities": head.predict(features).tolist(),
    }
    return out


def torch_main() -> dict:
    import torch

    def linear(weights: np.ndarray) -> torch.nn.Module:
        layer = torch.nn.Linear(*weights.shape)
        with torch.no_grad():
            # Keras flattens channels last; so does this model.
            layer.weight.copy_(torch.from_numpy(weights.T))
            layer.bias.zero_()
        return torch.nn.Sequential(ChannelsLast(), torch.nn.Flatten(), layer)

    class ChannelsLast(torch.nn.Module):
        def forward(self, x: torch.Tensor) -> torch.Tensor:
            return x.permute(0, 2, 3, 1)

    return run_all(linear, lambda m: m[2].weight.detach().numpy().T, "torch")


def keras_main() -> dict:
    prepare("keras")

    import keras

    def linear(weights: np.ndarray) -> keras.Model:
        model = keras.Sequential(
            [keras.Input((6, 6, 3)), keras.layers.Flatten(), keras.layers.Dense(weights.shape[1])]
        )
        model.set_weights([weights, np.zeros(weights.shape[1], np.float32)])
        return model

    return run_all(linear, lambda m: m.get_weights()[0], "keras")


def main(framework: str) -> dict:
    """What each run of `RUNS` leaves, in one framework; called in a process of that framework."""
    return {"torch": torch_main, "keras": keras_main}[framework]()
