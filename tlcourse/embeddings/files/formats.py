"""Which format a file of word vectors has, from its first bytes."""

from __future__ import annotations

import codecs
import struct
from pathlib import Path

from tlcourse.errors import DataError

__all__ = ["FIX", "FORMATS", "counts_of", "sniff"]

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

FIX = (
    "The course reads word2vec (.bin, .txt), GloVe (.txt) and fastText (.vec, .bin); of a zip archive the "
    "unpacked file."
)


def sniff(path: str | Path) -> str:
    """Which of `FORMATS` a file is, from its first bytes.

    Raises
    ------
    DataError
        When it is missing, empty, or in none of these formats; the message says what it looks like.
    """
    path = Path(path)
    start = _start_of(path)
    if len(start) >= 8 and struct.unpack("<i", start[:4])[0] == FASTTEXT_MAGIC:
        return "fasttext-bin"
    for magic, description in _OTHER.items():
        if start.startswith(magic):
            raise DataError(f"The file {path} is {description}, no file of word vectors.", FIX)
    if len(start) > 10 and start[8:9] == b"{" and int.from_bytes(start[:8], "little") < 100_000_000:
        raise DataError(f"The file {path} is in safetensors format, no file of word vectors.", FIX)
    is_whole = len(start) < 4096
    start = start.removeprefix(codecs.BOM_UTF8)
    first, newline, rest = start.partition(b"\n")
    counts = counts_of(first) if len(first) < 64 else None
    if counts is not None and (newline or is_whole):
        if not rest.strip() and is_whole:
            raise DataError(
                f"The file {path} ends after its first line, which promises {counts[0]} words of {counts[1]} "
                "numbers.",
                "Download or copy it again: the copy was cut short.",
            )
        return "text" if _is_text_row(rest.lstrip(b" \t\r\n"), is_whole) else "word2vec-bin"
    if _is_text_row(start.lstrip(b" \t\r\n"), is_whole):
        return "glove-text"
    raise DataError(f"The file {path} is in none of the formats of word vectors that the course reads.", FIX)


def _start_of(path: Path) -> bytes:
    """The first bytes of a file, at least one."""
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
    return start


def counts_of(line: bytes) -> tuple[int, int] | None:
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
