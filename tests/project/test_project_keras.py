"""The Keras script: a folder in, a model out that another process uses."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import scripts


@pytest.mark.slow
@pytest.mark.turns(2, "project", "tests/project")
def test_from_a_folder_to_a_prediction_in_another_process(tmp_path: Path) -> None:
    import keras

    from tlcourse import models

    folder = scripts.photographs(tmp_path / "mine")
    weights = models.checkpoint("efficientnet_lite0", "keras")
    said = scripts.run("keras", tmp_path, folder, weights)
    assert "macro avg" in said
    assert "AUC 1.000" in said, "rust and sea differ in every pixel"

    saved = keras.saving.load_model(tmp_path / "solar.keras")
    (base,) = [layer for layer in saved.layers if isinstance(layer, keras.Model)]
    published = keras.saving.load_model(weights)
    moved = set()
    for layer in (layer for layer in base.layers if layer.weights):
        pairs = zip(layer.get_weights(), published.get_layer(layer.name).get_weights(), strict=True)
        if not all(np.array_equal(one, other) for one, other in pairs):
            moved.add(layer.name)
    last = {layer.name for layer in base.layers[-50:]}
    assert moved, "the second stage was better, and kept"
    assert moved <= last
    norms = {layer.name for layer in base.layers if isinstance(layer, keras.layers.BatchNormalization)}
    assert not moved & norms, "BatchNorm is as it came"

    (tmp_path / "new.jpg").write_bytes((folder / "train" / "sea" / "2.jpg").read_bytes())
    seen = scripts.shares(scripts.run("keras", tmp_path, "new.jpg"))
    assert list(seen) == list(scripts.CLASSES)
    assert seen["sea"] > 0.5
    grey = scripts.shares(scripts.run("keras", tmp_path, folder / "grey.png"))
    assert sum(grey.values()) == pytest.approx(1, abs=0.011), "a file with one channel is read as well"


def _script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("solar_keras", scripts.PROJECT / "solar_keras.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_one_file_is_prepared_as_the_folder_was(tmp_path: Path) -> None:
    """Another way to resize is another image: decisions of a trained model changed by it."""
    script, folder = _script(), scripts.photographs(tmp_path)
    batches = script.images(folder / "train")
    together = np.concatenate([images for images, _ in batches])
    for file, image in zip(batches.file_paths, together, strict=True):
        apart = np.abs(np.asarray(script.image_of(file))[0] - image).mean()
        # Two decoders of JPEG differ by a grey level on noise; another way to resize, by four and more.
        assert apart < (1.5 if file.endswith(".jpg") else 0.01), file


def test_a_size_other_than_the_published_one_gives_the_same_features(tmp_path: Path) -> None:
    """`clone_model` at 224 pixels, where the whole network can say what its features are."""
    import keras

    from tlcourse import models

    script = _script()
    script.SIZE = 224
    weights = models.checkpoint("efficientnet_lite0", "keras")
    base, scaling = script.pretrained(weights)
    whole = keras.saving.load_model(weights)
    cut = keras.Model(whole.input, whole.layers[-2].output)
    image = np.random.default_rng(0).integers(0, 256, (1, 224, 224, 3)).astype("float32")
    np.testing.assert_allclose(
        base.predict(scaling(image), verbose=0), cut.predict((image - 127) / 128, verbose=0), atol=1e-4
    )


def test_the_lines_for_later_run() -> None:
    import keras

    policy = keras.config.dtype_policy()
    x, y = np.random.default_rng(0).random((4, 6), np.float32), np.array([0, 1, 1, 0])
    names = {"keras": keras, "rate": 1e-3, "x": x, "y": y}
    lines = scripts.lines_for_later("keras")
    given = {"fit": "x, y, verbose=0", "compile": '"adam", "sparse_categorical_crossentropy"'}
    try:
        exec(lines.pop("mixed precision, on a GPU"), names)
        model = names["model"] = keras.Sequential([keras.Input((6,)), keras.layers.Dense(2, "softmax")])
        assert model.layers[0].compute_dtype == "float16"
        exec(lines.pop("a compiled network").replace("...", given["compile"]), names)
        exec(lines.pop("class weights").replace("...", given["fit"]), names)
    finally:
        keras.config.set_dtype_policy(policy)
    assert eval(lines.pop("averaged weights"), names).use_ema
    loss = eval(lines.pop("label smoothing"), names)
    assert float(loss(np.eye(2)[y], np.zeros((4, 2)))) > 0
    assert not lines
