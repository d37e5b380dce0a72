"""What readers search for in words of their own: index entries, page by page in ``book/search.yml``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from docutils import nodes
from sphinx import addnodes

from tlcourse.errors import SourceError

__all__ = ["FILE", "add_phrases", "read_phrases"]

FILE = "search.yml"


def read_phrases(book: Path) -> dict[str, list[str]]:
    """The phrases of each page; nothing where there is no such file.

    Parameters
    ----------
    book : Path
        The folder with the file.

    Returns
    -------
    dict
        Of a page's or a chapter's name, with ``#anchor`` behind it or without, to its phrases.

    Raises
    ------
    SourceError
        The file says something else than lists of phrases.
    """
    path = book / FILE
    if not path.is_file():
        return {}
    said = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    for page, phrases in said.items():
        if not isinstance(phrases, list) or not all(isinstance(phrase, str) and phrase for phrase in phrases):
            raise SourceError(
                f"The phrases of {page!r} are not a list of words.",
                "Write them as `page: [a phrase, another one]`.",
                f"book/{FILE}",
            )
    return said


def add_phrases(document: nodes.document, page: str, phrases: dict[str, list[str]]) -> None:
    """Put a page's phrases into it as entries of the index, which show nothing.

    Parameters
    ----------
    document : docutils document
        Changed.
    page : str
        Its name; a chapter's ends with that of the chapter.
    phrases : dict
        As `read_phrases` gives them.

    Raises
    ------
    SourceError
        The page has no such anchor.
    """
    section = next(iter(document.findall(nodes.section)), None)
    for place, words in phrases.items():
        name, _, anchor = place.partition("#")
        if section is None or name != page.rpartition("/")[2]:
            continue
        if anchor and anchor not in document.ids:
            raise SourceError(
                f"The page {name} has no anchor {anchor!r}.", "Name one of its headings.", f"book/{FILE}"
            )
        target = anchor or section["ids"][0]
        entries: list[Any] = [("single", phrase, target, "main", None) for phrase in words]
        section.insert(1, addnodes.index(entries=entries))
