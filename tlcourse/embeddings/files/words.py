"""The words of a file, decoded one by one, and the error for a file that ends too early."""

from __future__ import annotations

import warnings
from pathlib import Path

from tlcourse.errors import DataError

__all__ = ["Words", "truncated"]

_MANY = 10  # so many broken words, and fewer sound ones, are a sign of another encoding


class Words:
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
        problem = f"{self.broken} of {self.seen} words of {self.path} are not in {self.encoding}"
        if self.broken >= _MANY and self.broken > self.sound:
            raise DataError(f"{problem}.", 'Say which encoding they are in, for example encoding="latin-1".')
        if self.broken:
            warnings.warn(
                f"{problem}; U+FFFD stands in place of their broken bytes. If the file is in another "
                'encoding, say which, for example encoding="latin-1".',
                stacklevel=4,
            )
        return list(self.rows)


def truncated(path: Path, words: int, wanted: int | None = None) -> DataError:
    """The error for a file that ends after so many words."""
    of = f" of {wanted}" if wanted else ""
    return DataError(
        f"The file {path} ends in the middle: it was read up to word {words}{of}.",
        "Download or copy it again: the copy was cut short. To use its beginning, pass most=.",
    )
