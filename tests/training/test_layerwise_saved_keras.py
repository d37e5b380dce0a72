"""A model whose optimizer has a rate for each layer is saved and loaded, with that optimizer and without."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np


def in_new_process(code: str, folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=1200
    )
    assert done.returncode == 0, done.stderr


def test_a_model_compiled_with_a_rate_for_each_layer_is_loaded_with_its_optimizer(tmp_path: Path) -> None:
    """It was refused: Keras did not know the optimizer's class."""
    import keras

    from tlcourse.training.optimizers import LayerwiseAdam, LayerwiseSGD

    x, y = np.random.default_rng(0).normal(size=(8, 4)).astype(np.float32), np.arange(8) % 2
    told = {}
    for kind in (LayerwiseAdam, LayerwiseSGD):
        layers = [keras.layers.Dense(3, name="slow"), keras.layers.Dense(2, name="fast")]
        model = keras.Sequential([keras.Input((4,)), *layers])
        factors = {v.path: 0.0 for v in layers[0].variables}
        loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
        model.compile(kind(0.1, factors=factors), loss)
        model.fit(x, y, verbose=0)
        model.save(tmp_path / f"{kind.__name__}.keras")
        told[kind.__name__] = model.predict(x, verbose=0)
    np.savez(tmp_path / "x.npz", x=x, y=y, **told)
    in_new_process(
        """
import keras, numpy as np
given = np.load("x.npz")
kinds = [name for name in given if name not in ("x", "y")]
assert len(kinds) == 2
for name in kinds:
    plain = keras.saving.load_model(f"{name}.keras", compile=False)
    np.testing.assert_allclose(plain.predict(given["x"], verbose=0), given[name], atol=1e-6)
from tlcourse.training import optimizers
classes = {name: getattr(optimizers, name) for name in kinds}  # to know a class is to have imported it
for name in kinds:
    model = keras.saving.load_model(f"{name}.keras")
    np.testing.assert_allclose(model.predict(given["x"], verbose=0), given[name], atol=1e-6)
    assert isinstance(model.optimizer, classes[name])
    before = model.get_weights()
    model.fit(given["x"], given["y"], verbose=0)
    moved = [not np.array_equal(a, b) for a, b in zip(before, model.get_weights())]
    assert moved == [False, False, True, True], "each layer keeps its rate"
""",
        tmp_path,
    )
