"""Embedding layers and text classifiers in Keras."""

from __future__ import annotations

import layer_cases
import numpy as np
import pytest

import tlcourse
from tlcourse.embeddings import embedding


@pytest.fixture(autouse=True, scope="module")
def started() -> None:
    tlcourse.start("08-word-vectors", "keras")


@pytest.mark.parametrize(
    "case",
    [
        layer_cases.padding_changes_nothing,
        layer_cases.features_are_the_masked_mean,
        layer_cases.bad_input_is_told,
        layer_cases.real_texts_are_learned,
    ],
    ids=lambda case: case.__name__,
)
def test_layers(case) -> None:
    case("keras")


def test_the_layer_itself() -> None:
    layer = embedding(layer_cases.TABLE, trainable=True)
    assert np.asarray(layer.compute_mask(layer_cases.TOKENS)).tolist() == (layer_cases.TOKENS != 0).tolist()
    assert not embedding(layer_cases.TABLE).trainable_variables
    assert (np.asarray(layer.embeddings) == layer_cases.TABLE).all()


def test_a_model_is_saved_and_read_again(tmp_path) -> None:
    import keras

    from tlcourse.embeddings import text_classifier

    for reader in ("mean", "conv", "gru"):
        model = text_classifier(layer_cases.TABLE, 2, reader)
        model.save(tmp_path / f"{reader}.keras")
        again = keras.saving.load_model(tmp_path / f"{reader}.keras")
        np.testing.assert_allclose(again(layer_cases.TOKENS), model(layer_cases.TOKENS), atol=1e-6)
