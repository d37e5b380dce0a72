"""Files of word vectors that somebody else wrote: Word2Vec, GloVe and FastText, told apart by their bytes.

gensim reads fastText's models. The other formats are read here, as strictly as they allow: a wrong or damaged
file gives a sentence and not a traceback, and never words or numbers that are not in it.
"""

from __future__ import annotations

import codecs
import itertools
import mmap
import re
import struct
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

from tlcourse.checks import whole
from tlcourse.embeddings.vectors import SubwordVectors, WordVectors
from tlcourse.errors import DataError

__all__ = ["FORMATS", "read_vectors", "sniff"]

#: fastText .bin; word2vec .bin; text that begins with counts (word2vec .txt, fastText .vec); text without.
FORMATS = ("fasttext-bin", "word2vec-bin", "text", "glove-text")

FASTTEXT_MAGIC = 793712314  # fasttext.cc, src/fasttext.cc: FASTTEXT_FILEFORMAT_MAGIC_INT32
_OTHER = {
    b"PK\x03\x04": "a zip archive (unpack it first)",
    b"\x1f\x8b": "a gzip archive (unpack it first: gunzip FILE)",
    b"BZh": "a bzip2 archive (unpack it first: bunzip2 FILE)",
    b"\xfd7zXZ": "an xz archive (unpack it first: unxz FILE)",
    b"\xff\xfe": "text in UTF-16 (save it as UTF-8 first)",
    b"\xfe\xff": "text in UTF-16 (save it as UTF-8 first)",
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
    for magic, description in _OTHER.items():
        if start.startswith(magic):
            raise DataError(f"The file {path} is {description}, no file of word vectors.", _FIX)
    if len(start) > 10 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 100_000_000:
        raise DataError(f"The file {path} is in safetensors format, no file of word vectors.", _FIX)
    whole = len(start) < 4096
    start = start.removeprefix(codecs.BOM_UTF8)
    first, newline, rest = start.partition(b"\n")
    counts = _counts(first) if len(first) < 64 else None
    if counts is not None and (newline or whole):
        if not rest.strip() and whole:
            raise DataError(
                f"The file {path} ends after its first line, which promises {counts[0]} words of {counts[1]} "
                "numbers.",
                "Download or copy it again: the copy was cut short.",
            )
        return "text" if _is_text_row(rest.lstrip(b" \t\r\n"), whole) else "word2vec-bin"
    if _is_text_row(start.lstrip(b" \t\r\n"), whole):
        return "glove-text"
    raise DataError(f"The file {path} is in none of the formats of word vectors that the course reads.", _FIX)


_FIX = (
    "The course reads word2vec (.bin, .txt), GloVe (.txt) and fastText (.vec, .bin); of a zip archive the "
    "unpacked file."
)


def _counts(line: bytes) -> tuple[int, int] | None:
    """Words and dimensions of a first line "400000 300"."""
    parts = line.split()
    if len(parts) == 2 and all(part.isdigit() for part in parts):
        return int(parts[0]), int(parts[1])
    return None


def _is_text_row(start: bytes, whole: bool) -> bool:
    """Whether the bytes begin with a word and numbers written as text."""
    line, newline, _ = start.partition(b"\n")
    parts = line.split()
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
        When the file is missing, empty, of another format, truncated, in another encoding; when its first
        line does not fit the rows; when it holds numbers that are not finite. (A text cut inside its very
        last number cannot be told from a whole one.)
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


class _Words:
    """Decodes words one by one, keeps the first of those that are equal, and counts the broken ones."""

    def __init__(self, path: Path, encoding: str) -> None:
        self.path, self.encoding = path, encoding
        self.rows: dict[str, int] = {}
        self.seen = self.broken = self.sound = 0

    def add(self, raw: bytes) -> bool:
        """Whether this word is new."""
        self.seen += 1
        try:
            word = raw.decode(self.encoding)
            self.sound += not raw.isascii()
        except UnicodeDecodeError:
            word = raw.decode(self.encoding, errors="replace")
            self.broken += 1
        if word in self.rows:
            return False
        self.rows[word] = len(self.rows)
        return True

    def checked(self) -> list[str]:
        """The words; a few broken ones get a warning.

        Raises
        ------
        DataError
            When most words beyond plain letters are broken: the file is in another encoding.
        """
        said = f"{self.broken} of {self.seen} words of {self.path} are not in {self.encoding}"
        if self.broken >= _MANY and self.broken > self.sound:
            raise DataError(f"{said}.", 'Say which encoding they are in, for example encoding="latin-1".')
        if self.broken:
            warnings.warn(
                f"{said}; U+FFFD stands in place of their broken bytes. If the file is in another encoding, "
                'say which, for example encoding="latin-1".',
                stacklevel=4,
            )
        return list(self.rows)


_MANY = 10  # so many broken words, and fewer sound ones, tell of another encoding
_LONGEST_WORD = 1 << 16
_WHOLE_NUMBER = re.compile(rb"[-+]?\d+")
_DIGITS = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_NUMBER = re.compile(_DIGITS.pattern + rb"|[-+]?(nan|inf)", re.IGNORECASE)


def _numbers_at_the_end(line: bytes) -> int:
    """How many fields at the end of a line are numbers; its first field is a word, whatever it looks like."""
    fields = line.split()[1:]
    return len(list(itertools.takewhile(_NUMBER.fullmatch, reversed(fields))))


def _dimensions(path: Path, lines: Iterable[bytes], header: tuple[int, int] | None) -> int:
    """The numbers of a word: what the first line says and the rows have; without one, what most rows have.

    Raises
    ------
    DataError
        When no row has as many as the first line says.
    """
    lines = [line for line in lines if line.strip()]
    # The last line of a file that was cut short does not count.
    whole = [line for line in lines if line.endswith(b"\n")] or lines
    found = Counter(filter(None, map(_numbers_at_the_end, whole)))
    if header is None:
        return found.most_common(1)[0][0] if found else 1
    if found and header[1] not in found:
        raise DataError(
            f"The first line of {path} promises {header[0]} words of {header[1]} numbers, and its rows have "
            f"{found.most_common(1)[0][0]}.",
            "Correct the first line, or take it out, if you know the file; otherwise download it again.",
        )
    return header[1]


def _read_text(path: Path, most: int | None, encoding: str, counted: bool) -> tuple[list[str], np.ndarray]:
    """Lines of a word and its numbers. By hand: gensim counts on a first line that GloVe's files lack."""
    words = _Words(path, encoding)
    rows: list[np.ndarray] = []
    header, wanted = None, None
    with path.open("rb") as file:
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        if counted:
            header = _counts(file.readline())
            assert header is not None  # sniff has looked
            wanted = header[0]
        first = list(itertools.islice(file, 200))
        dimensions = _dimensions(path, first, header)
        for number, line in enumerate(itertools.chain(first, file), 1 + counted):
            if len(rows) == most:
                break
            text = line.rstrip()
            if not text:
                continue
            raw, row = _row(path, text, dimensions, number, line.endswith(b"\n"), words.seen, wanted)
            if words.add(raw):
                rows.append(row)
    if not rows or (wanted is not None and words.seen < wanted and len(rows) != most):
        raise _truncated(path, words.seen, wanted)
    if wanted is not None and words.seen > wanted:
        warnings.warn(
            f"The first line of {path} promises {wanted} words, and it has {words.seen}: all were read.",
            stacklevel=3,
        )
    return words.checked(), np.stack(rows)


def _row(
    path: Path, text: bytes, dimensions: int, number: int, ended: bool, before: int, wanted: int | None
) -> tuple[bytes, np.ndarray]:
    """A line's word and numbers.

    Raises
    ------
    DataError
        For another number of numbers, or something that is none.
    """
    again = "Download the file again: a line is damaged."
    for separator in (b" ", None):  # tabs and double spaces only where single spaces do not fit
        # From the right: words of GloVe 840B hold spaces (". . .").
        parts = text.rsplit(separator, dimensions)
        try:
            row = np.array(parts[1:], np.float32)
        except ValueError:
            continue
        if len(row) == dimensions:
            break
    else:
        if not ended:
            raise _truncated(path, before, wanted)
        found = _numbers_at_the_end(text)
        if len(text.split()) == found + 1:
            raise DataError(
                f"Line {number} of {path} has {found} numbers, and others have {dimensions}.", again
            )
        raise DataError(
            f"Line {number} of {path} is not a word followed by numbers: {text[:60]!r}.",
            "Check that this is a file of word vectors and download it again.",
        )
    word = parts[0]
    inside = word.split()
    # "area 51 0.12 0.34" is a word with a space in it; "area 0.51 0.12 0.34" has a number too many.
    decimals = not any(_WHOLE_NUMBER.fullmatch(field) for field in parts[1:])
    if (
        len(inside) > 1
        and _DIGITS.fullmatch(inside[-1])
        and not (decimals and _WHOLE_NUMBER.fullmatch(inside[-1]))
    ):
        raise DataError(
            f"Line {number} of {path} has {_numbers_at_the_end(text)} numbers, and others have {dimensions}.",
            again,
        )
    return (word.lstrip(b" \t") or word), row


def _read_binary(path: Path, most: int | None, encoding: str) -> tuple[list[str], np.ndarray]:
    """Words, each followed by a space and its numbers, float32, lowest byte first."""
    words = _Words(path, encoding)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = len(codecs.BOM_UTF8) if data[:3] == codecs.BOM_UTF8 else 0
        end = data.find(b"\n") + 1
        header = _counts(data[at:end])
        assert header is not None  # sniff has looked
        (count, dimensions), at = header, end
        size = 4 * dimensions
        if not count or not dimensions:
            raise DataError(f"The first line of {path} promises no words, or words of no numbers.", _FIX)
        limit = count if most is None else min(most, count)
        # The least that so many words can take, before an array is made for all of them.
        if len(data) - at < limit * (size + 1):
            raise _truncated(path, (len(data) - at) // (size + 1), count)
        matrix = np.empty((limit, dimensions), np.float32)
        for number in range(limit):
            space = data.find(b" ", at, at + _LONGEST_WORD)
            if space < 0 and at + _LONGEST_WORD < len(data):
                raise DataError(
                    f"The file {path} is not what word2vec writes: word {number + 1} has no end.", _FIX
                )
            if space < 0 or space + 1 + size > len(data):
                raise _truncated(path, number, count)
            # Some files have a new line after each vector.
            if words.add(data[at:space].lstrip(b"\r\n")):
                matrix[len(words.rows) - 1] = np.frombuffer(data[space + 1 : space + 1 + size], "<f4")
            at = space + 1 + size
        left = len(data[at : at + _LONGEST_WORD].strip(b" \r\n\0")) if limit == count else 0
    if left:
        raise DataError(
            f"The first line of {path} promises {count} words of {dimensions} numbers, and more bytes "
            "follow.",
            "Download the file again: its first line does not fit it.",
        )
    return words.checked(), matrix[: len(words.rows)]


def _read_fasttext(path: Path, encoding: str, name: str, licence: str) -> WordVectors:
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
