"""What text classifiers say before and after training, in one framework, in a process of it."""

from __future__ import annotations

import sys

import numpy as np


def toy() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A table, tokens (one text empty, one a single word), labels that the words tell."""
    rng = np.random.default_rng(3)
    table = rng.normal(0, 0.5, (40, 12)).astype(np.float32)
    table[:2] = 0
    tokens = rng.integers(1, 40, (50, 9))
    lengths = rng.integers(2, 10, 50)
    lengths[:2] = 0, 1
    tokens[np.arange(9) >= lengths[:, None]] = 0
    labels = (tokens < 20).sum(1) % 3
    return table, tokens.astype(np.int64), labels.astype(np.int64)


def main(framework: str) -> dict[str, object]:
    """What each reader makes of the toy texts."""
    import tlcourse

    tlcourse.start("08-word-vectors", framework)
    from tlcourse import freezing, training
    from tlcourse.embeddings import READERS, text_classifier

    table, tokens, labels = toy()
    found: dict[str, object] = {}
    for reader in READERS:
        for trainable in (False, True):
            model = text_classifier(table, 3, reader, trainable, seed=4)
            before = training.predict(model, tokens, progress=False)
            lr = {"embedding": 3e-3, "reader": 1e-2, "classifier": 1e-2}
            if reader == "mean":
                lr.pop("reader")
            by_group = training.fit(
                model, (tokens, labels), steps=5, lr=lr, optimizer="sgd", weight_decay=0.01, progress=False
            )
            history = training.fit(model, (tokens, labels), steps=20, optimizer=_adam(model), progress=False)
            after = training.predict(model, tokens, progress=False)
            features = text_classifier(table, 0, reader, trainable, seed=4)
            found[f"{reader}-{trainable}"] = {
                "before": before.tolist(),
                "after": after.tolist(),
                "loss": by_group.history["loss"] + history.history["loss"],
                "features": training.cache_features(features, tokens, progress=False).tolist(),
                "groups": [group.name for group in freezing.layer_groups(model)],
                "padding": _table(model, framework)[0].tolist(),
                "moved": float(np.abs(_table(model, framework) - table).max()),
            }
    return found


def _adam(model: object) -> object:
    """Adam without an epsilon to speak of: the frameworks add it in different places."""
    if "torch" in sys.modules:
        import torch

        return torch.optim.Adam([p for p in model.parameters() if p.requires_grad], lr=1e-2, eps=1e-12)
    import keras

    return keras.optimizers.Adam(1e-2, epsilon=1e-12)


def _table(model: object, framework: str) -> np.ndarray:
    if framework == "torch":
        return model.embedding.weight.detach().numpy()
    return np.asarray(model.get_layer("embedding").embeddings)
