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
from tlcourse.errors import DataError

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


def test_another_encoding(written: Path, tmp_path: Path) -> None:
    text = (written / "w2v.txt").read_text(encoding="utf-8")
    (tmp_path / "latin.txt").write_bytes(text.encode("latin-1"))
    with pytest.raises(DataError, match=r"not in utf-8[\s\S]*latin-1"):
        read_vectors(tmp_path / "latin.txt")
    assert "häuschen" in read_vectors(tmp_path / "latin.txt", encoding="latin-1")


def test_files_that_are_something_else(tmp_path: Path) -> None:
    cases: dict[str, bytes] = {
        "empty.bin": b"",
        "noise.bin": np.random.default_rng(0).bytes(5000),
        "prose.txt": b"It was the best of times, it was the worst of times.\nMore.\n",
        "pickled.bin": pickle.dumps({"a": [1.0]}),
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


def test_published_oddities(tmp_path: Path) -> None:
    """A word that comes twice (GloVe 840B), a word with spaces in it (". . ."), Windows' line ends."""
    (tmp_path / "odd.vec").write_bytes(b"3 2\r\na 1 2\r\n. . . 3 4\r\na 9 9\r\n")
    vectors = read_vectors(tmp_path / "odd.vec")
    assert list(vectors.words) == ["a", ". . ."]
    assert vectors.vector("a").tolist() == [1, 2]
