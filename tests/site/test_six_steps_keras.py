"""The sheet's Keras code runs from top to bottom, and does what it says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import six_steps


@pytest.mark.slow
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
