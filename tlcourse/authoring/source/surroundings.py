"""What the converter needs to know of the course around a chapter: titles, labels, references."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tlcourse.authoring.bibliography import read_bib
from tlcourse.authoring.myst import Context, labels_in
from tlcourse.authoring.source.front_matter import title_of

__all__ = ["context_for"]


def context_for(path: Path, framework: str, flavour: str, claims: Mapping[str, Any] | None) -> Context:
    """The context in which the prose of one chapter is converted.

    Parameters
    ----------
    path : Path
        The chapter's source, in book/chapters.
    framework : "torch" or "keras"
    flavour : str
        "site", or any other for what JupyterLab shows.
    claims : mapping or None
        Recorded entries by name; None where there are none yet.
    """
    folder = path.parent
    chapters = sorted(folder.glob("*.md"))
    references = folder.parent / "references.bib"
    return Context(
        flavour="site" if flavour == "site" else "lab",
        framework=framework,
        chapter=path.stem,
        folder=folder,
        claims=claims,
        references=read_bib(references) if references.is_file() else None,
        titles={chapter.stem: title_of(chapter) for chapter in chapters},
        labels={label: chapter.stem for chapter in chapters for label in _labels_of(chapter)},
    )


def _labels_of(chapter: Path) -> set[str]:
    return labels_in(chapter.read_text(encoding="utf-8", errors="replace"))
