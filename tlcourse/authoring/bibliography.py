"""Reads book/references.bib, so that a citation in JupyterLab says who and when, and leads to the paper."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tlcourse.errors import SourceError

if TYPE_CHECKING:
    from pybtex.database import Entry, Person

__all__ = ["Reference", "parse_bib", "read_bib"]


@dataclass(frozen=True)
class Reference:
    """One entry: its key, the authors' family names, year, title, address and where it appeared.

    What the file does not say is empty.
    """

    key: str
    authors: tuple[str, ...]
    year: str
    title: str
    url: str
    where: str = ""

    def short(self) -> str:
        """Who and when.

        Examples
        --------
        >>> Reference("he2018", ("He", "Girshick", "Dollár"), "2018", "Rethinking", "").short()
        'He et al. 2018'
        """
        names = self.authors
        who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
        return f"{who or self.key} {self.year}".strip()

    def link(self) -> str:
        """Who and when, leading to the paper if its address is known."""
        return f"[{self.short()}]({self.url})" if self.url else self.short()

    def entry(self) -> str:
        """The line of a list of references."""
        where = f" {self.where}." if self.where else ""
        title = f"[{self.title}]({self.url})" if self.url else self.title
        return f"{self.short()}. {title}.{where}"


def read_bib(path: Path) -> dict[str, Reference]:
    """The entries of a BibTeX file by key; empty if there is no file.

    Raises
    ------
    SourceError
        If the file is not BibTeX, with the line.
    """
    return parse_bib(path.read_text(encoding="utf-8"), f"book/{path.name}") if path.is_file() else {}


@functools.lru_cache(maxsize=8)  # every chapter asks for the same file
def parse_bib(text: str, file: str = "references.bib") -> dict[str, Reference]:
    """The entries of a BibTeX text by key.

    Parameters
    ----------
    text : str
        The entries.
    file : str
        Where they stand, for the messages.

    Raises
    ------
    SourceError
        If the text is not BibTeX, with the line.

    Examples
    --------
    >>> entries = parse_bib('@article{a1, author = {Doe, Jane and Roe, Max}, title={Transfer}, year=2019}')
    >>> entries["a1"].short()
    'Doe and Roe 2019'
    """
    from pybtex.database import BibliographyDataError, parse_string
    from pybtex.scanner import PybtexSyntaxError

    try:
        entries = parse_string(text, "bibtex").entries
    except PybtexSyntaxError as error:
        raise SourceError(
            f"The list of references cannot be read: {error}.", "Mend this entry.", file, error.lineno
        ) from None
    except BibliographyDataError as error:
        raise SourceError(
            f"The list of references cannot be read: {error}.", "Give every entry its own key.", file
        ) from None
    return {key: _reference(key, entry) for key, entry in entries.items()}


def _reference(key: str, entry: Entry) -> Reference:
    fields = {name.lower(): _plain(value) for name, value in entry.fields.items()}
    url = fields.get("url", "")
    if not url and fields.get("eprint"):  # free to read
        url = "https://arxiv.org/abs/" + fields["eprint"]
    if not url and fields.get("doi"):
        url = "https://doi.org/" + fields["doi"]
    where = fields.get("booktitle") or fields.get("journal") or fields.get("publisher") or ""
    if not where and fields.get("eprint"):
        where = "arXiv:" + fields["eprint"]
    people = tuple(_family(person) for person in entry.persons.get("author", []))
    return Reference(key, people, fields.get("year", ""), fields.get("title", ""), url, where)


def _family(person: Person) -> str:
    return _plain(" ".join([*person.prelast_names, *person.last_names]))


def _plain(value: str) -> str:
    """LaTeX as plain text: accents become letters, braces go."""
    from pybtex.richtext import Text

    return " ".join(str(Text.from_latex(value)).split())
