"""Word vectors in word2vec's binary format."""

from __future__ import annotations

import codecs
import mmap
from pathlib import Path

import numpy as np

from tlcourse.embeddings.files.formats import FIX, counts_of
from tlcourse.embeddings.files.words import Words, truncated
from tlcourse.errors import DataError

__all__ = ["read_binary"]

_LONGEST_WORD = 1 << 16


def read_binary(path: Path, most: int | None, encoding: str) -> tuple[list[str], np.ndarray]:
    """Words, each followed by a space and its numbers, float32, lowest byte first."""
    words = Words(path, encoding)
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        at = len(codecs.BOM_UTF8) if data[:3] == codecs.BOM_UTF8 else 0
        end = data.find(b"\n") + 1
        header = counts_of(data[at:end])
        assert header is not None  # sniff has looked
        (count, dimensions), at = header, end
        size = 4 * dimensions
        if not count or not dimensions:
            raise DataError(f"The first line of {path} promises no words, or words of no numbers.", FIX)
        limit = count if most is None else min(most, count)
        # The least space that so many words can need, checked before an array is made for all of them.
        if len(data) - at < limit * (size + 1):
            raise truncated(path, (len(data) - at) // (size + 1), count)
        matrix = np.empty((limit, dimensions), np.float32)
        for number in range(limit):
            space = data.find(b" ", at, at + _LONGEST_WORD)
            if space < 0 and at + _LONGEST_WORD < len(data):
                raise DataError(
                    f"The file {path} is not what word2vec writes: word {number + 1} has no end.", FIX
                )
            if space < 0 or space + 1 + size > len(data):
                raise truncated(path, number, count)
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
