"""Delete a person: what they handed in, their verdicts, tokens, marks and feedback."""

from __future__ import annotations

import json

from tlcourse.errors import CourseError
from tlcourse.grading import store
from tlcourse.grading.journal import read_journal
from tlcourse.grading.keeping import locked, writing
from tlcourse.grading.service.counting import publish
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.words import file_name, student_key

__all__ = ["forget_person"]


def forget_person(served: ServedClass, who: str) -> int:
    """Delete all that a class holds of a person; gives how many hand-ins that were.

    What is overwritten by it in the database cannot be read back from the file. The roster and backups are
    the instructor's to change.

    Parameters
    ----------
    served : ServedClass
    who : str
        As in the roster.

    Raises
    ------
    CourseError
        If the person is still in the roster, or one of the hand-ins is being judged now.
    """
    who = student_key(who)
    if served.people().get(who) is not None:
        raise CourseError(
            f"{who} is still in roster.csv.", "Take the line out first: it would be written into the tables."
        )
    with served.database.writing() as connection:
        running = connection.execute(
            "SELECT COUNT(*) FROM handins WHERE learner = ? AND state = 'running'", (who,)
        ).fetchone()[0]
        if running:
            raise CourseError(f"A hand-in of {who} is being judged now.", "Try again in a minute.")
        count = connection.execute("DELETE FROM handins WHERE learner = ?", (who,)).rowcount
        count += connection.execute("DELETE FROM predictions WHERE learner = ?", (who,)).rowcount
        connection.execute("DELETE FROM turns WHERE learner = ?", (who,))
        connection.execute("DELETE FROM tokens WHERE who = ?", (who,))  # and the sessions with them
    with served.database.open() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for out in sorted((served.folder / "chapters").glob("[0-9][0-9]")):
        _forget_in(served, out.name, who)
    for challenge in served.challenges:
        if served.challenges.out(challenge).exists():
            served.challenges.publish(challenge, served.people(), served.files)
    return count


def _forget_in(served: ServedClass, chapter: str, who: str) -> None:
    out = served.out(chapter)
    publish(served, chapter)
    with served.files, locked(out):
        with writing(out):
            store.forget(out, who)
            (out / "feedback" / f"{file_name(who)}.html").unlink(missing_ok=True)
        kept = [entry for entry in read_journal(out) if entry.get("student") != who]
        lines = "".join(json.dumps(entry) + "\n" for entry in kept)
        store.write_safely(out / "changes.jsonl", lines)
