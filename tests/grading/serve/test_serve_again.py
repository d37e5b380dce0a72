"""Where the machine is to blame, a hand-in is tried again; where the notebook is, it is judged as ever."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace

import psutil
import pytest
from patience import comes_true
from small_class import ROOT, SETTINGS, form_key, hand_in, log_in, make_folder, notebook, quick, running

from tlcourse.grading import reader as reader_module
from tlcourse.grading.model import NotGradedError, Result, StarvedError
from tlcourse.grading.reader import Reader
from tlcourse.grading.roster import Student
from tlcourse.grading.sandbox.watching import seconds_in_line
from tlcourse.grading.service import queue as queue_module
from tlcourse.grading.service.database import Database
from tlcourse.grading.service.handins import HandIns
from tlcourse.grading.service.queue import WAITS, Queue
from tlcourse.grading.service.settings import ChapterSettings, ClassSettings

ADA, ALAN = Student("ada"), Student("alan")
ONE_EACH = ClassSettings(chapters={"00": ChapterSettings(hand_ins=1)})


@pytest.fixture
def database(tmp_path):
    return Database(tmp_path / "service.db")


def accept(database, person, request):
    return HandIns(database).accept(person, "00", "a.ipynb", b"{}", request, ONE_EACH)


def let_time_pass(database, seconds):
    with database.writing() as connection:
        connection.execute("UPDATE handins SET not_before = not_before - ?", (seconds,))


def test_it_waits_longer_each_time_and_others_go_on(database):
    queue = Queue(database)
    accept(database, ADA, "one")
    accept(database, ALAN, "two")
    for number, seconds in enumerate(WAITS):
        handin = queue.claim()
        assert (handin.learner, handin.tries, handin.begun) == ("ada", number, 1)
        assert queue.try_later(handin)
        # Its wait is its own: the next learner's turn comes at once.
        other = queue.claim()
        if number == 0:
            assert other.learner == "alan"
            queue.finish(other, Result(student="alan", chapter="00", status="graded"))
        else:
            assert other is None
        let_time_pass(database, seconds - 1)
        assert queue.claim() is None
        let_time_pass(database, 1.1)
    assert list(WAITS) == sorted(set(WAITS))
    assert not queue.try_later(queue.claim())


def test_a_restart_keeps_how_often_it_was_tried_and_until_when_it_waits(database, tmp_path):
    queue = Queue(database)
    accept(database, ADA, "one")
    queue.try_later(queue.claim())
    again = Queue(Database(tmp_path / "service.db"))
    again.recover()
    assert again.claim() is None
    let_time_pass(database, WAITS[0])
    handin = again.claim()
    assert handin.tries == 1
    # Killed while it runs for the second time: the count of tries is the same.
    last = Queue(Database(tmp_path / "service.db"))
    assert last.recover() == 1
    assert last.claim().tries == 1


def test_what_was_given_up_is_not_counted_and_can_be_reopened(database):
    queue, handins = Queue(database), HandIns(database)
    accept(database, ADA, "one")
    given_up = queue.claim()
    blamed = Result(student="ada", chapter="00", status="not graded", reason="the service could not judge it")
    queue.finish(given_up, blamed, given_up=True)
    assert [each.public for each in handins.given_up()] == [given_up.public]
    # The class allows one hand-in, and this is the first one that counts.
    second = accept(database, ADA, "two")
    queue.finish(queue.claim(), Result(student="ada", chapter="00", status="graded"))
    assert not queue.reopen(second.public)
    assert queue.reopen(given_up.public)
    again = queue.claim()
    assert (again.public, again.tries, again.given_up, again.result) == (given_up.public, 0, False, None)


def test_a_database_of_the_version_before_is_taken_over(tmp_path):
    path = tmp_path / "service.db"
    accept(Database(path), ADA, "one")
    connection = sqlite3.connect(path)
    for column in ("tries", "not_before"):
        connection.execute(f"ALTER TABLE handins DROP COLUMN {column}")
    connection.execute("DROP TABLE predictions")
    connection.execute("PRAGMA user_version = 1")
    connection.commit()
    connection.close()
    assert Queue(Database(path)).claim().tries == 0
    assert Queue(Database(path)).try_later(HandIns(Database(path)).everything()[0])


@pytest.fixture
def impatient(monkeypatch):
    monkeypatch.setattr(queue_module, "WAITS", (0.05, 0.1))


def starved(times, how="died"):
    """A judge whose machine has no time at first."""
    left = iter(range(times))

    @contextlib.contextmanager
    def made(first):
        with quick(first) as judge:

            def judged(task):
                if next(left, None) is None:
                    return judge(task)
                if how == "raised":
                    raise BrokenProcessPool("no process")
                if how == "no fork":
                    raise BlockingIOError("fork")
                return replace(judge(task), starved=True) if how == "slow" else StarvedError("it died")

            yield judged

    return made


@pytest.mark.parametrize("how", ["raised", "no fork", "slow"])
def test_whatever_the_machine_does_another_try_follows(tmp_path, impatient, how):
    with running(make_folder(tmp_path / "class"), starved(1, how)) as client:
        hand_in(client, client.served.tokens.make("ada"))
        everything = client.served.handins.everything
        assert comes_true(lambda: everything()[0].state == "done")
        assert (everything()[0].tries, everything()[0].result.status) == (1, "graded")
        assert not everything()[0].result.notes


def test_a_verdict_comes_after_all_and_the_learner_reads_that_it_is_judged_again(tmp_path, monkeypatch):
    monkeypatch.setattr(queue_module, "WAITS", (2.5,))
    with running(make_folder(tmp_path / "class"), starved(1)) as client:
        ada = client.served.tokens.make("ada")
        handed = hand_in(client, ada).json()
        asked = f"/api/hand-ins/{handed['id']}"
        state = {}

        def again():
            state.clear()
            state.update(client.get(asked, headers={"Authorization": f"Bearer {ada}"}).json())
            return state.get("again")

        assert comes_true(again)
        assert state["state"] == "waiting"
        log_in(client, ada)
        assert "judged again" in client.get(handed["path"]).text
        home = client.get("/").text
        assert "is judged again" in home
        assert "not graded" not in home
        assert comes_true(lambda: again() is None and state["state"] == "done")
        assert state["status"] == "graded"
        assert "feedback for Ada L." in client.get(handed["path"]).text


def test_after_the_last_try_the_service_takes_the_blame_and_the_instructor_lets_it_be_judged(
    tmp_path, impatient
):
    settings = SETTINGS.replace("hand_ins = 100", "hand_ins = 1")
    with running(make_folder(tmp_path / "class", settings), starved(3)) as client:
        ada, teacher = (
            client.served.tokens.make("ada"),
            client.served.tokens.make("instructor K", "instructor"),
        )
        handed = hand_in(client, ada).json()
        path = f"/api/hand-ins/{handed['id']}"

        def state():
            return client.get(path, headers={"Authorization": f"Bearer {ada}"}).json()

        assert comes_true(lambda: state()["state"] == "done")
        assert state()["status"] == "not judged"
        log_in(client, ada)
        assert "not your fault" in client.get(handed["path"]).text
        assert "0 of 1 hand-ins used" in client.get("/").text
        button = f"/class/hand-ins/{handed['id']}/again"
        key = form_key(client.get("/").text)
        assert client.post(button, data={"form_key": key}).status_code == 404
        log_in(client, teacher)
        page = client.get("/class").text
        assert "Not judged" in page
        assert "it died" in page
        assert client.post(button, data={"form_key": "forged"}).status_code == 403
        client.post(button, data={"form_key": form_key(page)})
        assert comes_true(lambda: state()["state"] == "done" and state()["status"] == "graded")
        assert "Not judged" not in client.get("/class").text
        assert hand_in(client, ada).status_code == 403


def test_a_notebook_that_is_to_blame_is_refused_at_once(tmp_path):
    with running(make_folder(tmp_path / "class"), quick) as client:
        ada = client.served.tokens.make("ada")
        for content in (b"no JSON", b"[" * 100_000, b'{"cells": 3}'):
            handed = hand_in(client, ada, content).json()
            path = f"/api/hand-ins/{handed['id']}"
            get = lambda path=path: client.get(path, headers={"Authorization": f"Bearer {ada}"}).json()  # noqa: E731
            assert comes_true(lambda get=get: get()["state"] == "done")
            assert get()["status"] == "not graded"
        assert all(each.tries == 0 and not each.given_up for each in client.served.handins.everything())


def test_a_reader_that_somebody_ends_is_the_machines_doing(monkeypatch):
    with Reader(ROOT, "00") as reader:
        reader.open(notebook(), "a.ipynb")
        # Stopped, as by a machine that gives it no time: nothing of its processor time is used.
        monkeypatch.setattr(reader_module, "_WALL", 0.5)
        os.kill(reader._process.pid, signal.SIGSTOP)
        with pytest.raises(StarvedError, match="did not get through it"):
            reader.open(notebook(), "a.ipynb")
        monkeypatch.setattr(reader_module, "_WALL", 60.0)
        assert reader.open(notebook(), "a.ipynb").answered > 0
        # The kernel ends the largest process when memory is short.
        os.kill(reader._process.pid, signal.SIGSTOP)
        end = threading.Timer(0.3, os.kill, (reader._process.pid, signal.SIGKILL))
        end.start()
        assert reader.open(notebook(), "a.ipynb").answered > 0


def test_a_reader_that_cannot_be_started_is_the_machines_doing(monkeypatch):
    monkeypatch.setattr(reader_module.sys, "executable", "/nowhere/python")
    with Reader(ROOT, "00") as reader, pytest.raises(StarvedError, match="could not be started"):
        reader.open(notebook(), "a.ipynb")


def test_a_notebook_that_uses_the_readers_time_up_is_to_blame():
    with Reader(ROOT, "00") as reader:
        reader.open(notebook(), "a.ipynb")
        process = reader._process
        os.kill(process.pid, signal.SIGSTOP)
        # What the kernel sends to a process whose processor time is used up.
        end = threading.Timer(
            0.3, lambda: [os.kill(process.pid, s) for s in (signal.SIGXCPU, signal.SIGCONT)]
        )
        end.start()
        with pytest.raises(NotGradedError, match="took more than 20 seconds") as caught:
            reader.open(notebook(), "a.ipynb")
    assert not isinstance(caught.value, StarvedError)


def test_who_waits_for_a_processor_is_told_from_who_sleeps():
    core = {min(os.sched_getaffinity(0))}
    spin = [sys.executable, "-c", "while True: pass"]
    sleep = [sys.executable, "-c", "import time; time.sleep(60)"]
    started = [
        subprocess.Popen(each, preexec_fn=lambda: os.sched_setaffinity(0, core)) for each in (spin,) * 3
    ]
    started.append(subprocess.Popen(sleep))
    try:
        begun = time.monotonic()
        busy = [psutil.Process(each.pid) for each in started[:1]]
        # Three share one processor: each waits for about two thirds of the time.
        assert comes_true(lambda: seconds_in_line(busy) > 0.6)
        assert seconds_in_line(busy) < time.monotonic() - begun + 1
        assert seconds_in_line([psutil.Process(started[-1].pid)]) < 0.5
    finally:
        for each in started:
            each.kill()
            each.wait()
