"""The sheet's Keras code runs from top to bottom, and does what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import six_steps


@pytest.mark.slow
@pytest.mark.skipif(six_steps.run_of("keras") != six_steps.RUNS[0], reason="the other framework's turn")
def test_the_sheet_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    import keras

    from tlcourse import models

    monkeypatch.chdir(tmp_path)
    left = six_steps.run("keras")
    assert (left["guesses"] == left["test"][1]).mean() > 0.3, "guessing gives a ninth"
    said = capsys.readouterr().out
    assert "Apache-2.0" in said
    assert "validation loss" in said
    assert "macro avg" in said

    saved = keras.saving.load_model(tmp_path / "adapted.keras", compile=False)
    for one, other in zip(saved.get_weights(), left["model"].get_weights(), strict=True):
        np.testing.assert_array_equal(one, other)
    published = models.load("efficientnet_lite0", "keras", input_size=64)

    def differs(layer: keras.Layer) -> bool:
        pairs = zip(layer.get_weights(), published.get_layer(layer.name).get_weights(), strict=True)
        return not all(np.array_equal(one, other) for one, other in pairs)

    moved = {layer.name for layer in saved.layers[:-2] if differs(layer)}
    assert all(name.startswith(("blocks.6", "conv_head")) for name in moved)
    assert not any("bn" in name for name in moved), "BatchNorm is as it came"
    names = {layer.name for layer in left["model"].layers if layer.trainable and layer.weights}
    assert {"conv_head", "classifier", "blocks.6.0.conv_pw"} <= names


@pytest.mark.slow
@pytest.mark.skipif(six_steps.run_of("keras") != six_steps.RUNS[1], reason="the other framework's turn")
def test_a_folder_of_pictures_saved_and_used_in_a_new_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import keras

    monkeypatch.chdir(tmp_path)
    folder = six_steps.photographs(tmp_path / "mine")
    left = six_steps.run("keras", folder)
    assert left["names"] == ("rust", "sea")
    pictures = left["pictures"]
    assert pictures.images.shape == (24, 224, 224, 3), "the copies of Jupyter are none of the pictures"
    assert (left["guesses"] == left["test"][1]).all()

    one = int(pictures.splits["test"][0])
    (tmp_path / "new.jpg").write_bytes((folder / pictures.ids[one]).read_bytes())
    ask = 'import numpy\nnumpy.save("shares.npy", shares.numpy())'
    said = six_steps.in_new_process(f"{six_steps.later('keras')}\n{ask}", tmp_path)
    assert said.startswith(left["names"][pictures.labels[one]])
    x = (pictures.images[one][None].astype("float32") - 127) / 128
    logits = left["model"].predict(x, verbose=0)
    wanted = keras.ops.softmax(logits)[0].numpy()
    np.testing.assert_allclose(np.load(tmp_path / "shares.npy"), wanted, atol=1e-5)

    # Keras alone, without the course.
    np.save(tmp_path / "x.npy", x)
    plain = (
        'import sys, keras, numpy as np\nmodel = keras.saving.load_model("adapted.keras")\n'
        'np.save("logits.npy", model.predict(np.load("x.npy"), verbose=0))\n'
        'assert "tlcourse" not in sys.modules'
    )
    six_steps.in_new_process(plain, tmp_path)
    np.testing.assert_allclose(np.load(tmp_path / "logits.npy"), logits, atol=1e-5)


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
    six_steps.in_new_process(
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
