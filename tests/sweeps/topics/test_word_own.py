"""Chapter 8's sweep of vectors trained on the course's texts: fair grids, typing errors, what people say."""

from __future__ import annotations

import numpy as np
import pytest
from gensim.models import KeyedVectors

from tlcourse import data
from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import word_own as sweep

WORDS = ["a", "cat", "good", "battery", "b2b4", "unfunniest", "qwerty", "aaaa"] * 50


def vectors(**rows: list[float]) -> KeyedVectors:
    found = KeyedVectors(sweep.DIMENSIONS)
    table = [np.pad(np.array(row, np.float32), (0, sweep.DIMENSIONS - len(row))) for row in rows.values()]
    found.add_vectors(list(rows), np.array(table))
    return found


def test_every_method_gets_the_same_cells_and_strengths():
    grid = get("word-own").settings()
    cells = [
        {(s["corpus"], s["per_class"], s["seed"]) for s in grid if s["method"] == method}
        for method in sweep.METHODS
    ]
    assert all(some == cells[0] for some in cells)
    assert {corpus for corpus, _, _ in cells[0]} == set(data.CORPORA)
    assert {n for _, n, _ in cells[0]} == set(sweep.OWN_SIZES)
    assert len({seed for _, _, seed in cells[0]}) >= 5


def test_no_test_text_is_in_the_pool():
    pool = {tuple(words) for words in sweep.pool()}
    from tlcourse.embeddings import tokenize

    for corpus in data.CORPORA:
        for text in data.rated_text(corpus).split("test").texts:
            words = tokenize(text)
            assert len(words) < 8 or tuple(words) not in pool, f"{corpus}: {text}"


def test_a_typing_error_is_one_slip_in_a_longer_word():
    wrong = sweep.mistyped(WORDS, 1.0, np.random.default_rng(0))
    assert len(wrong) == len(WORDS)
    for word, typed in zip(WORDS, wrong, strict=True):
        if len(word) < 4 or not word.isalpha():
            assert typed == word
            continue
        assert typed[0] == word[0]
        assert abs(len(typed) - len(word)) <= 1
        same_length = sum(a != b for a, b in zip(word, typed, strict=False)) if len(typed) == len(word) else 0
        assert same_length <= 2, "two letters change places, or one is replaced"
    changed = {typed for word, typed in zip(WORDS, wrong, strict=True) if word == "battery"}
    assert {len(typed) for typed in changed} == {6, 7, 8}, "left out, replaced or swapped, typed twice"


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_so_many_longer_words_are_mistyped(share: float):
    words = ["unfunniest"] * 3000
    wrong = sweep.mistyped(words, share, np.random.default_rng(1))
    # Swapping the two n is no error that anybody sees, so a few are left as they are.
    found = float(np.mean([typed != "unfunniest" for typed in wrong]))
    assert 0.88 * share <= found <= share + 4 * np.sqrt(share * (1 - share) / 3000)


def test_a_text_is_the_mean_of_the_words_that_have_a_vector():
    some = vectors(good=[1, 2], bad=[3, -2])
    got = sweep._means(some, [["good", "unknown", "bad"], ["good"], ["unknown"], []])
    assert got.shape == (4, sweep.DIMENSIONS)
    np.testing.assert_allclose(got[:, :2], [[2, 0], [1, 2], [0, 0], [0, 0]])
    assert not got[:, 2:].any()


def test_people_are_asked_about_pairs_that_the_own_vectors_know(monkeypatch: pytest.MonkeyPatch):
    # In WordSim-353 people call tiger and cat more alike (7.35) than tiger and zoo (5.87), and those more
    # than drink and car (3.04); "tiger, tiger" is one word.
    agree = vectors(tiger=[1, 0, 0], cat=[1, 0.2, 0], zoo=[1, 1, 0], drink=[0, 0, 1], car=[0, 2, 0.1])
    opposed = vectors(tiger=[1, 0, 0], cat=[0, 1, 0], zoo=[1, 1, 0], drink=[0, 0, 1], car=[0, 0, 1])
    monkeypatch.setattr(sweep, "trained", lambda kind, seed: agree)
    for given, sign in ((agree, 1), (opposed, -1)):
        monkeypatch.setattr(sweep, "_vectors", lambda kind, seed, given=given: given)
        found = sweep.similarity("plain", "glove", 0)
        assert found["words"] == 5
        assert found["pairs"] == 3
        assert found["spearman"] == pytest.approx(sign)


def test_the_control_runs_as_recorded():
    rows = table("word-own", "plain")
    rows = rows[(rows.method == "tf-idf") & (rows.per_class == 40) & (rows.seed == 2)]
    assert set(rows.corpus) == set(data.CORPORA)
    for row in rows[rows.corpus.isin(["tweets", "movies"])].itertuples():
        live = sweep.compare_own("plain", row.corpus, "tf-idf", 40, 2)
        for metric in ("test_balanced", "typed_10_balanced", "typed_30_balanced"):
            assert live[metric] == pytest.approx(getattr(row, metric), abs=0.005), row.corpus
