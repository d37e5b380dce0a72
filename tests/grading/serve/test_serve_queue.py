"""Hand-ins are stored before they are confirmed; learners take turns; what stops the storing says so."""

from __future__ import annotations

import datetime as dt
import os
import sqlite3
import stat

import pytest
from small_class import make_folder

from tlcourse.errors import CourseError
from tlcourse.grading.model import Result
from tlcourse.grading.roster import Student
from tlcourse.grading.service.database import Database, UnavailableError
from tlcourse.grading.service.handins import HandIns, RefusedError
from tlcourse.grading.service.queue import Queue
from tlcourse.grading.service.settings import ChapterSettings, ClassSettings, read_settings
from tlcourse.grading.service.tokens import Tokens

ADA, ALAN = Student("ada"), Student("alan")
OPEN = ClassSettings(waiting=50, per_hour=50, chapters={"00": ChapterSettings(hand_ins=50)})
NOON = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)


@pytest.fixture
def database(tmp_path):
    return Database(tmp_path / "service.db", busy_seconds=0.2)


def accept(database, person, request, settings=OPEN, **more):
    return HandIns(database).accept(person, "00", "a.ipynb", b"{}", request, settings, **more)


def graded(handin):
    return Result(student=handin.learner, chapter="00", status="graded", framework="torch")


def test_learners_take_turns_and_each_has_one_answer_running(database):
    queue = Queue(database)
    for number in range(4):
        accept(database, ADA, f"ada-{number}")
    for number in range(2):
        accept(database, ALAN, f"alan-{number}")
    first, second = queue.claim(), queue.claim()
    assert [first.learner, second.learner] == ["ada", "alan"]
    # Both have one running: nobody else may begin, though four are waiting.
    assert queue.claim() is None
    assert queue.lengths() == (4, 2)
    order = []
    for done in (first, second):
        assert queue.finish(done, graded(done))
    while (turn := queue.claim()) is not None:
        order.append(turn.learner)
        queue.finish(turn, graded(turn))
    assert order == ["ada", "alan", "ada", "ada"]


def test_the_database_itself_forbids_a_second_answer_that_runs(database):
    accept(database, ADA, "one")
    accept(database, ADA, "two")
    with pytest.raises(sqlite3.IntegrityError), database.writing() as connection:
        connection.execute("UPDATE handins SET state = 'running'")


def test_a_verdict_is_given_once(database):
    queue = Queue(database)
    accept(database, ADA, "one")
    handin = queue.claim()
    assert queue.finish(handin, graded(handin))
    assert not queue.finish(handin, graded(handin))
    assert queue.recover() == 0
    assert queue.claim() is None


def test_what_was_running_when_the_process_ended_is_judged_by_the_next(database, tmp_path):
    queue = Queue(database)
    accept(database, ADA, "one")
    queue.claim()
    again = Queue(Database(tmp_path / "service.db"))
    assert again.claim() is None
    assert again.recover() == 1
    assert again.claim().begun == 2


def test_what_could_not_be_judged_through_nobodys_fault_waits_as_if_never_begun(database):
    queue = Queue(database)
    accept(database, ADA, "one")
    queue.put_back(queue.claim())
    assert queue.claim().begun == 1


def test_the_same_request_twice_is_one_hand_in(database):
    first = accept(database, ADA, "same")
    assert accept(database, ADA, "same") == first
    # Another learner's request of that name is another one.
    assert accept(database, ALAN, "same") != first
    assert len(HandIns(database).everything()) == 2


@pytest.mark.parametrize(
    ("rules", "settings", "person", "hour", "words"),
    [
        ({"due": NOON}, {}, ADA, 13, "nothing is taken after that"),
        ({"due": NOON}, {}, ADA, 11, ""),
        ({"due": NOON}, {}, Student("ada", due=NOON + dt.timedelta(hours=2)), 13, ""),
        ({"due": NOON, "late_policy": "per-day=10%"}, {}, ADA, 13, ""),
        ({"due": NOON, "late_policy": "per-day=10%,closed=2h"}, {}, ADA, 15, "nothing is taken after that"),
        ({"opens": NOON}, {}, ADA, 11, "can be handed in from"),
        ({"hand_ins": 2}, {}, ADA, 11, "You have handed chapter 0 in 2 times"),
        ({}, {"waiting": 2}, ADA, 11, "still waiting"),
        ({}, {"per_hour": 2}, ADA, 11, "2 times within an hour"),
        ({}, {"largest_mb": 0.000001}, ADA, 11, "larger than 1e-06 MB"),
    ],
)
def test_rules(database, rules, settings, person, hour, words):
    chapter = ChapterSettings(**{"hand_ins": 50, **rules})
    chosen = ClassSettings(**{"waiting": 50, "per_hour": 50, **settings}, chapters={"00": chapter})
    for number in range(2):
        accept(database, ADA, f"before-{number}", now=(NOON - dt.timedelta(hours=1, seconds=20)).timestamp())
    moment = NOON.replace(hour=hour).timestamp()
    if words:
        with pytest.raises(RefusedError, match=words):
            accept(database, person, "now", chosen, now=moment)
    else:
        assert accept(database, person, "now", chosen, now=moment).state == "waiting"


def test_one_that_cannot_be_graded_is_not_counted(database):
    settings = ClassSettings(chapters={"00": ChapterSettings(hand_ins=1)})
    queue = Queue(database)
    accept(database, ADA, "broken", settings)
    handin = queue.claim()
    queue.finish(handin, Result(student="ada", chapter="00", status="not graded", reason="it is empty"))
    second = accept(database, ADA, "good", settings)
    queue.finish(queue.claim(), graded(second))
    with pytest.raises(RefusedError, match="in 1 times"):
        accept(database, ADA, "third", settings)


def test_a_locked_database_is_a_clear_word_and_nothing_is_half_stored(database, tmp_path):
    other = sqlite3.connect(tmp_path / "service.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(UnavailableError, match="locked by another program"):
        accept(database, ADA, "one")
    other.execute("ROLLBACK")
    other.close()
    assert HandIns(database).everything() == []
    assert accept(database, ADA, "one").state == "waiting"


def test_a_full_disk_is_a_clear_word(database, monkeypatch):
    opened = Database.open

    def small(self):
        manager = opened(self)

        class Small:
            def __enter__(self):
                connection = manager.__enter__()
                # SQLite's own limit: a page more, and it says what it says on a full disk.
                pages = connection.execute("PRAGMA page_count").fetchone()[0]
                connection.execute(f"PRAGMA max_page_count = {pages + 2}")
                return connection

            def __exit__(self, *error):
                return manager.__exit__(*error)

        return Small()

    monkeypatch.setattr(Database, "open", small)
    with pytest.raises(UnavailableError, match="The disk is full"):
        HandIns(database).accept(ADA, "00", "a.ipynb", b"x" * 500_000, "one", OPEN)
    monkeypatch.undo()
    assert HandIns(database).everything() == []


def test_only_the_owner_can_read_the_database(tmp_path):
    before = os.umask(0)
    try:
        Database(tmp_path / "class" / "service.db")
    finally:
        os.umask(before)
    folder = tmp_path / "class"
    assert stat.S_IMODE((folder / "service.db").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_tokens_are_stored_as_hashes_only(database, tmp_path):
    tokens = Tokens(database)
    token = tokens.make("ada")
    session = tokens.begin_session(token)
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        assert token.encode() not in content
        assert session.encode() not in content


def test_a_token_ends_when_it_expires_or_is_taken_back_and_its_sessions_with_it(database):
    tokens = Tokens(database)
    old, good, other = tokens.make("ada", days=-1), tokens.make("ada"), tokens.make("alan")
    assert tokens.person(old) is None
    assert tokens.begin_session(old) is None
    session, others = tokens.begin_session(good), tokens.begin_session(other)
    assert tokens.in_session(session).who == "ada"
    assert tokens.without(["ada", "alan", "grace"]) == ["grace"]
    assert tokens.revoke("ada") == 2
    assert tokens.person(good) is None
    assert tokens.in_session(session) is None
    assert tokens.in_session(others).who == "alan"
    assert tokens.person(good[:-1]) is None
    assert tokens.person("") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "has no chapter"),
        ("[chapter.2]\n", "is not a chapter"),
        ('[chapter."02"]\ndue = "tomorrow"', "is not a time"),
        ('[chapter."02"]\ndue = 2026-11-25T18:00:00', "no time zone"),
        ('[chapter."02"]\ncounts = "all"', "has no meaning"),
        ('[chapter."02"]\nlate_policy = "free"', "not part of a late policy"),
        ('per_hour = 0\n[chapter."02"]', "has no meaning"),
        ('same_inputs = 1\n[chapter."02"]', "has no meaning"),
        ('address = "class.org"\n[chapter."02"]', "has no meaning"),
        ('colour = "red"\n[chapter."02"]', "is not a setting"),
        ("= 1", "not valid TOML"),
    ],
)
def test_a_wrong_setting_is_named(tmp_path, text, words):
    path = make_folder(tmp_path / "class", text) / "course.toml"
    with pytest.raises(CourseError, match=words):
        read_settings(path)


def test_settings_for_all_chapters_and_for_one(tmp_path):
    text = 'counts = "best"\nhand_ins = 3\n[chapter."00"]\n'
    text += '[chapter."02"]\nhand_ins = 5\ndue = 2026-11-25T18:00:00Z\n'
    settings = read_settings(make_folder(tmp_path / "class", text) / "course.toml")
    assert settings.chapters["00"] == ChapterSettings(hand_ins=3, counts="best")
    assert settings.chapters["02"].hand_ins == 5
    assert settings.chapters["02"].due == dt.datetime(2026, 11, 25, 18, tzinfo=dt.UTC)
