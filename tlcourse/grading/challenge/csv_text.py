"""From the bytes of something called .csv to its cells, each with its line; or one clear reason why not."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection
from dataclasses import dataclass

from tlcourse.grading.model import NotGradedError
from tlcourse.grading.words import clean

__all__ = ["Table", "read_table"]

_DELIMITERS = ",;\t|"
_MOST_ROWS = 1_000_000
_SAVE = "Save the table as CSV in UTF-8 and hand it in again."
_KINDS = (
    (b"PK\x03\x04", "a zip or an Excel workbook"),
    (b"\xd0\xcf\x11\xe0", "an old Excel workbook"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"%PDF", "a PDF"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x80\x04", "a pickle"),
    (b"\x80\x05", "a pickle"),
    (b"{", "JSON"),
    (b"<", "a web page"),
)


@dataclass(frozen=True)
class Table:
    """A table's cells.

    Attributes
    ----------
    header : tuple of str
        The first line that holds anything.
    rows : tuple of (int, tuple of str)
        The other lines that hold anything, each with its number in the file.
    delimiter : str
    header_line : int
    ended : bool
        Whether the last line has its end.
    notes : tuple of str
        What was odd about the file.
    """

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    delimiter: str
    header_line: int
    ended: bool
    notes: tuple[str, ...] = ()


def read_table(content: bytes, expected: Collection[str]) -> Table:
    """Take a table apart: UTF-8, UTF-16 or Windows-1252; commas, semicolons, tabs or upright lines.

    Parameters
    ----------
    content : bytes
    expected : collection of str
        Names in small letters that the header may have; the delimiter is the one that shows most of them.

    Raises
    ------
    NotGradedError
        If the bytes are no text or no table; the reason says what they are, or names the line.
    """
    text, notes = _text(content)
    lines = text.splitlines()
    named = re.fullmatch(r'"?sep=(.)"?', lines[0].strip()) if lines else None  # Excel's own way
    first = next((line for line in lines[1 if named else 0 :] if line.strip()), "")
    delimiter = named[1] if named else _delimiter(first, expected)
    table = _rows(text, delimiter)
    table = table[1:] if named else table
    if not table:
        raise NotGradedError("the file holds no table", _SAVE)
    (header_line, header), rows = table[0], table[1:]
    return Table(header, tuple(rows), delimiter, header_line, text.endswith(("\n", "\r")), notes)


def _text(content: bytes) -> tuple[str, tuple[str, ...]]:
    for begin, kind in _KINDS:
        if content.startswith(begin):
            raise NotGradedError(f"the file is {kind}, not a table as text", _SAVE)
    utf16 = _utf16(content)
    if utf16:
        try:
            return content.decode(utf16).removeprefix("\ufeff"), ("the file was in UTF-16",)
        except UnicodeDecodeError:
            raise NotGradedError("the file begins as UTF-16 text and then is damaged", _SAVE) from None
    if b"\x00" in content:
        line = content[: content.index(b"\x00")].count(b"\n") + 1
        raise NotGradedError(f"the file is not text: there is a zero byte in line {line}", _SAVE)
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
    # Windows-1252 leaves some bytes without a meaning, and text has no characters that cannot be seen.
    text = content.decode("cp1252", "replace")
    if any((ord(c) < 32 and c not in "\r\n\t") or c == "\ufffd" for c in text[:100_000]):
        raise NotGradedError(f"the file is not text: line {line} cannot be read in UTF-8", _SAVE)
    return text, (f"the file was not in UTF-8 (line {line}) and was read as Windows-1252",)


def _utf16(content: bytes) -> str | None:
    """The kind of UTF-16, if it is: by its mark, or because every second byte of the beginning is zero."""
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    begin = content[:64]
    if len(begin) >= 8 and len(begin) % 2 == 0:
        if not any(begin[1::2]) and all(begin[::2]):
            return "utf-16-le"
        if not any(begin[::2]) and all(begin[1::2]):
            return "utf-16-be"
    return None


def _delimiter(first: str, expected: Collection[str]) -> str:
    """The delimiter that shows the most expected names in the first line, or else the most cells."""

    def worth(delimiter: str) -> tuple[int, int]:
        try:
            cells = next(csv.reader([first], delimiter=delimiter))
        except (csv.Error, StopIteration):
            return 0, 0
        return sum(cell.strip().casefold() in expected for cell in cells), len(cells)

    return max(_DELIMITERS, key=worth)


def _rows(text: str, delimiter: str) -> list[tuple[int, tuple[str, ...]]]:
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True
    )
    rows: list[tuple[int, tuple[str, ...]]] = []
    before = 0
    try:
        for cells in reader:
            # A row's number is that of its first line: a quoted cell may go on over several.
            if any(cell.strip() for cell in cells):
                rows.append((before + 1, tuple(cells)))
            before = reader.line_num
            if len(rows) > _MOST_ROWS:
                raise NotGradedError(f"the table has more than {_MOST_ROWS:,} rows", _SAVE)
    except csv.Error as error:
        raise NotGradedError(
            f"the table cannot be read from line {before + 1} on ({clean(str(error), 100)})",
            "Look for a quotation mark that is not closed: the file may have been cut off there.",
        ) from None
    return rows
