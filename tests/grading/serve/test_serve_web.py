"""The way of a hand-in over the network: taken, judged, shown to its learner and to the instructor."""

from __future__ import annotations

import contextlib
import csv
import io
import re
import sqlite3
import threading
import zipfile

import pytest
from patience import comes_true
from small_class import (
    PICK,
    ROOT,
    SETTINGS,
    form_key,
    hand_in,
    log_in,
    make_folder,
    notebook,
    quick,
    running,
    verdict,
)

from tlcourse.exercises import all_exercises
from tlcourse.grading.keeping import CannotWriteError
from tlcourse.grading.sandbox.errors import SandboxUnavailableError
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.worker import Judges

FULL = float(sum(exercise.points for exercise in all_exercises("00")))


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    with running(make_folder(tmp_path_factory.mktemp("web") / "class")) as client:
        for who in ("ada", "alan", "grace"):
            setattr(client, who, client.served.tokens.make(who))
        client.teacher = client.served.tokens.make("instructor Kim", "instructor")
        yield client


def learner_key(client, name):
    """An instructor's link to a learner."""
    return re.search(rf'/class/learners/(\w+)">{name}<', client.get("/class").text)[1]


def test_a_hand_in_gets_its_verdict_and_its_page(client):
    answer = hand_in(client, client.ada)
    assert answer.status_code == 201
    state = verdict(client, client.ada, answer.json()["id"])
    assert (state["status"], state["points"]) == ("graded", FULL)
    log_in(client, client.ada)
    page = client.get(state["path"]).text
    assert "feedback for Ada L." in page
    assert "From logits to a class" in page
    assert "<script" not in page
    home = client.get("/").text
    assert f"{FULL:g} of {FULL:g}" in home


def test_a_link_leads_through_the_login_to_the_page(client):
    handed = hand_in(client, client.ada).json()
    verdict(client, client.ada, handed["id"])
    client.cookies.clear()
    asked = client.get(handed["path"])
    assert asked.status_code == 401
    assert "feedback" not in asked.text
    data = {"form_key": form_key(asked.text), "token": client.ada, "to": handed["path"]}
    assert "feedback for Ada L." in client.post("/login", data=data).text


def test_the_form_hands_in_as_the_program_does(client):
    log_in(client, client.grace)
    home = client.get("/").text
    request = re.search(r'name="request" value="([^"]+)"', home)[1]
    fields = {"form_key": form_key(home), "request": request, "chapter": "00"}
    files = {"notebook": ("00-start-here.ipynb", notebook())}
    first = client.post("/hand-in", data=fields, files=files)
    assert first.status_code == 200
    # The browser's button for "send the form again".
    assert client.post("/hand-in", data=fields, files=files).url == first.url
    assert len(client.served.handins.of_learner("grace")) == 1
    handin = client.served.handins.of_learner("grace")[0]
    assert verdict(client, client.grace, handin.public)["points"] == FULL


@pytest.mark.parametrize(
    ("content", "words"),
    [(b"{", "not JSON"), (b"", "empty"), (b'{"not": "a notebook"}', "not a notebook")],
)
def test_what_cannot_be_graded_says_why_and_is_no_zero(client, content, words):
    state = verdict(client, client.alan, hand_in(client, client.alan, content).json()["id"])
    assert state["status"] == "not graded"
    assert words in state["reason"]
    assert "points" not in state


def test_the_instructor_sees_who_is_where_and_what_is_misunderstood(client):
    verdict(client, client.alan, hand_in(client, client.alan, notebook("wrong")).json()["id"])
    log_in(client, client.teacher)
    page = client.get("/class").text
    assert "takes the first" in page
    for name in ("Ada L.", "Alan T.", "Grace H."):
        assert name in page
    assert "NOT YET" in page
    assert "What was misunderstood" in client.get("/class/chapters/00").text
    history = client.get(f"/class/learners/{learner_key(client, 'Alan T.')}").text
    assert "not graded, because" in history


def test_a_mark_by_hand_is_in_the_tables_and_on_the_learners_page(client):
    log_in(client, client.teacher)
    key = learner_key(client, "Alan T.")
    form = form_key(client.get(f"/class/learners/{key}").text)
    data = {"form_key": form, "chapter": "00", "exercise": PICK, "points": "1,5", "reason": "right idea"}
    answer = client.post(f"/class/learners/{key}/mark", data=data)
    assert f"{FULL - 1.5:g} of {FULL:g}" in answer.text
    too_many = client.post(f"/class/learners/{key}/mark", data={**data, "points": "99"})
    assert too_many.status_code == 400
    assert "99 points are not between" in too_many.text
    rows = tables(client)
    assert rows["alan"][f"{PICK} state"] == "BY HAND"
    assert float(rows["alan"]["final_points"]) == FULL - 1.5
    handin = next(h for h in client.served.handins.of_learner("alan") if h.result.status == "graded")
    log_in(client, client.alan)
    assert "Marked by hand: right idea" in client.get(f"/hand-ins/{handin.public}").text


def tables(client):
    """The marks that an instructor downloads."""
    log_in(client, client.teacher)
    archive = zipfile.ZipFile(io.BytesIO(client.get("/class/chapters/00/marks.zip").content))
    assert not any("seed" in name for name in archive.namelist())
    text = archive.read("chapter-00/grades.csv").decode("utf-8-sig")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


def test_a_new_line_in_the_roster_lets_somebody_in_without_a_restart(client):
    token = client.served.tokens.make("hedy")
    assert hand_in(client, token).status_code == 401
    roster = client.served.folder / "roster.csv"
    roster.write_text(roster.read_text() + "hedy,Hedy L.\n")
    handed = hand_in(client, token)
    assert handed.status_code == 201
    # A roster that cannot be read any more locks nobody out.
    roster.write_text('student,name\n"ada')
    assert verdict(client, token, handed.json()["id"])["points"] == FULL


@pytest.mark.parametrize(("counts", "points"), [("last", FULL - 3), ("best", FULL)])
def test_the_last_counts_or_the_best(tmp_path, counts, points):
    folder = make_folder(tmp_path / "class", f'counts = "{counts}"\n{SETTINGS}')
    with running(folder) as client:
        client.teacher = client.served.tokens.make("instructor Kim", "instructor")
        token = client.served.tokens.make("ada")
        for content in (notebook(), notebook("wrong"), b"{"):
            handed = hand_in(client, token, content).json()
            verdict(client, token, handed["id"])
        assert float(tables(client)["ada"]["final_points"]) == points


@pytest.mark.parametrize(
    ("level", "seen", "unseen"),
    [("points", "NOT YET", "It takes the first class"), ("none", "received and judged", "NOT YET")],
)
def test_how_much_feedback_is_shown(tmp_path, level, seen, unseen):
    folder = make_folder(tmp_path / "class", f'feedback = "{level}"\n{SETTINGS}')
    with running(folder) as client:
        token = client.served.tokens.make("ada")
        state = verdict(client, token, hand_in(client, token, notebook("wrong")).json()["id"])
        assert ("points" in state) == (level == "points")
        log_in(client, token)
        page = client.get(state["path"]).text
        assert seen in page
        assert unseen not in page
        assert unseen not in client.get("/").text
        log_in(client, client.served.tokens.make("instructor Kim", "instructor"))
        assert "It takes the first class" in client.get(state["path"]).text


@pytest.mark.parametrize("error", [SandboxUnavailableError("No jail.", "x"), CannotWriteError("Full.", "x")])
def test_where_judging_stands_still_nothing_is_lost_and_the_instructor_reads_why(
    tmp_path, monkeypatch, error
):
    monkeypatch.setattr("tlcourse.grading.service.worker._PAUSE", 0.05)
    broken = threading.Event()
    broken.set()

    @contextlib.contextmanager
    def judge(first):
        with quick(first) as good:

            def judged(task):
                if broken.is_set():
                    raise error
                return good(task)

            yield judged

    with running(make_folder(tmp_path / "class"), judge) as client:
        token = client.served.tokens.make("ada")
        handed = hand_in(client, token).json()
        assert comes_true(lambda: client.judges.trouble)
        log_in(client, client.served.tokens.make("instructor Kim", "instructor"))
        assert error.problem in client.get("/class").text
        broken.clear()
        assert verdict(client, token, handed["id"])["points"] == FULL
        assert not client.judges.trouble


def test_a_service_that_cannot_build_its_jail_does_not_start(tmp_path):
    @contextlib.contextmanager
    def no_jail(first):
        raise SandboxUnavailableError("Students' code cannot be isolated on this machine.", "Use Linux.")
        yield

    judges = Judges(ServedClass(make_folder(tmp_path / "class"), ROOT), no_jail)
    with pytest.raises(SandboxUnavailableError, match="cannot be isolated"):
        judges.start()


def test_a_chapter_that_is_not_handed_in_any_more_can_still_be_read(tmp_path):
    folder = make_folder(tmp_path / "class")
    with running(folder) as client:
        token = client.served.tokens.make("ada")
        handed = hand_in(client, token).json()
        verdict(client, token, handed["id"])
    make_folder(folder, SETTINGS.replace('"00"', '"02"'))
    with running(folder) as client:
        assert verdict(client, token, handed["id"])["points"] == FULL
        log_in(client, token)
        assert "feedback for Ada L." in client.get(handed["path"]).text
        assert hand_in(client, token).status_code == 404
        log_in(client, client.served.tokens.make("instructor Kim", "instructor"))
        assert client.get("/class").status_code == 200


def test_a_locked_database_is_one_clear_word_and_then_all_goes_on(tmp_path):
    with running(make_folder(tmp_path / "class"), busy_seconds=0.1) as client:
        token = client.served.tokens.make("ada")
        other = sqlite3.connect(client.served.database.path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        answer = hand_in(client, token)
        assert answer.status_code == 503
        assert "locked by another program" in answer.json()["problem"]
        assert answer.headers["retry-after"]
        other.execute("ROLLBACK")
        other.close()
        assert verdict(client, token, hand_in(client, token).json()["id"])["points"] == FULL
