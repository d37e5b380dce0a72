"""Files of word vectors: those that gensim writes, those that are damaged, those that are something else."""

from __future__ import annotations

import gzip
import pickle
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tlcourse.embeddings import SubwordVectors, read_vectors
from tlcourse.embeddings.files import sniff
from tlcourse.errors import DataError, SettingError, UnknownNameError

SENTENCES = [["das", "häuschen", "steht"], ["the", "film", "was", "good"], ["a", "good", "film"]] * 20


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What gensim itself writes: word2vec in both formats, fastText in both, and GloVe's lines."""
    from gensim.models import FastText, Word2Vec
    from gensim.models.fasttext import save_facebook_model

    folder = tmp_path_factory.mktemp("vectors")
    word2vec = Word2Vec(SENTENCES, vector_size=8, min_count=1, epochs=2, workers=1, seed=1).wv
    word2vec.save_word2vec_format(str(folder / "w2v.bin"), binary=True)
    word2vec.save_word2vec_format(str(folder / "w2v.txt"), binary=False)
    fasttext = FastText(
        SENTENCES, vector_size=8, min_count=1, epochs=2, workers=1, seed=1, bucket=500, min_n=3, max_n=4
    )
    save_facebook_model(fasttext, str(folder / "ft.bin"))
    fasttext.wv.save_word2vec_format(str(folder / "ft.vec"), binary=False)
    np.save(folder / "w2v.npy", word2vec.vectors)
    np.save(folder / "unseen.npy", fasttext.wv.get_vector("filmchen"))
    (folder / "words.txt").write_text("\n".join(word2vec.index_to_key), encoding="utf-8")
    lines = (folder / "w2v.txt").read_text(encoding="utf-8").split("\n", 1)[1]
    (folder / "glove.txt").write_text(lines, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ("w2v.bin", "word2vec-bin"),
        ("w2v.txt", "text"),
        ("ft.vec", "text"),
        ("ft.bin", "fasttext-bin"),
        ("glove.txt", "glove-text"),
    ],
)
def test_formats_are_told_apart_and_read(written: Path, file: str, kind: str) -> None:
    assert sniff(written / file) == kind
    vectors = read_vectors(written / file)
    assert "häuschen" in vectors
    assert vectors.dimensions == 8
    if file.startswith(("w2v", "glove")):
        assert list(vectors.words) == (written / "words.txt").read_text(encoding="utf-8").split("\n")
        assert np.allclose(vectors.matrix, np.load(written / "w2v.npy"), atol=1e-6)


def test_subwords_give_unseen_words_the_vector_that_gensim_gives(written: Path) -> None:
    vectors = read_vectors(written / "ft.bin")
    assert isinstance(vectors, SubwordVectors)
    assert "filmchen" not in vectors
    assert np.allclose(vectors.vector("filmchen"), np.load(written / "unseen.npy"), atol=1e-6)
    assert vectors.table(["filmchen"])[2] == pytest.approx(vectors.vector("filmchen"))
    # The words of a .vec are the same, but it has no parts to make new ones of.
    plain = read_vectors(
        written / "ft.vec",
    )
    assert np.allclose(plain.vector("film"), vectors.vector("film"), atol=1e-4)
    with pytest.raises(Exception, match="no word"):
        plain.vector("filmchen")


def test_only_the_beginning(written: Path) -> None:
    for file in ("w2v.bin", "w2v.txt", "glove.txt"):
        assert len(read_vectors(written / file, most=3)) == 3


@pytest.mark.parametrize("file", ["w2v.bin", "w2v.txt", "ft.vec", "ft.bin"])
@pytest.mark.parametrize("share", [0.5, 0.9, 0.99])
def test_truncated_files(written: Path, tmp_path: Path, file: str, share: float) -> None:
    raw = (written / file).read_bytes()
    cut = tmp_path / file
    kept = int(len(raw) * share)
    if not file.endswith("bin"):
        kept = raw.rindex(b" ", 0, kept)  # of a text the last number is lost whole
    cut.write_bytes(raw[:kept])
    if file == "ft.bin" and share == 0.99:
        # What is lost here are weights of the training's output; the vectors are whole, and the same.
        assert (read_vectors(cut).matrix == read_vectors(written / file).matrix).all()
        return
    with pytest.raises(DataError, match=r"ends in the middle|cannot be read"):
        read_vectors(cut)


def test_a_glove_file_cut_inside_a_line(written: Path, tmp_path: Path) -> None:
    raw = (written / "glove.txt").read_bytes()
    (tmp_path / "cut.txt").write_bytes(raw[:-40])
    with pytest.raises(DataError, match="ends in the middle"):
        read_vectors(tmp_path / "cut.txt")


@pytest.mark.parametrize("kind", ["text", "glove", "binary"])
def test_another_encoding(tmp_path: Path, kind: str) -> None:
    words = [f"h{letter}user" for letter in "äöüßéèêàçñå"] + ["haus"]
    path = file_of(tmp_path, kind, [word.encode("latin-1") for word in words])
    with pytest.raises(DataError, match=r"11 of 12 words .* not in utf-8[\s\S]*latin-1"):
        read_vectors(path)
    assert list(read_vectors(path, encoding="latin-1").words) == words
    with pytest.raises(DataError, match="no encoding 'utf-9'"):
        read_vectors(path, encoding="utf-9")


@pytest.mark.parametrize("kind", ["text", "glove", "binary"])
def test_a_few_broken_words_are_read_and_counted(tmp_path: Path, kind: str) -> None:
    """As gensim reads them with unicode_errors="replace"."""
    raw = [b"good", b"fil\xff", "häuser".encode(), b"h\xc3", b"bad"]
    with pytest.warns(UserWarning, match="2 of 5 words .* not in utf-8"):
        vectors = read_vectors(file_of(tmp_path, kind, raw))
    assert list(vectors.words) == ["good", "fil\ufffd", "häuser", "h\ufffd", "bad"]
    assert vectors.vector("bad").tolist() == [4.0, 4.5]


@pytest.mark.parametrize("kind", ["text", "glove", "binary"])
def test_a_word_that_comes_twice_keeps_its_first_vector(tmp_path: Path, kind: str) -> None:
    path = file_of(tmp_path, kind, [b"a", b"b", b"a", b"c", b"b"])
    vectors = read_vectors(path)
    assert list(vectors.words) == ["a", "b", "c"]
    assert vectors.matrix.tolist() == [[0.0, 0.5], [1.0, 1.5], [3.0, 3.5]]
    if kind == "binary":
        from gensim.models import KeyedVectors

        theirs = KeyedVectors.load_word2vec_format(str(path), binary=True)
        assert (theirs["c"] == vectors.vector("c")).all()


@pytest.mark.parametrize("kind", ["text", "glove", "binary"])
def test_a_byte_order_mark_is_no_part_of_the_first_word(tmp_path: Path, kind: str) -> None:
    path = file_of(tmp_path, kind, [b"w%d" % n for n in range(100)])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    vectors = read_vectors(path)
    assert (len(vectors), vectors.dimensions) == (100, 2)
    assert vectors.vector("w0").tolist() == [0.0, 0.5]


def test_new_lines_after_the_vectors_of_a_binary_file(tmp_path: Path) -> None:
    """As the original word2vec writes them."""
    path = file_of(tmp_path, "binary", [b"a", b"\nb", b"\nc"])
    path.write_bytes(path.read_bytes() + b"\n")
    assert list(read_vectors(path).words) == ["a", "b", "c"]
    assert list(read_vectors(path, most=2).words) == ["a", "b"]


def file_of(folder: Path, kind: str, words: list[bytes]) -> Path:
    """A file of vectors of two numbers: (0, 0.5), (1, 1.5), …"""
    header = b"%d 2\n" % len(words)
    path = folder / f"vectors.{kind}"
    if kind == "binary":
        rows = [word + b" " + np.array([n, n + 0.5], "<f4").tobytes() for n, word in enumerate(words)]
        path.write_bytes(header + b"".join(rows))
    else:
        rows = [word + b" %d.0 %d.5\n" % (n, n) for n, word in enumerate(words)]
        path.write_bytes((header if kind == "text" else b"") + b"".join(rows))
    return path


@pytest.mark.parametrize("promised", ["3 1", "3 4", "3 20", "0 3", "3 0"])
def test_a_first_line_that_does_not_fit_the_rows(tmp_path: Path, promised: str) -> None:
    rows = "a 1.5 2 3\nb 1 2 3\nc 7 8 9\n"
    (tmp_path / "v.txt").write_text(f"{promised}\n{rows}")
    if promised == "0 3":  # the rows speak for themselves
        with pytest.warns(UserWarning, match="promises 0 words, and it has 3"):
            assert len(read_vectors(tmp_path / "v.txt")) == 3
        return
    with pytest.raises(DataError, match=r"first line .* promises 3 words of \d+ numbers[\s\S]* 3\."):
        read_vectors(tmp_path / "v.txt")


def test_a_first_line_that_counts_wrong(tmp_path: Path) -> None:
    rows = "".join(f"w{n} {n} {n}.5 7\n" for n in range(100))
    (tmp_path / "few.txt").write_text(f"40 3\n{rows}\n\n")
    with pytest.warns(UserWarning, match="promises 40 words, and it has 100"):
        vectors = read_vectors(tmp_path / "few.txt")
    assert (len(vectors), vectors.dimensions) == (100, 3)
    (tmp_path / "many.txt").write_text(f"400 3\n{rows}")
    with pytest.raises(DataError, match="up to word 100 of 400"):
        read_vectors(tmp_path / "many.txt")
    assert len(read_vectors(tmp_path / "many.txt", most=100)) == 100
    (tmp_path / "only.txt").write_text("400 3\n")
    with pytest.raises(DataError, match="ends after its first line"):
        read_vectors(tmp_path / "only.txt")


@pytest.mark.parametrize("promised", [b"2 2\n", b"3 1\n", b"3 3\n", b"30 2\n"])
def test_a_first_line_that_does_not_fit_a_binary_file(tmp_path: Path, promised: bytes) -> None:
    path = file_of(tmp_path, "binary", [b"a", b"b", b"c"])
    path.write_bytes(promised + path.read_bytes().split(b"\n", 1)[1])
    with pytest.raises(DataError, match=r"promises|ends in the middle|not what word2vec"):
        read_vectors(path)


def test_fasttext_without_subwords(tmp_path: Path) -> None:
    """``fasttext skipgram -maxn 0`` writes no buckets: an unseen word has no parts to be made of."""
    from gensim.models import FastText
    from gensim.models.fasttext import save_facebook_model

    for bucket in (0, 500):
        model = FastText(SENTENCES, vector_size=8, min_count=1, epochs=1, workers=1, min_n=0, max_n=0)
        model.wv.bucket = bucket
        model.wv.vectors_ngrams = model.wv.vectors_ngrams[:bucket]
        save_facebook_model(model, str(tmp_path / "words.bin"))
        vectors = read_vectors(tmp_path / "words.bin")
        assert np.allclose(vectors.vector("film"), model.wv["film"], atol=1e-6)
        with pytest.raises(UnknownNameError, match="filmchen"):
            vectors.vector("filmchen")
        assert vectors.vector("filmchen", unknown="zeros").tolist() == [0] * 8
        assert vectors.table(["filmchen"])[2].any()


def test_a_word_too_short_for_subwords_is_unknown(tmp_path: Path) -> None:
    from gensim.models import FastText
    from gensim.models.fasttext import save_facebook_model

    model = FastText(SENTENCES, vector_size=8, min_count=1, epochs=1, workers=1, min_n=5, max_n=6, bucket=50)
    save_facebook_model(model, str(tmp_path / "ft.bin"))
    vectors = read_vectors(tmp_path / "ft.bin")
    with pytest.raises(UnknownNameError, match="'ab'"):
        vectors.vector("ab")
    assert vectors.vector("filmchen").any()
    assert vectors.table(["ab"])[2].any()


def test_files_that_are_something_else(tmp_path: Path) -> None:
    cases: dict[str, bytes] = {
        "empty.bin": b"",
        "noise.bin": np.random.default_rng(0).bytes(5000),
        "prose.txt": b"It was the best of times, it was the worst of times.\nMore.\n",
        "pickled.bin": pickle.dumps({"a": [1.0]}),
        "utf16.txt": "a 1 2\nb 3 4\n".encode("utf-16"),
        "packed.vec": gzip.compress(b"2 2\na 1 2\nb 3 4\n"),
        "array.bin": b"\x93NUMPY\x01\x00v\x00" + b"\0" * 100,
        "weights.bin": (60).to_bytes(8, "little")
        + b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}      ',
    }
    for name, raw in cases.items():
        (tmp_path / name).write_bytes(raw)
        with pytest.raises(DataError) as caught:
            read_vectors(tmp_path / name)
        assert name in str(caught.value), name
    with zipfile.ZipFile(tmp_path / "glove.zip", "w") as archive:
        archive.writestr("glove.txt", "a 1 2\n")
    with pytest.raises(DataError, match="unpack it first"):
        read_vectors(tmp_path / "glove.zip")
    with pytest.raises(DataError, match="no file"):
        read_vectors(tmp_path / "nothing.txt")
    with pytest.raises(DataError, match="cannot be read"):
        read_vectors(tmp_path)


def test_lines_that_do_not_fit(tmp_path: Path) -> None:
    (tmp_path / "short.txt").write_text("a 1 2 3\nb 1 2\nc 1 2 3\n")
    with pytest.raises(DataError, match=r"Line 2 .* has 2 numbers"):
        read_vectors(tmp_path / "short.txt")
    (tmp_path / "word.txt").write_text("a 1 2 3\nb 1 two 3\n")
    with pytest.raises(DataError, match="Line 2"):
        read_vectors(tmp_path / "word.txt")
    (tmp_path / "nan.txt").write_text("a 1 2 3\nb 1 nan 3\n")
    with pytest.raises(DataError, match="'b' is not finite"):
        read_vectors(tmp_path / "nan.txt")


def test_fields_apart_by_more_than_one_space(tmp_path: Path) -> None:
    (tmp_path / "tabs.txt").write_bytes(b"2 3\na\t1\t2\t3\nb\t4\t5\t6\n")
    (tmp_path / "wide.txt").write_bytes(b"\n  a  1  2 3 \n\nb 4 5  6\t\n \n\n")
    for name in ("tabs.txt", "wide.txt"):
        vectors = read_vectors(tmp_path / name)
        assert list(vectors.words) == ["a", "b"]
        assert vectors.matrix.tolist() == [[1, 2, 3], [4, 5, 6]]


def test_words_with_spaces(tmp_path: Path) -> None:
    rows = [
        ". . . 0.1 0.2",
        "new york 0.3 0.4",
        "area 51 0.5 0.6",
        "plain 0.7 0.8",
        "in nan 0.1 0.9",
        "x 0.2 0.1",
    ]
    for header in ("6 2\n", ""):
        (tmp_path / "v.txt").write_text(header + "\n".join(rows))
        vectors = read_vectors(tmp_path / "v.txt")
        assert list(vectors.words) == [". . .", "new york", "area 51", "plain", "in nan", "x"]
        assert vectors.vector("area 51").tolist() == pytest.approx([0.5, 0.6])
        (tmp_path / "v.txt").write_text(header + "\n".join([*rows[:5], "x 0.2 0.1 0.3"]))
        with pytest.raises(DataError, match=r"Line . of .* has 3 numbers"):
            read_vectors(tmp_path / "v.txt")


@pytest.mark.parametrize("most", [0, -1, 2.5, True])
def test_a_number_of_words_that_is_none(written: Path, most: object) -> None:
    with pytest.raises(SettingError, match="most is"):
        read_vectors(written / "w2v.txt", most=most)  # type: ignore[arg-type]


def test_published_oddities(tmp_path: Path) -> None:
    """A word that comes twice (GloVe 840B), a word with spaces in it (". . ."), Windows' line ends."""
    (tmp_path / "odd.vec").write_bytes(b"3 2\r\na 1 2\r\n. . . 3 4\r\na 9 9\r\n")
    vectors = read_vectors(tmp_path / "odd.vec")
    assert list(vectors.words) == ["a", ". . ."]
    assert vectors.vector("a").tolist() == [1, 2]


@pytest.mark.parametrize("header", ["", "3 2\n"])
def test_words_with_spaces_are_read_where_gensim_stops(tmp_path: Path, header: str) -> None:
    """GloVe's largest file has such words, as "at name@domain.com"; chapter 8 says what gensim does."""
    from gensim.models import KeyedVectors

    file = tmp_path / "spaces.txt"
    file.write_text(f"{header}the 1 2\nat name@domain.com 3 4\nfilm 5 6\n", encoding="utf-8")
    with pytest.raises(ValueError, match="could not convert string to float"):
        KeyedVectors.load_word2vec_format(file, no_header=not header)
    vectors = read_vectors(file)
    assert list(vectors.words) == ["the", "at name@domain.com", "film"]
    np.testing.assert_array_equal(vectors.matrix, [[1, 2], [3, 4], [5, 6]])
