"""What a build did, or would have done."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["BuildReport"]


@dataclass
class BuildReport:
    """What a build did, or would have done; paths are relative to the course's folder.

    Attributes
    ----------
    executed, written, unchanged, removed : list of str
    kept : list of str
        Learner's notebooks with work in them, left as they are.
    moved : list of (str, str)
        Learner's notebooks with work in them, put aside because the course's copy changed.
    stale : list of str
        Solutions whose outputs do not belong to the code as it is.
    differences : list of str
        With ``check``: files that a build would change.
    checked : bool
        Whether it was a check, which writes nothing.
    """

    executed: list[str] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    kept: list[str] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    stale: list[str] = field(default_factory=list)
    differences: list[str] = field(default_factory=list)
    checked: bool = False

    @property
    def ok(self) -> bool:
        """Whether a check found no difference; a build that came to its end is ok."""
        return not (self.checked and (self.differences or self.stale))

    def __str__(self) -> str:
        if self.checked:
            count = len(set(self.differences) | set(self.stale))
            if self.ok:
                return "Compiled files agree with their sources."
            return f"{count} files differ: run `tlcourse build` (with --force if you edited a notebook)."
        return (
            f"{len(self.executed)} executed, {len(self.written)} written, {len(self.unchanged)} unchanged, "
            f"{len(self.removed)} removed"
        )
