"""Answers to "Vectors from somebody else": right ones and wrong ones."""

# %% [right] a case for each
import gensim
from gensim.models import KeyedVectors


def load(path, kind):
    if kind == "word2vec binary":
        return KeyedVectors.load_word2vec_format(path, binary=True)
    if kind == "word2vec text":
        return KeyedVectors.load_word2vec_format(path)
    if kind == "GloVe":
        return KeyedVectors.load_word2vec_format(path, no_header=True)
    return gensim.models.fasttext.load_facebook_model(path).wv


# %% [right] GloVe line by line
import numpy as np
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors


def load(path, kind):
    if kind == "fastText":
        return load_facebook_vectors(path)
    if kind != "GloVe":
        return KeyedVectors.load_word2vec_format(path, binary="binary" in kind)
    rows = [line.split() for line in open(path, encoding="utf-8")]
    vectors = KeyedVectors(len(rows[0]) - 1)
    vectors.add_vectors([row[0] for row in rows], np.array([row[1:] for row in rows], "float32"))
    return vectors


# %% [wrong] header expected: "no such line"
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors


def load(path, kind):
    if kind == "fastText":
        return load_facebook_vectors(path)
    return KeyedVectors.load_word2vec_format(path, binary=kind == "word2vec binary")


# %% [wrong] binary as text: "bytes and no text"
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors


def load(path, kind):
    if kind == "fastText":
        return load_facebook_vectors(path)
    return KeyedVectors.load_word2vec_format(path, no_header=kind == "GloVe")


# %% [wrong] fastText as word2vec: "no table but a model"
from gensim.models import KeyedVectors


def load(path, kind):
    return KeyedVectors.load_word2vec_format(path, binary=path.endswith(".bin"), no_header=kind == "GloVe")


# %% [wrong] parts lost: "which is not in the file"
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors


def load(path, kind):
    if kind == "fastText":
        whole = load_facebook_vectors(path)
        vectors = KeyedVectors(whole.vector_size)
        vectors.add_vectors(whole.index_to_key, whole.vectors)
        return vectors
    return KeyedVectors.load_word2vec_format(path, binary="binary" in kind, no_header=kind == "GloVe")


# %% [wrong] first word lost: "the first word of the file"
import numpy as np
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors


def load(path, kind):
    if kind == "fastText":
        return load_facebook_vectors(path)
    if kind != "GloVe":
        return KeyedVectors.load_word2vec_format(path, binary="binary" in kind)
    rows = [line.split() for line in open(path, encoding="utf-8")][1:]
    vectors = KeyedVectors(len(rows[0]) - 1)
    vectors.add_vectors([row[0] for row in rows], np.array([row[1:] for row in rows], "float32"))
    return vectors


# %% [wrong] no vectors: "`.wv`"
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_model


def load(path, kind):
    if kind == "fastText":
        return load_facebook_model(path)
    return KeyedVectors.load_word2vec_format(path, binary="binary" in kind, no_header=kind == "GloVe")


# %% [wrong] of length 1
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors


def load(path, kind):
    if kind == "fastText":
        return load_facebook_vectors(path)
    vectors = KeyedVectors.load_word2vec_format(path, binary="binary" in kind, no_header=kind == "GloVe")
    vectors.unit_normalize_all()
    return vectors


# %% [wrong] the first ten words only
from gensim.models import KeyedVectors
from gensim.models.fasttext import load_facebook_vectors


def load(path, kind):
    if kind == "fastText":
        return load_facebook_vectors(path)
    return KeyedVectors.load_word2vec_format(
        path, binary="binary" in kind, no_header=kind == "GloVe", limit=10
    )


# %% [wrong] one loader
from gensim.models import KeyedVectors


def load(path, kind):
    return KeyedVectors.load_word2vec_format(path)
