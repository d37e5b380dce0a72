"""Texts become one stream, and the stream passages; bad input says what to do."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import DataError, SettingError, ShapeError
from tlcourse.language import load_tokenizer, passages, stream


def test_each_text_is_followed_by_the_token_that_ends_it():
    tokenizer = load_tokenizer("small-gpt")
    tokens = stream(["A good film.", "", "Émile's café 😀"], tokenizer)
    ends = np.flatnonzero(tokens == 0)
    assert len(ends) == 3
    assert ends[1] == ends[0] + 1  # the empty text
    assert ends[2] == len(tokens) - 1
    assert tokenizer.decode(tokens[: ends[0]]) == "A good film."
    assert tokenizer.decode(tokens[ends[1] + 1 : -1]) == "Émile's café 😀"  # bytes: nothing is unknown


def test_a_checkpoint_says_which_token_ends_a_text():
    tokenizer = load_tokenizer("all-MiniLM-L6-v2")
    with pytest.raises(DataError, match="end="):
        stream(["A film."], tokenizer)
    assert stream(["A film."], tokenizer, end=102).tolist()[-2:] == [102, 102]
    tokenizer.end = 103
    assert stream(["A film."], tokenizer).tolist()[-1] == 103


def test_a_label_is_the_token_that_comes_next():
    text = np.arange(10, 31)
    inputs, labels = passages(text, 5)
    assert inputs.shape == labels.shape == (4, 5)
    assert (labels == inputs + 1).all()
    assert inputs.ravel().tolist() == text[:20].tolist()
    inputs, _ = passages(text[:20], 5)
    assert len(inputs) == 3  # the last passage would have no token after it


@pytest.mark.parametrize(
    ("call", "error", "word"),
    [
        (lambda t: stream("A film.", t), DataError, "list of texts"),
        (lambda t: stream([], t), DataError, "at least one"),
        (lambda t: stream([b"bytes"], t), DataError, "decode"),
        (lambda t: passages([1, 2, 3], 3), ShapeError, "more text"),
        (lambda t: passages([[1, 2], [3, 4]], 1), ShapeError, "one stream"),
        (lambda t: passages([1, 2, 3], 0), SettingError, "1 or more"),
    ],
)
def test_bad_input_says_what_to_do(call, error, word):
    with pytest.raises(error) as caught:
        call(load_tokenizer("small-gpt"))
    assert word in str(caught.value)
