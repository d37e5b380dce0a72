"""Texts converted for a notebook and for the site, in the fixture course."""

from __future__ import annotations

from pathlib import Path

from tlcourse.authoring.bibliography import read_bib
from tlcourse.authoring.myst import Context, convert

FIXTURES = Path(__file__).parent / "fixtures"
CLAIMS = {
    "acc": {"value": 0.7612, "n": 5, "spread": 0.021, "fmt": ".2f"},
    "time": {"value": 12.3, "unit": "s"},
}


def context(flavour: str = "lab", framework: str = "torch") -> Context:
    return Context(
        flavour,  # type: ignore[arg-type]
        framework,
        "00-first-steps",
        FIXTURES / "course/book/chapters",
        claims=CLAIMS,
        references=read_bib(FIXTURES / "course/book/references.bib"),
        titles={"00-first-steps": "First steps", "01-second": "Second"},
        labels={"start": "00-first-steps", "more": "01-second"},
    )


def lab(text: str) -> str:
    where = context()
    shown = convert(text, 1, where)
    assert not where.problems
    return shown


def site(text: str, framework: str = "torch") -> str:
    where = context("site", framework)
    shown = convert(text, 1, where)
    assert not where.problems
    return shown
