"""A class's folder, opened: its settings, its roster, its database, its secret seed."""

from __future__ import annotations

import hmac
import threading
from functools import cached_property
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.grading import store
from tlcourse.grading.command import chapter_title
from tlcourse.grading.judging import Settings
from tlcourse.grading.record import load_record
from tlcourse.grading.roster import Roster, read_roster
from tlcourse.grading.sandbox.proof import Secrets
from tlcourse.grading.service.challenges import Challenges
from tlcourse.grading.service.database import BUSY_SECONDS, Database
from tlcourse.grading.service.handins import HandIn, HandIns
from tlcourse.grading.service.queue import Queue
from tlcourse.grading.service.settings import ChapterSettings, read_settings
from tlcourse.grading.service.tokens import Tokens

__all__ = ["ServedClass"]


class ServedClass:
    """What the parts of the service share.

    Parameters
    ----------
    folder : pathlib.Path
        With ``course.toml`` and ``roster.csv``. ``service.db``, ``seed.txt`` and ``chapters/`` are made.
    root : pathlib.Path
        The course's folder.
    busy_seconds : float
        How long to wait where another program has the database.

    Raises
    ------
    CourseError
        If the settings, the roster or the database cannot be used.
    """

    def __init__(self, folder: Path, root: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.folder, self.root = folder.resolve(), root.resolve()
        self.settings = read_settings(self.folder / "course.toml")
        for chapter in self.settings.chapters:  # what is wrong with the course is found before anything runs
            for side in ("torch", "keras"):
                load_record(self.root, chapter, side)
        self._roster_seen: tuple[float, int] | None = None
        self._roster = Roster()
        self._titles: dict[str, str] = {}
        self.people()
        self.database = Database(self.folder / "service.db", busy_seconds)
        self.handins, self.queue = HandIns(self.database), Queue(self.database)
        self.tokens = Tokens(self.database)
        self.challenges = Challenges(self.folder, self.settings, self.database)
        self.seed = store.read_seed(self.folder / "seed.txt")
        self.grading = Settings()
        self.files = threading.Lock()
        """Held by whoever writes below ``chapters/``."""

    @cached_property
    def secrets(self) -> Secrets:
        """What no answer may see: the course's solutions, this whole folder, and labels of challenges."""
        labels = [self.folder / each.settings.folder for each in self.challenges]
        return Secrets.of(self.root, self.folder, *labels)

    def people(self) -> Roster:
        """The roster, read again where the file has changed; a broken change leaves the last good one."""
        path = self.folder / "roster.csv"
        try:
            about = path.stat()
        except OSError:
            if self._roster_seen is not None:
                return self._roster
            raise CourseError(
                f"There is no roster.csv in {self.folder}.", "It is a CSV with a column `student`."
            ) from None
        seen = (about.st_mtime, about.st_size)
        if seen != self._roster_seen:
            try:
                self._roster, self._roster_seen = read_roster(path), seen
            except CourseError:
                if self._roster_seen is None:
                    raise
        return self._roster

    def out(self, chapter: str) -> Path:
        """Where a chapter's marks are written, as `tlcourse grade --out` does."""
        return self.folder / "chapters" / chapter

    def rules(self, chapter: str) -> ChapterSettings:
        """How a chapter is handed in; the usual, where it is not in the settings any more."""
        return self.settings.chapters.get(chapter, ChapterSettings())

    def title(self, chapter: str) -> str:
        """What pages call a chapter."""
        if chapter not in self._titles:
            self._titles[chapter] = chapter_title(self.root, chapter)
        return self._titles[chapter]

    def seed_for(self, handin: HandIn) -> int:
        """The secret seed of one hand-in: its own, unless the class is to have the same inputs each time."""
        if self.settings.same_inputs:
            return self.seed
        made = hmac.digest(str(self.seed).encode(), handin.public.encode(), "sha256")
        return int.from_bytes(made[:8]) % 10**18
