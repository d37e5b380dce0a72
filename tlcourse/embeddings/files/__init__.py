"""Files of word vectors that somebody else wrote: word2vec, GloVe and fastText, recognised by their bytes.

gensim reads fastText's models. The other formats are read here, as strictly as they allow: a wrong or damaged
file gives a sentence and not a traceback, and never words or numbers that are not in it.
"""

from __future__ import annotations

import codecs
from pathlib import Path

import numpy as np

from tlcourse.checks import whole
from tlcourse.embeddings.files.fasttext import read_fasttext
from tlcourse.embeddings.files.formats import FORMATS, sniff
from tlcourse.embeddings.files.text import read_text
from tlcourse.embeddings.files.word2vec import read_binary
from tlcourse.embeddings.vectors import WordVectors
from tlcourse.errors import DataError

__all__ = ["FORMATS", "read_vectors", "sniff"]


def read_vectors(
    path: str | Path,
    *,
    most: int | None = None,
    encoding: str = "utf-8",
    name: str | None = None,
    licence: str = "",
) -> WordVectors:
    """Read a file of word vectors, whatever its format.

    * word2vec's binary and text formats (Mikolov et al. 2013; code.google.com/archive/p/word2vec);
    * GloVe's text format (Pennington et al. 2014; nlp.stanford.edu/projects/glove);
    * fastText's ``.vec``, and its ``.bin``, whose subwords give unseen words a vector (fasttext.cc).

    Parameters
    ----------
    path : str or Path
        Not packed: a zip or gz archive has to be unpacked first.
    most : int, optional
        Read only the first so many words (not for fastText's ``.bin``): files list frequent words first.
    encoding : str
        Of the words. Some published files hold a few words with broken bytes: they are read with U+FFFD in
        place of those, and a warning counts them.
    name, licence : str

    Returns
    -------
    WordVectors, or SubwordVectors for fastText's ``.bin`` (if it was trained with subwords)
        A word that the file has twice keeps its first vector.

    Raises
    ------
    DataError
        When the file is missing, empty, truncated, or in another format or encoding; when its first line
        does not fit the rows; when a number is not finite. (If a text was cut inside its very last number,
        nothing shows it.)
    SettingError
        If ``most`` is not a whole number of at least 1.
    """
    path = Path(path)
    if most is not None:
        most = whole("most", most, 1)
    try:
        codecs.lookup(encoding)
    except LookupError:
        raise DataError(
            f"Python knows no encoding {encoding!r}.", 'Name one such as "utf-8" or "latin-1".'
        ) from None
    kind = sniff(path)
    name = name or path.stem
    if kind == "fasttext-bin":
        return read_fasttext(path, encoding, name, licence)
    words, matrix = (
        read_binary(path, most, encoding)
        if kind == "word2vec-bin"
        else read_text(path, most, encoding, counted=kind == "text")
    )
    if not np.isfinite(matrix).all():
        row = int((~np.isfinite(matrix)).any(axis=1).argmax())
        raise DataError(
            f"In {path} the vector of {words[row]!r} is not finite.", "Download the file again, or leave it."
        )
    return WordVectors(words, matrix, name, licence=licence, source=path.name)
