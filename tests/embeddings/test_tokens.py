"""From texts to numbers."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.data import CORPORA, rated_text
from tlcourse.embeddings import PADDING, UNKNOWN, Vocabulary, glove, tokenize
from tlcourse.errors import DataError, SettingError


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", []),
        ("   \n", []),
        ("Don't!", ["do", "n't", "!"]),
        ("It's the film's", ["it", "'s", "the", "film", "'s"]),
        ("a well-made film", ["a", "well-made", "film"]),
        ("costs $3.50, or 1,000", ["costs", "$", "3.50", ",", "or", "1,000"]),
        ("yay :) :-( <3", ["yay", ":)", ":-(", "<3"]),
        ("see http://x.org :/", ["see", "http", ":", "/", "/", "x", ".", "org", ":/"]),
        ("Übergroß café", ["übergroß", "café"]),
        ("日本", ["日本"]),
        ("``quoted''", ['"', "quoted", '"']),
        ("can’t", ["ca", "n't"]),
    ],
)
def test_tokenize(text: str, tokens: list[str]) -> None:
    assert tokenize(text) == tokens


def test_tokens_are_glove_s_own() -> None:
    for corpus in CORPORA:
        words = [word for text in rated_text(corpus).texts for word in tokenize(text)]
        assert glove().coverage(words) > 0.96, corpus


def test_numbers_and_back() -> None:
    vocabulary = Vocabulary.of(["good film", "bad film"])
    rows = vocabulary.encode(["good good book", "", "film"])
    assert rows.dtype == np.int64
    assert rows.tolist() == [[4, 4, UNKNOWN], [PADDING] * 3, [2, 0, 0]]
    assert vocabulary.decode(rows[0]) == ["good", "good", "<unknown>"]
    assert vocabulary.encode(["good bad film"], length=2).tolist() == [[4, 3]]
    assert vocabulary.encode(["", ""]).tolist() == [[0], [0]]
    assert Vocabulary.of(["b a a", "c a b"], min_count=2).words == ("a", "b")
    assert Vocabulary.of(["b a a", "c a b"], most=1).words == ("a",)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: tokenize(b"raw"), "is a bytes"),
        (lambda: tokenize(None), "is a NoneType"),
        (lambda: Vocabulary.of("one text"), "one string"),
        (lambda: Vocabulary.of(["", " "]), "No word is left"),
        (lambda: Vocabulary(("a", "a")), "2 times"),
        (lambda: Vocabulary(("a",)).encode("a"), "one string"),
        (lambda: Vocabulary(("a",)).encode([]), "No texts"),
    ],
)
def test_bad_texts(call, words) -> None:
    with pytest.raises(DataError, match=words):
        call()


def test_a_length_that_is_none() -> None:
    with pytest.raises(SettingError, match="length is 0"):
        Vocabulary(("a",)).encode(["a"], length=0)
