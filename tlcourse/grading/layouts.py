"""Who handed a file in? What lies at the top of the class's folder says so, and no name further down.

A student chooses the names of everything inside their own folder, so those say nothing. An LMS's way to name
its download is believed only where the whole class is named that way.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

__all__ = ["Entry", "Owner", "owners"]

_MOODLE = re.compile(r"(?P<student>.+_\d+)_assignsubmission_(?:file|onlinetext)_?(?P<rest>.*)", re.DOTALL)
_CANVAS = re.compile(
    r"(?P<student>[^_]+)_(?P<late>LATE_)?(?P<user>\d+)_(?P<number>\d+)_(?P<rest>.+)", re.DOTALL
)
_FLAT = re.compile(r"(?P<name>\d\d-[a-z0-9-]+)_(?P<student>.+)", re.DOTALL)
_CHAPTER = re.compile(r"(?<!\d)\d\d-[a-z]")
_RESUBMITTED = re.compile(r"-(\d+)$")


@dataclass(frozen=True)
class Entry:
    """Something at the top: its name as it is there, and what it is.

    "notebook" stands for any file of the kind that is handed in.
    """

    name: str
    kind: str
    """"folder", "zip", "notebook" or "other"."""

    @property
    def label(self) -> str:
        """The name without the ending of a notebook or a zip."""
        return self.name.rpartition(".")[0] if self.kind in ("zip", "notebook") else self.name


@dataclass(frozen=True)
class Owner:
    """Whose an entry is.

    Attributes
    ----------
    student : str
        As the name gives it.
    source : str
        Entries with one source are parts of one hand-in; two sources of one student are a question.
    turn : int
        How often it was handed in before, as Canvas counts.
    late : bool
        Canvas says so.
    """

    student: str
    source: str
    turn: int = 0
    late: bool = False


def owners(entries: Collection[Entry]) -> tuple[dict[str, Owner], str]:
    """Whose each entry is.

    Parameters
    ----------
    entries : collection of Entry
        All that lies at the top. Those of kind "other" belong to somebody only where their name follows the
        whole class's pattern.

    Returns
    -------
    tuple of dict, and str
        Entry's name to its `Owner`; and a remark for the instructor, mostly "".
    """
    counted = [entry for entry in entries if entry.kind != "other"]
    for known, what in ((_moodle(counted), "Moodle"), (_canvas(counted), "Canvas")):
        if known is not None and len(known) == len(counted) and counted:
            pattern = _moodle if what == "Moodle" else _canvas
            extra = pattern([e for e in entries if e.kind == "other"], alone=True) or {}
            return {**extra, **known}, ""
    owner_of = {}
    for entry in entries:
        match = _FLAT.fullmatch(entry.label if entry.kind == "notebook" else entry.name.rpartition(".")[0])
        if entry.kind in ("folder", "zip"):
            owner_of[entry.name] = Owner(entry.label, entry.name)
        elif match and (entry.kind == "notebook" or (len(counted) > 0 and _all_flat(counted))):
            owner_of[entry.name] = Owner(match["student"], entry.name)
        elif entry.kind == "notebook":
            owner_of[entry.name] = Owner(entry.label, entry.name)
    return owner_of, _remark(counted)


def _all_flat(entries: Iterable[Entry]) -> bool:
    return all(entry.kind == "notebook" and _FLAT.fullmatch(entry.label) for entry in entries)


def _moodle(entries: Collection[Entry], alone: bool = False) -> dict[str, Owner] | None:
    """The entries that Moodle named."""
    owner_of = {}
    for entry in entries:
        label = entry.name.rpartition(".")[0] if entry.kind == "other" else entry.label
        if match := _MOODLE.fullmatch(label):
            owner_of[entry.name] = Owner(match["student"], match["student"])
    return owner_of


def _canvas(entries: Collection[Entry], alone: bool = False) -> dict[str, Owner] | None:
    """The entries that Canvas named; None where the names only look like it.

    Canvas gives files, not folders; a user's number belongs to one name, and files have numbers of their own.
    """
    matches: dict[str, re.Match[str]] = {}
    for entry in entries:
        label = entry.name.rpartition(".")[0] if entry.kind == "other" else entry.label
        match = _CANVAS.fullmatch(label)
        if match and entry.kind != "folder" and not _CHAPTER.match(match["student"]):
            matches[entry.name] = match
    names: dict[str, set[str]] = {}
    for match in matches.values():
        names.setdefault(match["user"], set()).add(match["student"])
    uses = Counter((m["student"], m["user"], m["number"]) for m in matches.values())
    if not alone:
        if any(len(who) > 1 for who in names.values()) or any(count > 1 for count in uses.values()):
            return None
        if len(names) < 2 and not all(_CHAPTER.search(m["rest"]) for m in matches.values()):
            return None
    owner_of = {}
    for name, match in matches.items():
        again = _RESUBMITTED.search(match["rest"])
        who = f"{match['student']}_{match['user']}"
        owner_of[name] = Owner(who, who, int(again[1][:9]) if again else 0, bool(match["late"]))
    return owner_of


def _remark(entries: Collection[Entry]) -> str:
    """Where most names are an LMS's and some are not, the instructor should know how they were read."""
    seen: Mapping[str, dict[str, Owner] | None] = {"Moodle": _moodle(entries), "Canvas": _canvas(entries)}
    for lms, known in seen.items():
        if known and len(known) > len(entries) / 2:
            other = next(entry.name for entry in entries if entry.name not in known)
            return (
                f"{len(known)} of {len(entries)} names look like a download from {lms}, but {other!r} does "
                "not, so whole names were taken for the students' names. If that is wrong, remove it and "
                "grade again."
            )
    return ""
