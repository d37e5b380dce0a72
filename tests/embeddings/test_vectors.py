"""`WordVectors`: looking up, neighbours, analogies, tables for a network; GloVe itself; WEAT."""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np
import pytest

from tlcourse.data import files as package_files
from tlcourse.embeddings import SubwordVectors, WordVectors, glove, weat
from tlcourse.embeddings import glove as glove_of
from tlcourse.embeddings.bias import WEAT
from tlcourse.errors import CourseError, DataError, SettingError, ShapeError, UnknownNameError

WORDS = ["king", "queen", "man", "woman"]
MATRIX = np.array([[1, 1], [1, -1], [0, 1], [0, -1]], np.float32)


def toy(**changes) -> WordVectors:
    return WordVectors(**({"words": WORDS, "matrix": MATRIX, "name": "toy"} | changes))


def test_glove_is_there_in_under_a_second_and_knows_what_it_should() -> None:
    glove.cache_clear()
    start = time.process_time()
    vectors = glove()
    assert "film" in vectors
    assert time.process_time() - start < 3  # some 0.3 s; a generous ceiling
    assert (len(vectors), vectors.dimensions) == (400_000, 50)
    assert isinstance(vectors.matrix, np.memmap)
    # The first row of the file, as published by its authors.
    assert vectors.vector("the")[:4] == pytest.approx([0.418, 0.24968, -0.41242, 0.1217], abs=1e-5)
    assert vectors.analogy("man", "king", "woman", n=1)[0][0] == "queen"
    assert vectors.analogy("man", "king", "woman", n=1, keep_question=True)[0][0] == "king"
    assert "don't" not in vectors
    assert "n't" in vectors


def test_nearest_is_what_the_formula_says() -> None:
    vectors = glove()
    sample = np.asarray(vectors.matrix[:5000])
    target = vectors.vector("film")
    cosines = sample @ target / np.linalg.norm(sample, axis=1) / np.linalg.norm(target)
    best = [vectors.words[row] for row in np.argsort(-cosines) if vectors.words[row] != "film"][:7]
    assert [word for word, _ in vectors.nearest("film", n=7, among=5000)] == best
    assert vectors.nearest(target, n=1)[0] == ("film", pytest.approx(1, abs=1e-5))


def test_each_policy_for_unknown_words() -> None:
    with pytest.raises(UnknownNameError, match="no word in toy called 'prince'"):
        toy().vector("prince")
    with pytest.raises(UnknownNameError, match="'king' is there"):
        toy().vector("King")
    assert toy(unknown="zeros").vector("prince").tolist() == [0, 0]
    assert toy(unknown="mean").vector("prince").tolist() == MATRIX.mean(0).tolist()
    assert toy().vector("prince", unknown="zeros").tolist() == [0, 0]
    with pytest.raises(UnknownNameError, match="unknown words"):
        toy(unknown="guess")
    with pytest.raises(UnknownNameError, match="unknown words"):
        toy().vector("king", unknown="subwords")  # a plain file has no subwords
    parts = SubwordVectors(WORDS, MATRIX, "parts", compose=lambda word: np.full(2, len(word)))
    assert parts.vector("prince").tolist() == [6, 6]
    assert parts.vector("king").tolist() == [1, 1]
    with pytest.raises(UnknownNameError):
        parts.vector("")


def test_a_vector_is_a_copy() -> None:
    vectors = toy()
    vectors.vector("king")[:] = 9
    assert vectors.vector("king").tolist() == [1, 1]


def test_a_table_for_a_network() -> None:
    table = toy().table(["woman", "prince", "king"], seed=3)
    assert table.dtype == np.float32
    assert not table[:2].any()
    assert table[2].tolist() == [0, -1]
    assert table[4].tolist() == [1, 1]
    # What an unknown word starts with depends on the word and the seed only.
    assert (table[3] == toy().table(["prince"], seed=3)[2]).all()
    assert (table[3] != toy().table(["prince"], seed=4)[2]).all()
    assert abs(np.std(glove().table([f"unheard{n}" for n in range(400)])[2:]) / glove().spread - 1) < 0.05


def test_coverage() -> None:
    assert toy().coverage(["king", "king", "prince", "man"]) == 0.75
    with pytest.raises(DataError, match="No words"):
        toy().coverage([])
    with pytest.raises(DataError, match="one string"):
        toy().coverage("king")


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: toy(matrix=MATRIX[:3]), ShapeError, "4 words"),
        (lambda: toy(words=[], matrix=MATRIX[:0]), ShapeError, "0 words"),
        (lambda: toy(words=["a", "b", "a", "c"]), DataError, "'a' occurs twice"),
        (lambda: toy().nearest([0.0, 0.0]), ShapeError, "all zeros"),
        (lambda: toy().nearest([1.0, 0.0, 0.0]), ShapeError, "2 numbers"),
        (lambda: toy().nearest("king", n=0), SettingError, "neighbours is 0"),
        (lambda: toy().analogy("man", "prince", "woman"), UnknownNameError, "prince"),
    ],
)
def test_bad_questions(call, error, words) -> None:
    with pytest.raises(error, match=words):
        call()


def test_a_missing_or_damaged_package_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    module = __import__("importlib").import_module("tlcourse.embeddings.glove")
    monkeypatch.setattr(module, "PACKAGE", "no-such-package")
    with pytest.raises(DataError, match="pip install no-such-package"):
        glove_of.__wrapped__()
    monkeypatch.undo()
    real = package_files.package_file(module.PACKAGE, f"{module._FOLDER}/glove_6B_50d_emb.npy")
    cut = tmp_path / "cut.npy"
    with real.open("rb") as file:
        cut.write_bytes(file.read(10_000))
    monkeypatch.setattr(module, "package_file", lambda *_: cut)
    with pytest.raises(DataError, match="force-reinstall"):
        glove_of.__wrapped__()


def test_weat_repeats_what_its_authors_published() -> None:
    """With other GloVe vectors than theirs (840B, 300 dimensions): the signs, and large effects."""
    results = {name: weat(glove(), *(words.split() for words in lists)) for name, lists in WEAT.items()}
    published = {"flowers-insects": 1.50, "careers": 1.81, "maths-arts": 1.06, "science-arts": 1.24}
    for name, effect in published.items():
        assert results[name].effect == pytest.approx(effect, abs=0.45), (name, results[name])
        assert results[name].p_value < 0.05
    with pytest.raises(DataError, match=r"Of the words X .* 0 have"):
        weat(toy(), ["a", "b"], WORDS, WORDS, WORDS)


def test_weat_counts_every_division_where_they_are_few() -> None:
    vectors = WordVectors(
        ["x", "y", "a", "b", "u", "v"], [[1, 0.1], [1, 0.2], [1, 0], [0.1, 1], [0.2, 1], [0, 1]], "t"
    )
    found = weat(vectors, ["x", "y"], ["b", "u"], ["a", "x"], ["v", "u"])
    assert found.p_value == pytest.approx(1 / 6)  # 6 divisions of four words into twos, one as strong


def test_errors_are_of_the_course() -> None:
    with pytest.raises(CourseError):
        toy().vectors(["king", "prince"])
