"""Citations in a notebook come from references.bib."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tlcourse.authoring.bibliography import parse_bib, read_bib
from tlcourse.errors import SourceError

ADDRESS = r"https://(arxiv\.org/abs/\d{4}\.\d{4,5}|doi\.org/10\.\d{4,}/\S+|(?!arxiv|doi)[\w.-]+/\S*)"


def test_entries() -> None:
    entries = parse_bib(
        '@article{a, title = {A {B} C}, author = "Müller, J{\\"o}rg", year = 2020, doi={10.1/x}}\n'
        "@misc{b,year={1}}\n"
        "@book{c, author={van den Oord, A{\\\"a}ron and H{\\'e}naff, Olivier J. and others}, year=2018}"
    )
    assert entries["a"].short() == "Müller 2020"
    assert entries["a"].url == "https://doi.org/10.1/x"
    assert entries["a"].title == "A B C"
    assert entries["b"].short() == "b 1"
    assert entries["c"].authors == ("van den Oord", "Hénaff", "others")
    assert entries["c"].short() == "van den Oord et al. 2018"


def test_a_file_that_is_not_there_has_no_entries(tmp_path: Path) -> None:
    assert read_bib(tmp_path / "references.bib") == {}


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("@misc{a, year=1}\n@misc{b, title={x}\n@misc{c, year=1}", 3, "expected"),
        ("@misc{a, title={x", 1, "premature end"),
        ("@misc{a, year=1}\n@misc{a, year=2}", None, "repeated bibliography entry: a"),
    ],
)
def test_a_damaged_file_says_where(tmp_path: Path, text: str, line: int | None, problem: str) -> None:
    path = tmp_path / "references.bib"
    path.write_text(text)
    with pytest.raises(SourceError, match=problem) as caught:
        read_bib(path)
    assert caught.value.file == "book/references.bib"
    assert caught.value.line == line
    assert "What to do" in str(caught.value)


def test_every_reference_leads_to_the_work() -> None:
    """By its number at arXiv, its DOI, or an address; none of them is checked over the network."""
    book = Path(__file__).resolve().parents[2] / "book"
    entries = read_bib(book / "references.bib")
    assert len(entries) > 100
    wrong = [key for key, entry in entries.items() if not re.fullmatch(ADDRESS, entry.url)]
    assert not wrong
    assert not re.search(r"(note|journal) = \{arXiv", (book / "references.bib").read_text(encoding="utf-8"))
