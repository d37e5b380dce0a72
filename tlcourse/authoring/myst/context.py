"""What a conversion needs to know of the chapter and the course, and what it finds on its way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tlcourse.authoring.bibliography import Reference

__all__ = ["Context"]


@dataclass
class Context:
    """What the conversion of one chapter's prose needs to know, and what it finds.

    Attributes
    ----------
    flavour : "lab" or "site"
    framework, chapter : str
        Which notebook the text is for.
    folder : Path
        Folder of the chapter's source; images are named relative to it.
    claims : mapping or None
        Recorded entries by name; None writes ``…`` for every claim (to validate, or before an execution).
    references : mapping of key to Reference, or None
        The entries of ``references.bib``; None accepts every key.
    titles : mapping
        Chapter name to title.
    labels : mapping
        Label to the name of the chapter that defines it.
    problems : list of (line, problem, fix)
        Mistakes found, in order.
    attachments : dict
        Pictures of the cell being converted, as nbformat wants them; the caller empties it between cells.
    footnotes : dict of label to number
        The footnotes met so far, numbered over the chapter.
    cited : list of str
        The keys cited so far, for the list of references.
    """

    flavour: Literal["lab", "site"]
    framework: str
    chapter: str
    folder: Path
    claims: Mapping[str, Mapping[str, Any]] | None = None
    references: Mapping[str, Reference] | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    problems: list[tuple[int, str, str]] = field(default_factory=list)
    attachments: dict[str, dict[str, str]] = field(default_factory=dict)
    footnotes: dict[str, int] = field(default_factory=dict)
    cited: list[str] = field(default_factory=list)

    @property
    def lab(self) -> bool:
        """Whether the text is for a notebook in JupyterLab."""
        return self.flavour == "lab"

    def mistake(self, line: int, problem: str, fix: str) -> None:
        """Note a mistake of the author."""
        self.problems.append((line, problem, fix))

    def footnote(self, label: str) -> int:
        """The number of a footnote."""
        return self.footnotes.setdefault(label, len(self.footnotes) + 1)
