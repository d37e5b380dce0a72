"""Texts as a checkpoint's tokens."""

from __future__ import annotations

import pytest

from tlcourse.errors import DataError
from tlcourse.language import load_tokenizer


@pytest.fixture(scope="module")
def tokenizer():
    return load_tokenizer("all-MiniLM-L6-v2")


def test_tokens_are_those_of_the_library(tokenizer) -> None:
    # BERT's uncased vocabulary: [CLS] 101, [SEP] 102; a word that it lacks falls into pieces.
    assert tokenizer.encode(["a film", "film"]).tolist() == [[101, 1037, 2143, 102], [101, 2143, 102, 0]]
    assert tokenizer.pieces("unfunniest")[0] == "[CLS]"
    assert "".join(piece.removeprefix("##") for piece in tokenizer.pieces("unfunniest")[1:-1]) == "unfunniest"
    assert tokenizer.decode(tokenizer.encode(["A good FILM!"])[0]) == "a good film!"
    assert len(tokenizer) == 30522


def test_empty_and_strange_texts(tokenizer) -> None:
    assert tokenizer.encode([""]).tolist() == [[101, 102]]
    assert tokenizer.encode(["\n \t"]).tolist() == [[101, 102]]
    assert tokenizer.encode(["💡🦥"])[0, 1] == 100  # [UNK]
    assert tokenizer.encode(["日本"]).shape[1] == 4


def test_long_texts_are_cut_and_keep_their_end_mark(tokenizer) -> None:
    long = " ".join(["film"] * 2000)
    assert tokenizer.encode([long]).shape == (1, 512)
    assert tokenizer.encode([long])[0, -1] == 102
    assert tokenizer.encode(["one two three four five"], length=4).tolist() == [[101, 2028, 2048, 102]]
    assert tokenizer.encode(["film"], length=6).tolist() == [[101, 2143, 102, 0, 0, 0]]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda t: t.encode("one text"), "one string"),
        (lambda t: t.encode([]), "No texts"),
        (lambda t: t.encode(["a", b"raw"]), "Text 1 is a bytes"),
        (lambda t: t.encode([None]), "Text 0 is a NoneType"),
        (lambda t: t.encode(["a"], length=2), "length is 2"),
        (lambda t: t.encode(["a"], length=513), "reads 512"),
    ],
)
def test_bad_texts(tokenizer, call, words) -> None:
    with pytest.raises(DataError, match=words):
        call(tokenizer)
