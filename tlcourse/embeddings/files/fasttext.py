"""fastText's models, read by gensim: subwords give unseen words a vector."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.embeddings.vectors import SubwordVectors, WordVectors
from tlcourse.errors import DataError

__all__ = ["read_fasttext"]


def read_fasttext(path: Path, encoding: str, name: str, licence: str) -> WordVectors:
    from gensim.models.fasttext import ft_ngram_hashes, load_facebook_vectors

    again = "Download the file again; compressed models (.ftz) cannot be read, take the .bin."
    try:
        vectors: Any = load_facebook_vectors(str(path), encoding=encoding)
    except Exception as error:  # gensim raises whatever struct, numpy or its own assertions raise
        raise DataError(
            f"The file {path} begins as a fastText model but cannot be read: "
            f"{type(error).__name__} {error}".rstrip()
            + ".",
            again,
        ) from None
    words, matrix = list(vectors.index_to_key), np.asarray(vectors.vectors, np.float32)
    if not words or not np.isfinite(matrix).all():
        raise DataError(f"The fastText model {path} holds no words, or numbers that are not finite.", again)
    if not vectors.bucket or not vectors.max_n:  # trained with -maxn 0: whole words only
        return WordVectors(words, matrix, name, licence=licence, source=path.name)

    def compose(word: str) -> np.ndarray | None:
        has_parts = len(ft_ngram_hashes(word, vectors.min_n, vectors.max_n, vectors.bucket)) > 0
        return np.asarray(vectors.get_vector(word)) if has_parts else None

    return SubwordVectors(words, matrix, name, compose, licence=licence, source=path.name)
