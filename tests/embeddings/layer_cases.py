"""What the layers must do in either framework; each framework's test file runs these."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from tlcourse import freezing, training
from tlcourse.data import rated_text
from tlcourse.embeddings import Vocabulary, embedding, glove, masked_mean, text_classifier
from tlcourse.errors import CourseError, SettingError, ShapeError, UnknownNameError

TABLE = np.array([[0, 0], [0, 0], [1, 2], [3, 4], [5, 6]], np.float32)
TOKENS = np.array([[2, 3, 0], [4, 0, 0], [0, 0, 0]])


def padding_changes_nothing(framework: str) -> None:
    """A text says the same alone and beside a longer one."""
    rng = np.random.default_rng(0)
    table = rng.normal(size=(30, 6)).astype(np.float32)
    table[0] = 0
    short = np.array([[5, 9, 3]])
    long = np.zeros((2, 12), np.int64)
    long[0, :3], long[1] = short, rng.integers(2, 30, 12)
    for reader in ("mean", "conv", "gru"):
        model = text_classifier(table, 4, reader, seed=1, framework=framework)
        alone = training.predict(model, short, progress=False)[0]
        beside = training.predict(model, long, progress=False)[0]
        np.testing.assert_allclose(alone, beside, atol=1e-6, err_msg=reader)


def features_are_the_masked_mean(framework: str) -> None:
    features = training.cache_features(text_classifier(TABLE, 0, framework=framework), TOKENS, progress=False)
    np.testing.assert_allclose(features, masked_mean(TABLE[TOKENS], TOKENS))
    assert features.tolist() == [[2, 3], [5, 6], [0, 0]]


def bad_input_is_told(framework: str) -> None:
    for table, words in [
        (np.ones((4, 2)), "Row 0"),
        (np.zeros((4, 0)), r"shape \(4, 0\)"),
        (np.array([[0, 0], [0, np.nan], [1, 1]]), "Row 1 .* not finite"),
    ]:
        with pytest.raises(ShapeError, match=words):
            embedding(table, framework=framework)
    with pytest.raises(UnknownNameError, match="reader"):
        text_classifier(TABLE, 2, "lstm", framework=framework)
    with pytest.raises(SettingError, match="num_classes"):
        text_classifier(TABLE, -1, framework=framework)
    model = text_classifier(TABLE, 2, framework=framework)
    freezing.freeze(model)
    with pytest.raises(CourseError, match="train"):
        training.fit(model, (TOKENS, np.array([0, 1, 0])), steps=1)
    model = text_classifier(TABLE, 2, framework=framework)
    for data, words in [
        (rated_text("tweets"), "numbers, and these are texts"),
        ((TOKENS, np.array([0, 1])), "3 texts, but labels"),
        ((TOKENS - 1, np.array([0, 1, 0])), "the lowest is -1"),
        ((TOKENS[:0], np.array([], np.int64)), "empty"),
        ((TOKENS, np.array([0, 1, 2])), "2 outputs"),
    ]:
        with pytest.raises(CourseError, match=words):
            training.fit(model, data, steps=1, progress=False)
    labels = np.array([0, 1, 0])
    with pytest.raises(CourseError, match="size is 64"):
        training.fit(model, (TOKENS, labels), steps=1, size=64)
    with pytest.raises(CourseError, match="augment"):
        training.fit(model, (TOKENS, labels), steps=1, augment=lambda x, rng: x)


def real_texts_are_learned(framework: str) -> Any:
    """GloVe's mean with a linear layer tells good films from bad ones well above chance."""
    data = rated_text("movies", classes=2)
    train, val = data.split("train").per_class(300, seed=0), data.split("val")
    vocabulary = Vocabulary.of(train.texts + val.texts)
    model = text_classifier(glove().table(vocabulary.words), 2, framework=framework)
    training.fit(
        model,
        (vocabulary.encode(train.texts), train.labels),
        steps=300,
        lr=1e-2,
        batch_size=32,
        progress=False,
    )
    right = training.predict(model, vocabulary.encode(val.texts), progress=False).argmax(1) == val.labels
    assert 0.62 < right.mean() < 0.85
