"""Whose turn is it? Learners take turns, each has one answer running, and every state is on the disk.

A process that is killed leaves its hand-ins "running"; the next one puts them back. A verdict is stored in
one step with the state "done", so a hand-in never gets a second one. Where the machine is to blame and not
the file, it waits for another try, each time for longer, and in the end it is given up.
"""

from __future__ import annotations

import time

from tlcourse.grading.model import Result
from tlcourse.grading.service.database import Database
from tlcourse.grading.service.handins import COLUMNS, HandIn

__all__ = ["WAITS", "Queue"]

WAITS = (5.0, 20.0, 60.0, 180.0)
"""Seconds before each further try of a hand-in that the machine had no time for."""


class Queue:
    """The hand-ins of a class that have no verdict yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def recover(self) -> int:
        """Put back what a process that is gone had begun; gives how many.

        To be called once, before anything is claimed, by the only service of the class.
        """
        with self._database.writing() as connection:
            return connection.execute("UPDATE handins SET state = 'waiting' WHERE state = 'running'").rowcount

    def claim(self) -> HandIn | None:
        """The next one to be judged, which is then "running"; None if nobody waits.

        Of the learners who have nothing running, the one whose last turn is longest ago; of this learner's
        hand-ins the oldest. One that is to be tried again later is passed over until then.
        """
        with self._database.writing() as connection:
            row = connection.execute(
                "SELECT id, handins.learner FROM handins LEFT JOIN turns ON turns.learner = handins.learner "
                "WHERE state = 'waiting' AND not_before <= ? AND NOT EXISTS (SELECT 1 FROM handins AS other "
                "WHERE other.learner = handins.learner AND other.state = 'running') "
                "ORDER BY COALESCE(turns.last, 0), id LIMIT 1",
                (time.time(),),
            ).fetchone()
            if row is None:
                return None
            connection.execute(
                "INSERT INTO turns (learner, last) "
                "VALUES (?, (SELECT COALESCE(MAX(last), 0) + 1 FROM turns)) "
                "ON CONFLICT (learner) DO UPDATE SET last = excluded.last",
                (row["learner"],),
            )
            connection.execute(
                "UPDATE handins SET state = 'running', begun = begun + 1 WHERE id = ?", (row["id"],)
            )
            found = connection.execute(f"SELECT {COLUMNS} FROM handins WHERE id = ?", (row["id"],)).fetchone()
            return HandIn.of(found)

    def finish(self, handin: HandIn, result: Result, *, given_up: bool = False) -> bool:
        """Store the verdict; False if the hand-in has one already, or was deleted meanwhile.

        Parameters
        ----------
        handin : HandIn
        result : Result
        given_up : bool
            There is none, and the service is to blame: it is not counted among the learner's hand-ins.
        """
        with self._database.writing() as connection:
            changed = connection.execute(
                "UPDATE handins SET state = 'done', status = ?, result = ?, finished = ? "
                "WHERE id = ? AND state = 'running'",
                ("given up" if given_up else result.status, result.model_dump_json(), time.time(), handin.id),
            ).rowcount
        return changed == 1

    def put_back(self, handin: HandIn) -> None:
        """It was not its learner's doing that it could not be judged: it waits again, as if never begun."""
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE handins SET state = 'waiting', begun = begun - 1 WHERE id = ? AND state = 'running'",
                (handin.id,),
            )

    def try_later(self, handin: HandIn) -> bool:
        """The machine had no time for it: it waits for another try; False if it had all of them."""
        if handin.tries >= len(WAITS):
            return False
        with self._database.writing() as connection:
            connection.execute(
                "UPDATE handins SET state = 'waiting', begun = begun - 1, tries = tries + 1, not_before = ? "
                "WHERE id = ? AND state = 'running'",
                (time.time() + WAITS[handin.tries], handin.id),
            )
        return True

    def reopen(self, public: str) -> bool:
        """Let one that was given up be judged after all, from the first try on; False if it was not."""
        with self._database.writing() as connection:
            changed = connection.execute(
                "UPDATE handins SET state = 'waiting', begun = 0, tries = 0, not_before = 0, status = NULL, "
                "result = NULL, finished = NULL WHERE public = ? AND status = 'given up'",
                (public,),
            ).rowcount
        return changed == 1

    def lengths(self) -> tuple[int, int]:
        """How many wait, and how many are judged now."""
        with self._database.open() as connection:
            rows = connection.execute(
                "SELECT state, COUNT(*) AS n FROM handins WHERE state <> 'done' GROUP BY state"
            ).fetchall()
        counts = {row["state"]: int(row["n"]) for row in rows}
        return counts.get("waiting", 0), counts.get("running", 0)
