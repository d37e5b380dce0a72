"""Word vectors as text: GloVe, and word2vec and fastText's .vec, which begin with counts."""

from __future__ import annotations

import codecs
import itertools
import re
import warnings
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from tlcourse.embeddings.files.formats import counts_of
from tlcourse.embeddings.files.words import Words, truncated
from tlcourse.errors import DataError

__all__ = ["read_text"]

_WHOLE_NUMBER = re.compile(rb"[-+]?\d+")
_DIGITS = re.compile(rb"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_NUMBER = re.compile(_DIGITS.pattern + rb"|[-+]?(nan|inf)", re.IGNORECASE)
_DAMAGED = "Download the file again: a line is damaged."


def read_text(path: Path, most: int | None, encoding: str, counted: bool) -> tuple[list[str], np.ndarray]:
    """Lines of a word and its numbers. By hand: gensim counts on a first line that GloVe's files lack."""
    words = Words(path, encoding)
    rows: list[np.ndarray] = []
    header, wanted = None, None
    with path.open("rb") as file:
        if file.read(3) != codecs.BOM_UTF8:
            file.seek(0)
        if counted:
            header = counts_of(file.readline())
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
        raise truncated(path, words.seen, wanted)
    if wanted is not None and words.seen > wanted:
        warnings.warn(
            f"The first line of {path} promises {wanted} words, and it has {words.seen}: all were read.",
            stacklevel=3,
        )
    return words.checked(), np.stack(rows)


def _dimensions(path: Path, lines: Iterable[bytes], header: tuple[int, int] | None) -> int:
    """The numbers of a word: what the first line says and the rows have; without one, what most rows have.

    Raises
    ------
    DataError
        When no row has as many as the first line says.
    """
    lines = [line for line in lines if line.strip()]
    # The last line of a file that was cut short does not count.
    ended = [line for line in lines if line.endswith(b"\n")] or lines
    rows_by_length = Counter(filter(None, map(_numbers_at_the_end, ended)))
    if header is None:
        return rows_by_length.most_common(1)[0][0] if rows_by_length else 1
    if rows_by_length and header[1] not in rows_by_length:
        raise DataError(
            f"The first line of {path} promises {header[0]} words of {header[1]} numbers, and its rows have "
            f"{rows_by_length.most_common(1)[0][0]}.",
            "Correct the first line, or take it out, if you know the file; otherwise download it again.",
        )
    return header[1]


def _row(
    path: Path, text: bytes, dimensions: int, number: int, ended: bool, before: int, wanted: int | None
) -> tuple[bytes, np.ndarray]:
    """A line's word and numbers.

    Raises
    ------
    DataError
        If there are more or fewer numbers than ``dimensions``, or if something is not a number.
    """
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
            raise truncated(path, before, wanted)
        raise _damaged(path, text, dimensions, number)
    word, numbers = parts[0], parts[1:]
    if _has_number_too_many(word, numbers):
        raise DataError(
            f"Line {number} of {path} has {_numbers_at_the_end(text)} numbers, and others have {dimensions}.",
            _DAMAGED,
        )
    return (word.lstrip(b" \t") or word), row


def _damaged(path: Path, text: bytes, dimensions: int, number: int) -> DataError:
    """What is wrong with a line that has too few numbers, or something else where numbers belong."""
    count = _numbers_at_the_end(text)
    if len(text.split()) == count + 1:
        return DataError(
            f"Line {number} of {path} has {count} numbers, and others have {dimensions}.", _DAMAGED
        )
    return DataError(
        f"Line {number} of {path} is not a word followed by numbers: {text[:60]!r}.",
        "Check that this is a file of word vectors and download it again.",
    )


def _has_number_too_many(word: bytes, numbers: list[bytes]) -> bool:
    """Whether a word that holds spaces ends in one of the vector's numbers.

    "area 51 0.12 0.34" is a word with a space in it; "area 0.51 0.12 0.34" has a number too many.
    """
    fields = word.split()
    if len(fields) < 2 or not _DIGITS.fullmatch(fields[-1]):
        return False
    decimals = not any(_WHOLE_NUMBER.fullmatch(number) for number in numbers)
    return not (decimals and _WHOLE_NUMBER.fullmatch(fields[-1]))


def _numbers_at_the_end(line: bytes) -> int:
    """How many fields at the end of a line are numbers; its first field is a word, whatever it looks like."""
    fields = line.split()[1:]
    return len(list(itertools.takewhile(_NUMBER.fullmatch, reversed(fields))))
