"""Tokens: who may hand in. Each is shown once, when it is made; the database holds its hash only.

A token has 256 random bits, so nobody can guess one, and a plain hash is enough to store it.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass

from tlcourse.grading.service.database import Database

__all__ = ["Person", "Tokens"]

_SESSION_SECONDS = 12 * 3600.0


@dataclass(frozen=True)
class Person:
    """Whoever a token was made for.

    Attributes
    ----------
    who : str
        The student, as in the roster; or the instructor's name.
    role : {"learner", "instructor"}
    token : str
        The hash of the token that was shown.
    session : str
        The session's secret; "" for a request with the token itself.
    """

    who: str
    role: str
    token: str
    session: str = ""

    @property
    def teaches(self) -> bool:
        """Whether this is an instructor."""
        return self.role == "instructor"

    @property
    def form_key(self) -> str:
        """What each form of this session must bring along: a page of another site cannot know it."""
        return hashlib.sha256(f"form {self.session}".encode()).hexdigest() if self.session else ""


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


class Tokens:
    """The tokens of a class, and the browsers' sessions that were begun with them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def make(self, who: str, role: str = "learner", days: float | None = None) -> str:
        """A new token; those that the person has stay as they are.

        Parameters
        ----------
        who : str
        role : {"learner", "instructor"}
        days : float, optional
            After which it expires; never by default.

        Returns
        -------
        str
            To be shown now: it cannot be shown again.
        """
        token = f"tl_{secrets.token_urlsafe(32)}"
        now = time.time()
        with self._database.writing() as connection:
            connection.execute(
                "INSERT INTO tokens (hash, who, role, made, expires) VALUES (?, ?, ?, ?, ?)",
                (_hash(token), who, role, now, None if days is None else now + days * 86_400),
            )
        return token

    def without(self, people: Iterable[str]) -> list[str]:
        """Those of some people who have no token that is valid."""
        with self._database.open() as connection:
            rows = connection.execute(
                "SELECT DISTINCT who FROM tokens WHERE role = 'learner' AND revoked IS NULL "
                "AND (expires IS NULL OR expires > ?)",
                (time.time(),),
            ).fetchall()
        known = {row["who"] for row in rows}
        return [who for who in people if who not in known]

    def revoke(self, who: str) -> int:
        """End all tokens of a person, and the sessions with them; gives how many tokens were valid."""
        with self._database.writing() as connection:
            connection.execute(
                "DELETE FROM sessions WHERE token IN (SELECT hash FROM tokens WHERE who = ?)", (who,)
            )
            return connection.execute(
                "UPDATE tokens SET revoked = ? WHERE who = ? AND revoked IS NULL", (time.time(), who)
            ).rowcount

    def person(self, token: str) -> Person | None:
        """Whose token it is; None for one that is unknown, expired or revoked."""
        return self._valid("SELECT hash, who, role FROM tokens WHERE hash = ?", (_hash(token),))

    def begin_session(self, token: str) -> str | None:
        """A secret for a browser's cookie, in place of the token; None for a token that is not valid."""
        if self.person(token) is None:
            return None
        session, now = secrets.token_urlsafe(32), time.time()
        with self._database.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE expires < ?", (now,))
            connection.execute(
                "INSERT INTO sessions (hash, token, expires) VALUES (?, ?, ?)",
                (_hash(session), _hash(token), now + _SESSION_SECONDS),
            )
        return session

    def in_session(self, session: str) -> Person | None:
        """Whose session it is; None for one that has ended."""
        return self._valid(
            "SELECT tokens.hash, who, role FROM sessions JOIN tokens ON tokens.hash = sessions.token "
            "WHERE sessions.hash = ? AND sessions.expires > ?",
            (_hash(session), time.time()),
            session,
        )

    def end_session(self, session: str) -> None:
        """Log a browser out."""
        with self._database.writing() as connection:
            connection.execute("DELETE FROM sessions WHERE hash = ?", (_hash(session),))

    def _valid(self, query: str, values: tuple[object, ...], session: str = "") -> Person | None:
        query += " AND tokens.revoked IS NULL AND (tokens.expires IS NULL OR tokens.expires > ?)"
        with self._database.open() as connection:
            row = connection.execute(query, (*values, time.time())).fetchone()
        return None if row is None else Person(row["who"], row["role"], row["hash"], session)
