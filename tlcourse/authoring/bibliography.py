"""Reads book/references.bib, so that a citation in JupyterLab says who and when, and leads to the paper."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Reference", "read_bib"]

ACCENTS = {
    "'": "\u0301",
    "`": "\u0300",
    "^": "\u0302",
    '"': "\u0308",
    "~": "\u0303",
    "c": "\u0327",
    "v": "\u030c",
}


@dataclass(frozen=True)
class Reference:
    """One entry: family names of the authors, year, title, address (or empty)."""

    key: str
    authors: tuple[str, ...]
    year: str
    title: str
    url: str
    where: str = ""

    def short(self) -> str:
        """
        >>> Reference("he2018", ("He", "Girshick", "Dollár"), "2018", "Rethinking", "").short()
        'He et al. 2018'
        """
        names = self.authors
        who = " and ".join(names) if len(names) < 3 else f"{names[0]} et al."
        return f"{who or self.key} {self.year}".strip()

    def link(self) -> str:
        return f"[{self.short()}]({self.url})" if self.url else self.short()

    def entry(self) -> str:
        """The line of a list of references."""
        where = f" {self.where}." if self.where else ""
        title = f"[{self.title}]({self.url})" if self.url else self.title
        return f"{self.short()}. {title}.{where}"


def read_bib(path: Path) -> dict[str, Reference]:
    """The entries of a BibTeX file by key; empty if there is no file.

    Only what this course writes is understood: ``@type{key, field = {…} or "…" or 2018, …}``.
    """
    if not path.is_file():
        return {}
    return parse_bib(path.read_text(encoding="utf-8"))


def parse_bib(text: str) -> dict[str, Reference]:
    """
    >>> found = parse_bib('@article{a1, author = {Doe, Jane and Roe, Max}, title={On {T}ransfer}, year=2019}')
    >>> found["a1"].short()
    'Doe and Roe 2019'
    """
    found: dict[str, Reference] = {}
    for match in re.finditer(r"@(\w+)\s*\{\s*([^,\s{}]+)\s*,", text):
        if match[1].lower() in ("comment", "string", "preamble"):
            continue
        fields = _fields(text, match.end())
        url = fields.get("url", "")
        if not url and fields.get("doi"):
            url = "https://doi.org/" + fields["doi"]
        if not url and fields.get("eprint"):
            url = "https://arxiv.org/abs/" + fields["eprint"]
        where = fields.get("booktitle") or fields.get("journal") or fields.get("publisher") or ""
        people = tuple(
            _family(name) for name in re.split(r"\s+and\s+", fields.get("author", "")) if name.strip()
        )
        found[match[2]] = Reference(
            match[2], people, fields.get("year", ""), fields.get("title", ""), url, where
        )
    return found


def _fields(text: str, position: int) -> dict[str, str]:
    fields: dict[str, str] = {}
    pattern = re.compile(r"\s*,?\s*([\w-]+)\s*=\s*")
    while match := pattern.match(text, position):
        start = match.end()
        if start < len(text) and text[start] == "{":
            depth, end = 0, start
            while end < len(text):
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
                if depth == 0:
                    break
            value = text[start + 1 : end - 1]
        elif start < len(text) and text[start] == '"':
            depth, end = 0, start + 1
            while end < len(text) and (depth or text[end] != '"'):  # a quote inside braces is an accent
                depth += {"{": 1, "}": -1}.get(text[end], 0)
                end += 1
            value = text[start + 1 : end]
            end += 1
        else:
            plain = re.compile(r"[^,}\s]*").match(text, start)
            end = plain.end() if plain else start
            value = text[start:end]
        fields[match[1].lower()] = _plain(value)
        position = end
    return fields


def _plain(value: str) -> str:
    import unicodedata

    value = re.sub(
        r"\{?\\(['`^\"~cv])\s*\{?(\w)\}?\}?",
        lambda m: unicodedata.normalize("NFC", m[2] + ACCENTS[m[1]]),
        value,
    )
    return re.sub(
        r"\s+", " ", value.replace("{", "").replace("}", "").replace("\\&", "&").replace("--", "–")
    ).strip()


def _family(name: str) -> str:
    return name.split(",")[0].strip() if "," in name else name.split()[-1]
