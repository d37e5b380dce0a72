"""Files of word vectors that somebody else wrote: Word2Vec, GloVe and FastText, told apart by their bytes.

gensim reads the binary formats. What is ours: finding out what a file is before gensim is asked, so that a
wrong or damaged one gives a sentence and not a traceback, and one value for all of them.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.embeddings.vectors import SubwordVectors, WordVectors
from tlcourse.errors import DataError

__all__ = ["FORMATS", "read_vectors", "sniff"]

#: fastText .bin; word2vec .bin; text that begins with counts (word2vec .txt, fastText .vec); text without.
FORMATS = ("fasttext-bin", "word2vec-bin", "text", "glove-text")

FASTTEXT_MAGIC = 793712314  # fasttext.cc, src/fasttext.cc: FASTTEXT_FILEFORMAT_MAGIC_INT32
_OTHER = {
    b"PK\x03\x04": "a zip archive (unpack it first)",
    b"\x1f\x8b": "a gzip archive (unpack it first: gunzip FILE)",
    b"\x80\x04\x95": "a Python pickle, which could run code when it is read",
    b"\x89HDF": "an HDF5 file",
    b"\x93NUMPY": "a NumPy array without words",
}


def sniff(path: str | Path) -> str:
    """Which of `FORMATS` a file is, from its first bytes.

    Raises
    ------
    DataError
        When it is missing, empty, or none of them; the message says what it looks like.
    """
    path = Path(path)
    try:
        with path.open("rb") as file:
            start = file.read(4096)
    except FileNotFoundError:
        raise DataError(f"There is no file {path}.", "Check the path; download the vectors first.") from None
    except OSError as error:
        raise DataError(
            f"The file {path} cannot be read: {error.strerror or error}.", "Give the path of a file."
        ) from None
    if not start:
        raise DataError(f"The file {path} is empty.", "Download it again: the download was cut short.")
    if len(start) >= 8 and struct.unpack("<i", start[:4])[0] == FASTTEXT_MAGIC:
        return "fasttext-bin"
    for magic, what in _OTHER.items():
        if start.startswith(magic):
            raise DataError(f"The file {path} is {what}, no file of word vectors.", _FIX)
    if len(start) > 10 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 100_000_000:
        raise DataError(f"The file {path} is in safetensors format, no file of word vectors.", _FIX)
    first, newline, rest = start.partition(b"\n")
    if newline and len(first) < 64 and _counts(first) is not None:
        return "text" if _is_text_row(rest, len(start) < 4096) else "word2vec-bin"
    if _is_text_row(start, len(start) < 4096):
        return "glove-text"
    raise DataError(f"The file {path} is in none of the formats of word vectors that the course reads.", _FIX)


_FIX = (
    "The course reads word2vec (.bin, .txt), GloVe (.txt) and fastText (.vec, .bin); of a zip archive the "
    "unpacked file."
)


def _counts(line: bytes) -> tuple[int, int] | None:
    """Words and dimensions of a first line "400000 300"."""
    parts = line.split()
    if len(parts) == 2 and all(part.isdigit() for part in parts) and int(parts[0]) and int(parts[1]):
        return int(parts[0]), int(parts[1])
    return None


def _is_text_row(start: bytes, whole: bool) -> bool:
    """Whether the bytes begin with a word and numbers written as text."""
    line, newline, _ = start.partition(b"\n")
    parts = line.rstrip().split(b" ")
    numbers = parts[1:] if newline or whole else parts[1:-1]  # the last number may be cut
    if not numbers:
        return False
    try:
        [float(number) for number in numbers[-2:]]
    except ValueError:
        return False
    return True


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
    most : int, optional
        Only the first so many words (not for fastText's ``.bin``): files list frequent words first.
    encoding : str
        Of the words.
    name, licence : str

    Returns
    -------
    WordVectors, or SubwordVectors for fastText's ``.bin``

    Raises
    ------
    DataError
        When the file is missing, empty, of another format, truncated, in another encoding, or holds numbers
        that are not finite. (A text cut inside its very last number cannot be told from a whole one.)
    """
    path = Path(path)
    kind = sniff(path)
    name = name or path.stem
    if kind == "fasttext-bin":
        return _read_fasttext(path, encoding, name, licence)
    words, matrix = (
        _read_binary(path, most, encoding)
        if kind == "word2vec-bin"
        else _read_text(path, most, encoding, counted=kind == "text")
    )
    if not np.isfinite(matrix).all():
        row = int((~np.isfinite(matrix)).any(axis=1).argmax())
        raise DataError(
            f"In {path} the vector of {words[row]!r} is not finite.", "Download the file again, or leave it."
        )
    return WordVectors(words, matrix, name, licence=licence, source=path.name)


def _truncated(path: Path, found: int, wanted: int | None = None) -> DataError:
    of = f" of {wanted}" if wanted else ""
    return DataError(
        f"The file {path} ends in the middle: it was read up to word {found}{of}.",
        "Download or copy it again: the copy was cut short. To use its beginning, pass most=.",
    )


def _wrong_encoding(path: Path, encoding: str, error: UnicodeDecodeError) -> DataError:
    return DataError(
        f"The words of {path} are not in {encoding}: {error.reason} at byte {error.start} of a word.",
        'Say which encoding they are in, for example encoding="latin-1".',
    )


def _read_text(path: Path, most: int | None, encoding: str, counted: bool) -> tuple[list[str], np.ndarray]:
    """Lines of a word and its numbers. By hand: gensim counts on a first line that GloVe's files lack."""
    words: list[str] = []
    rows: list[np.ndarray] = []
    seen: set[str] = set()
    wanted, dimensions = None, None
    with path.open("rb") as file:
        if counted:
            counts = _counts(file.readline())
            assert counts is not None  # sniff has looked
            wanted, dimensions = counts
        limit = min(x for x in (most, wanted, 1 << 60) if x is not None)
        for line in file:
            if len(rows) == limit:
                break
            text = line.rstrip(b" \r\n")
            if not text:
                continue
            # From the right: words of GloVe 840B hold spaces (". . .").
            parts = text.rsplit(b" ", dimensions) if dimensions else text.split(b" ")
            try:
                row = np.array(parts[1:], np.float32)
                word = parts[0].decode(encoding)
            except UnicodeDecodeError as error:
                raise _wrong_encoding(path, encoding, error) from None
            except ValueError:
                raise DataError(
                    f"Line {len(rows) + 1 + counted} of {path} is not a word followed by numbers: "
                    f"{text[:60]!r}.",
                    "Check that this is a file of word vectors and download it again.",
                ) from None
            dimensions = dimensions or len(row)
            if len(row) != dimensions:
                if not line.endswith(b"\n"):
                    raise _truncated(path, len(rows), wanted)
                raise DataError(
                    f"Line {len(rows) + 1 + counted} of {path} has {len(row)} numbers, the lines before it "
                    f"{dimensions}.",
                    "Download the file again: a line is damaged.",
                )
            if word not in seen:  # some published files repeat a word; the first is the frequent one
                seen.add(word)
                words.append(word)
                rows.append(row)
            elif wanted is not None:
                limit -= 1
    if len(rows) < limit and (wanted is not None or not rows):
        raise _truncated(path, len(rows), wanted)
    return words, np.stack(rows)


def _read_binary(path: Path, most: int | None, encoding: str) -> tuple[list[str], np.ndarray]:
    from gensim.models import KeyedVectors

    with path.open("rb") as file:
        counts = _counts(file.readline())
        assert counts is not None
        start = file.tell()
    # The least that so many words can take, before gensim makes an array for all of them.
    if (most is None) and path.stat().st_size - start < counts[0] * (4 * counts[1] + 2):
        raise _truncated(path, (path.stat().st_size - start) // (4 * counts[1] + 2), counts[0])
    try:
        vectors = KeyedVectors.load_word2vec_format(str(path), binary=True, limit=most, encoding=encoding)
    except EOFError:
        raise _truncated(path, 0, counts[0]) from None
    except UnicodeDecodeError as error:
        raise _wrong_encoding(path, encoding, error) from None
    except (ValueError, OSError) as error:
        raise DataError(f"The file {path} is not what word2vec writes: {error}.", _FIX) from None
    return list(vectors.index_to_key), np.asarray(vectors.vectors, np.float32)


def _read_fasttext(path: Path, encoding: str, name: str, licence: str) -> SubwordVectors:
    from gensim.models.fasttext import load_facebook_vectors

    again = "Download the file again; compressed models (.ftz) cannot be read, take the .bin."
    try:
        vectors: Any = load_facebook_vectors(str(path), encoding=encoding)
    except UnicodeDecodeError as error:
        raise _wrong_encoding(path, encoding, error) from None
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
    return SubwordVectors(words, matrix, name, vectors.get_vector, licence=licence, source=path.name)
