"""Sentences that say most of a text."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.errors import CourseError, DataError, SettingError, ShapeError, UnknownNameError
from tlcourse.language import add_lora, lead, rouge_1, sentences_of, summarise
from tlcourse.language.summary import mean_similarity

TEXT = 'The sea rose. Did anybody notice? "Nobody did!" The town slept; it was late.'
VECTORS = np.array([[1.0, 0.0, 0.0], [0.9, 0.1, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.05, 0.0]])


def test_sentences() -> None:
    assert sentences_of(TEXT) == [
        "The sea rose.",
        "Did anybody notice?",
        '"Nobody did!"',
        "The town slept; it was late.",
    ]
    assert sentences_of("") == []
    assert sentences_of("no end") == ["no end"]


def test_the_middle_of_a_text_comes_first_and_then_what_is_unlike_it() -> None:
    names = list("abcde")
    assert summarise(names, 1, lambda _: VECTORS) == [1]
    alike = summarise(names, 2, lambda _: VECTORS, diversity=0.0)
    assert set(alike) <= {0, 1, 4}
    unlike = summarise(names, 2, lambda _: VECTORS, diversity=0.7)
    assert unlike[0] == 1
    assert unlike[1] in (2, 3)
    assert summarise(names, 9, lambda _: VECTORS) == [0, 1, 2, 3, 4]
    units = VECTORS / np.linalg.norm(VECTORS, axis=1, keepdims=True)
    assert mean_similarity(units, unlike) > mean_similarity(units, [0, 4])
    assert lead(names, 2) == [0, 1]
    assert lead(names, 9) == [0, 1, 2, 3, 4]


def test_rouge() -> None:
    assert rouge_1(["a", "b"], ["A", "b"]) == 1
    assert rouge_1(["a"], ["b"]) == 0
    assert rouge_1(["the", "the", "cat"], ["the", "cat", "sat"]) == pytest.approx(2 / 3)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: sentences_of(None), DataError, "NoneType"),
        (lambda: lead([], 1), DataError, "one or more sentences"),
        (lambda: lead("one text", 1), DataError, "one or more sentences"),
        (lambda: lead(["a"], 0), SettingError, "sentences is 0"),
        (lambda: summarise(["a", "b"], 1, lambda _: [[1.0]]), ShapeError, "2 sentences"),
        (lambda: summarise(["a"], 1, lambda _: [[1.0]], diversity=2), CourseError, "diversity is 2"),
        (lambda: rouge_1([], ["a"]), DataError, "no words"),
        (lambda: mean_similarity(np.eye(2), []), CourseError, "No sentence"),
        (lambda: add_lora(None, rank=0), CourseError, "rank is 0"),
        (lambda: add_lora(None, alpha=-1), CourseError, "alpha is -1"),
        (lambda: add_lora(None, targets=("query", "keys")), UnknownNameError, "Did you mean 'key'"),
        (lambda: add_lora(None, targets=()), CourseError, "No layers"),
    ],
)
def test_bad_input(call, error, words) -> None:
    with pytest.raises(error, match=words):
        call()
