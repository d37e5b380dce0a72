"""The service's database: one SQLite file, written ahead, so that a kill at any moment loses nothing."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from tlcourse.errors import CourseError
from tlcourse.grading.keeping import private_folder, writing

__all__ = ["BUSY_SECONDS", "Database", "UnavailableError"]

BUSY_SECONDS = 5.0
"""How long one writer waits for another before it gives up."""
_VERSION = 2
_PREDICTIONS = """\
CREATE TABLE predictions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    learner TEXT NOT NULL,
    challenge TEXT NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    file_digest TEXT NOT NULL,
    request TEXT NOT NULL,
    received REAL NOT NULL,
    number INTEGER,                         -- of the try; NULL for a file that was none
    digest TEXT,                            -- of what it predicts
    labels TEXT,                            -- what it predicts
    reason TEXT NOT NULL DEFAULT '',        -- why it was no try
    advice TEXT NOT NULL DEFAULT '',
    UNIQUE (learner, request)
);
CREATE UNIQUE INDEX tries_of ON predictions (challenge, learner, number) WHERE number IS NOT NULL;
"""
_SCHEMA = f"""
CREATE TABLE tokens (
    hash TEXT PRIMARY KEY,                  -- SHA-256; the token itself is nowhere
    who TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('learner', 'instructor')),
    made REAL NOT NULL,
    expires REAL,
    revoked REAL
);
CREATE TABLE sessions (
    hash TEXT PRIMARY KEY,
    token TEXT NOT NULL REFERENCES tokens (hash) ON DELETE CASCADE,
    expires REAL NOT NULL
);
CREATE TABLE handins (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    public TEXT NOT NULL UNIQUE,            -- in addresses: nothing can be guessed from it
    learner TEXT NOT NULL,
    chapter TEXT NOT NULL,
    name TEXT NOT NULL,
    content BLOB NOT NULL,
    digest TEXT NOT NULL,
    request TEXT NOT NULL,                  -- the same request twice is one hand-in
    received REAL NOT NULL,
    state TEXT NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'running', 'done')),
    begun INTEGER NOT NULL DEFAULT 0,       -- how often judging has begun
    tries INTEGER NOT NULL DEFAULT 0,       -- how often the machine, and not the file, was why it failed
    not_before REAL NOT NULL DEFAULT 0,     -- when it may be tried again
    status TEXT,                            -- of the result; 'given up' where the service is to blame
    result TEXT,
    finished REAL,
    UNIQUE (learner, request)
);
CREATE INDEX handins_of ON handins (learner, chapter);
CREATE INDEX handins_open ON handins (state) WHERE state <> 'done';
CREATE UNIQUE INDEX one_running ON handins (learner) WHERE state = 'running';
CREATE TABLE turns (
    learner TEXT PRIMARY KEY,
    last INTEGER NOT NULL
);
{_PREDICTIONS}"""
_CHANGES = {
    1: f"""
ALTER TABLE handins ADD COLUMN tries INTEGER NOT NULL DEFAULT 0;
ALTER TABLE handins ADD COLUMN not_before REAL NOT NULL DEFAULT 0;
{_PREDICTIONS}""",
}
"""From each version to the next."""


class UnavailableError(CourseError):
    """The database cannot be used now: it is locked, or the disk is full. Nobody's work is lost by it."""


class Database:
    """The file of a class, made if it is missing.

    Parameters
    ----------
    path : pathlib.Path
    busy_seconds : float
        How long to wait for another writer.

    Raises
    ------
    UnavailableError
        If it cannot be opened, or another version of the course wrote it.
    """

    def __init__(self, path: Path, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path, self._busy = path, busy_seconds
        private_folder(path.parent)
        with writing(path):
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            path.chmod(0o600)
        with self.open() as connection:
            connection.execute("PRAGMA journal_mode = WAL")
        with self.writing() as connection:
            version = connection.execute("PRAGMA user_version").fetchone()[0]
            if version > _VERSION:
                raise UnavailableError(
                    f"{path} was written by another version of the course.", "Update the course."
                )
            changes = [_SCHEMA] if version == 0 else [_CHANGES[each] for each in range(version, _VERSION)]
            for statement in ";\n".join(changes).split(";\n"):
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {_VERSION}")

    @contextlib.contextmanager
    def open(self) -> Iterator[sqlite3.Connection]:
        """A connection for reading; each thread and each block has its own.

        Raises
        ------
        UnavailableError
        """
        with _explained(self.path):
            connection = sqlite3.connect(self.path, timeout=self._busy, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                # FULL: a hand-in that was confirmed survives a power cut as well.
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA foreign_keys = ON")
                connection.execute("PRAGMA secure_delete = ON")
                yield connection
            finally:
                connection.close()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A transaction: all of it, or nothing if the block raises.

        Raises
        ------
        UnavailableError
        """
        with self.open() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with contextlib.suppress(sqlite3.Error):
                    connection.execute("ROLLBACK")
                raise


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.IntegrityError:
        raise
    except sqlite3.DatabaseError as error:
        text = str(error)
        if "locked" in text or "busy" in text:
            raise UnavailableError(
                "The class's database is locked by another program.",
                f"Close what has {path.name} open (a database browser, a backup), and try again.",
            ) from error
        if "full" in text or "disk I/O" in text:
            raise UnavailableError(
                "The disk is full: nothing can be stored.", "The instructor has to make room."
            ) from error
        raise UnavailableError(
            f"The class's database cannot be used ({text}).", "Restore a backup, or make a new class."
        ) from error
