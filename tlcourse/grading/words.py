"""Text from outside, made safe to show: nothing in it moves a cursor, turns a line round or fills a page.

A student chooses the names of files, the values that a finding shows and what the code prints. All of it is
cleaned twice: when a result is made, and when it is written.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Callable
from functools import cache

__all__ = ["BLOCK", "LINE", "clean", "clean_block", "file_name", "student_key", "without_strays"]

LINE = 2_000
"""Characters of a message or a name, at most."""
BLOCK = 200_000
"""Characters of code, or of what it printed, at most."""
_CUT = "… (cut)"
_JOINERS = "\u200c\u200d"  # Persian, Hindi and others are misspelt without them
_MARKS = 8  # on one letter; no language needs more


@cache
def _shown(character: str) -> str:
    """A character, or its number where it has no place of its own on a line."""
    kind = unicodedata.category(character)
    unseen = kind in ("Cc", "Cs", "Zl", "Zp") or ord(character) & 0xFFFE == 0xFFFE
    if kind == "Cf" and character not in _JOINERS:
        unseen = unicodedata.bidirectional(character) not in ("AN", "AL")
    if not unseen:
        return character
    number = ord(character)
    if 0xDC80 <= number <= 0xDCFF:  # a byte of a name that is not UTF-8, as `os.fsdecode` keeps it
        number -= 0xDC00
    if number < 0x100:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number < 0x10000 else f"\\U{number:08x}"


def _escaped(text: str, keep: str, most: int) -> str:
    cut = len(text) > most
    text = text[:most]
    if not text.isascii() or not text.isprintable():
        text = _few_marks("".join(c if c in keep else _shown(c) for c in text))
    # An escape is longer than what it stands for.
    cut = cut or len(text) > most
    return text[: most - len(_CUT)] + _CUT if cut else text


def _few_marks(text: str) -> str:
    """Text with at most so many accents on one letter: a tower of them covers the lines above."""
    if text.isascii():
        return text
    kept, marks = [], 0
    for character in text:
        marks = marks + 1 if unicodedata.combining(character) else 0
        if marks <= _MARKS:
            kept.append(character)
    return "".join(kept)


def clean(text: str, most: int = LINE) -> str:
    r"""One line: control characters, line ends and marks of direction as visible escapes, length bounded.

    Examples
    --------
    >>> clean("a\x1b[31mb\nc"), clean("caf\udce9"), clean("x\u202egpj.exe"), clean("Zo\u00eb")
    ('a\\x1b[31mb\\nc', 'caf\\xe9', 'x\\u202egpj.exe', 'Zoë')
    """
    return _escaped(text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t"), "", most)


def clean_block(text: str, most: int = BLOCK) -> str:
    """Lines: as `clean`, with line ends and tabs as they are."""
    return _escaped(text.replace("\r\n", "\n"), "\n\t", most)


def student_key(name: str) -> str:
    r"""The one way in which a student's name is written, wherever it came from.

    A file system may give a letter and its accent apart, a roster together: both are the same student.

    Examples
    --------
    >>> student_key("Zoe\u0308") == student_key("Zo\u00eb")
    True
    """
    return clean(unicodedata.normalize("NFC", name), 300)


def file_name(student: str) -> str:
    """A name for a student's files: safe on every system, and a different one for every student.

    Examples
    --------
    >>> file_name("ada"), file_name("../x"), file_name("Ada")
    ('ada', 'x=d6b96a97', 'Ada=99a563ab')
    """
    plain = re.sub(r"[^a-z0-9._-]+", "-", student)[:60].strip("-.")
    if plain == student and plain:
        return plain
    shown = re.sub(r"[^A-Za-z0-9._-]+", "-", student)[:60].strip("-.")
    # "=" is in no plain name, so none can pass for another's.
    return f"{shown or 'student'}={hashlib.sha256(student.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def without_strays(encoding: str | None) -> Callable[[str], str]:
    """A function that writes what a terminal's encoding lacks as escapes, so that printing cannot fail."""
    known = encoding or "utf-8"
    return lambda text: text.encode(known, "backslashreplace").decode(known)
