"""A generator in Keras, asked through `logits_of`: traced once, and always the model as it is now."""

from __future__ import annotations

import gc

import numpy as np
import pytest

import tlcourse
from tlcourse.language.generator import _keras as side
from tlcourse.language.generator import load_gpt, logits_of

TEXTS = (np.array([[5, 9, 2]]), np.array([[5, 9, 2, 7, 1], [3, 3, 8, 0, 4]]), np.array([[11]]))


@pytest.fixture
def model():
    tlcourse.start("09-transformers", "keras")
    return load_gpt("small-gpt")


def eager(model, tokens):
    return np.asarray(model(tokens.astype("int32"), training=False))


def test_it_is_the_model_at_every_length_and_traced_once(model):
    for tokens in TEXTS:
        assert logits_of(model)(tokens) == pytest.approx(eager(model, tokens), abs=1e-4)
    assert side.traced(model).experimental_get_tracing_count() == 1


def test_it_follows_the_weights_and_what_is_added(model):
    before = logits_of(model)(TEXTS[0])
    for weight in model.trainable_variables:
        weight.assign(weight * 1.1)
    trained = logits_of(model)(TEXTS[0])
    assert np.abs(trained - before).max() > 0.01
    assert trained == pytest.approx(eager(model, TEXTS[0]), abs=1e-4)

    dense = model.get_layer("h.0").c_fc
    dense.enable_lora(2)
    dense.lora_kernel_b.assign(dense.lora_kernel_b + 0.5)
    adapted = logits_of(model)(TEXTS[0])
    assert np.abs(adapted - trained).max() > 0.01
    assert adapted == pytest.approx(eager(model, TEXTS[0]), abs=1e-4)


def test_nothing_is_kept_of_a_model_that_is_gone(model):
    logits_of(model)(TEXTS[0])
    gc.collect()  # those of the tests before this one
    there = len(side._traced)
    other = load_gpt("small-gpt")
    logits_of(other)(TEXTS[0])
    assert len(side._traced) == there + 1
    del other
    gc.collect()
    assert len(side._traced) == there
