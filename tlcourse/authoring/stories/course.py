"""All chapters of a course: what their two frameworks disagree about, but for what differs by design."""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase
from pathlib import Path

from tlcourse.authoring.stories.rules import compare
from tlcourse.claims import claims_path, read_claims
from tlcourse.errors import CourseError
from tlcourse.frameworks import FRAMEWORKS

__all__ = ["chapters_in", "disagreements"]


def chapters_in(folder: str | Path) -> list[str]:
    """The chapters with recorded claims in either framework, under a folder such as ``book/claims``."""
    return sorted(
        {path.stem for framework in FRAMEWORKS for path in Path(folder).glob(f"{framework}/*.json")}
    )


def disagreements(folder: str | Path, by_design: Mapping[tuple[str, str], str] | None = None) -> list[str]:
    """Everything that the frameworks disagree about, in all chapters.

    Parameters
    ----------
    folder : path
        ``book/claims``.
    by_design : mapping, optional
        ``(chapter, claim) -> reason`` for what may differ; both may hold ``*``. A pair of a story is its two
        names, in order of the alphabet, with a space between.

    Returns
    -------
    list of str
        A message each; also for an entry of ``by_design`` that nothing needs.

    Raises
    ------
    CourseError
        If an entry has no reason, or there are no claims in the folder.
    """
    allowed = dict(by_design or {})
    for (chapter, name), reason in allowed.items():
        if not reason.strip():
            raise CourseError(
                f"{chapter}, {name!r} is listed as different by design without a reason.", "Write why."
            )
    chapters = chapters_in(folder)
    if not chapters:
        raise CourseError(f"There are no claims in {folder}.", "Run `tlcourse build` in the course.")
    messages: list[str] = []
    used: set[tuple[str, str]] = set()
    for chapter in chapters:
        torch, keras = (read_claims(claims_path(folder, one, chapter)).claims for one in FRAMEWORKS)
        for name, message in compare(chapter, torch, keras).items():
            excuses = {key for key in allowed if fnmatchcase(chapter, key[0]) and fnmatchcase(name, key[1])}
            used |= excuses
            if not excuses:
                messages.append(message)
    messages += [
        f"Chapter {chapter}: {name!r} is listed as different by design, and does not differ."
        "\n  What to do: take it off the list."
        for chapter, name in sorted(set(allowed) - used)
    ]
    return messages
