"""Challenges by the service: uploads, tries, a public score until the end, and the command's own marks."""

from __future__ import annotations

import datetime as dt
import io
import itertools
import json
import sys
import time
import zipfile
from pathlib import Path

import numpy as np
import pytest
from small_class import ROOT, SETTINGS, form_key, hand_in, listening, log_in, make_folder, running
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "challenge"))
from challenges import CLASSES, a_challenge, challenge_of, grade, put, rows_of, table, wrong

from tlcourse.commands.cli import app
from tlcourse.errors import CourseError
from tlcourse.grading.challenge.public_part import public_part
from tlcourse.grading.challenge.settings import load_challenge
from tlcourse.grading.service.forgetting import forget_person
from tlcourse.grading.service.served import ServedClass
from tlcourse.grading.service.settings import read_settings
from tlcourse.handing_in import tokens as kept_tokens

LABELS = [CLASSES[number % 3] for number in range(120)]
_names = itertools.count()


def text(**more: object) -> str:
    given = {"folder": "../private", "per_day": 2, **more}
    lines = [f"{name} = {json.dumps(value)}" for name, value in given.items()]
    return SETTINGS + '\n[challenge."leaves"]\n' + "\n".join(lines) + "\n"


@pytest.fixture
def private(tmp_path):
    return a_challenge(tmp_path / "private", LABELS)


def send(client, token, content, challenge="leaves", **changes):
    given = {"key": f"predictions-{next(_names)}", "name": "predictions.csv", **changes}
    return client.post(
        f"/api/challenges/{challenge}",
        params={"name": given["name"]},
        content=content,
        headers={"Authorization": f"Bearer {token}", "Idempotency-Key": given["key"]},
    )


def good(mistakes: int, begin: int = 0) -> str:
    return table(wrong(LABELS, mistakes, begin))


@pytest.fixture
def client(tmp_path, private):
    with running(make_folder(tmp_path / "class", text())) as client:
        for who in ("ada", "alan", "grace"):
            setattr(client, who, client.served.tokens.make(who))
        client.teacher = client.served.tokens.make("instructor Kim", "instructor")
        yield client


def end_it(client):
    """The end has come."""
    challenge = client.served.challenges.get("leaves")
    past = dt.datetime.now(dt.UTC) - dt.timedelta(seconds=1)
    object.__setattr__(challenge.settings, "due", past)


def a_day_passes(client):
    with client.served.database.writing() as connection:
        connection.execute("UPDATE predictions SET received = received - 90000")


def test_the_score_before_the_end_is_on_the_public_part_only(client, private):
    whole = load_challenge(private)
    part, places = public_part(whole, 0.5)
    assert (len(part.files), len(whole.files)) == (60, 120)
    assert np.bincount(part.labels).tolist() == [20, 20, 20]
    # Two files that differ on the private part alone.
    hidden = sorted(set(range(120)) - set(places.tolist()))
    labels = list(LABELS)
    for place in hidden[:30]:
        labels[place] = wrong([labels[place]], 1)[0]
    for person, content in ((client.ada, table(LABELS)), (client.alan, table(labels))):
        plain = send(client, person, content).json()
        assert (plain["percent"], plain["low"], plain["high"]) == (100, 100, 100)
        assert (plain["public"], plain["images"], plain["try"], plain["tries"]) == (60, 120, 1, 3)
    log_in(client, client.ada)
    page = client.get("/challenges/leaves").text
    assert "60 of the 120 test images" in page
    board = client.get("/challenges/leaves/board.html").text
    assert "Ada" not in board
    assert board.count(">100 %<") == 2
    assert client.get("/challenges/leaves/feedback/mine.html").status_code == 404
    for path in ("report.html", "marks.zip", "students/board.html", "students/feedback/ada.html"):
        assert client.get(f"/class/challenges/leaves/{path}").status_code == 404
    end_it(client)
    log_in(client, client.alan)
    assert "75 %" in client.get("/challenges/leaves/feedback/mine.html").text
    assert "75 %" in client.get("/challenges/leaves/board.html").text
    assert send(client, client.ada, good(1)).status_code == 403


def test_which_images_are_public_follows_from_the_secret_alone(private, tmp_path):
    whole = load_challenge(private)
    assert np.array_equal(public_part(whole, 0.5)[1], public_part(load_challenge(private), 0.5)[1])
    other = load_challenge(a_challenge(tmp_path / "other", LABELS, secret="5f"))
    assert not np.array_equal(public_part(whole, 0.5)[1], public_part(other, 0.5)[1])
    assert np.array_equal(public_part(whole, 1.0)[1], np.arange(120))
    grouped = challenge_of(LABELS, groups=[number // 6 for number in range(120)])
    part, places = public_part(grouped, 0.5)
    of = {(g, label) for g, label in zip(grouped.groups[places], part.labels, strict=True)}
    left = set(range(120)) - set(places.tolist())
    assert not of & {(grouped.groups[place], grouped.labels[place]) for place in left}


def test_the_marks_are_those_of_the_command(client, private, tmp_path):
    files = {"ada": [good(40), good(6)], "alan": [good(12, 30)], "grace": [good(60), good(20, 50), good(90)]}
    for who, contents in files.items():
        for number, content in enumerate(contents):
            assert send(client, getattr(client, who), content).status_code == 201
            put(tmp_path / "folder" / who / f"predictions-{number}.csv", content)
            if number == 1:
                a_day_passes(client)
    grade(tmp_path / "folder", private, tmp_path / "out", roster=tmp_path / "class" / "roster.csv")
    log_in(client, client.teacher)
    archive = zipfile.ZipFile(io.BytesIO(client.get("/class/challenges/leaves/marks.zip").content))
    archive.extractall(tmp_path / "zip")
    ours, theirs = tmp_path / "zip" / "leaves", tmp_path / "out"
    for name in ("grades.csv", "board.csv", "canvas.csv", "moodle.csv"):
        rows, wanted = rows_of(ours / name), rows_of(theirs / name)
        for row in (*rows, *wanted):
            for left_out in ("file", "notes"):  # the files have names of their own
                row.pop(left_out, None)
        assert rows == wanted, name
    plain, wanted = (json.loads((place / "results.json").read_text()) for place in (ours, theirs))
    assert [each["score"] for each in plain["students"]] == [each["score"] for each in wanted["students"]]
    assert "Class report" in client.get("/class/challenges/leaves/report.html").text
    assert "feedback for Ada L." in client.get("/class/challenges/leaves/students/feedback/ada.html").text


def test_tries_are_limited_by_day_and_in_all_and_what_is_no_try_costs_none(client):
    assert send(client, client.ada, "file,label\nt000.jpg,cat\n").json()["try"] is None
    refused = send(client, client.ada, good(10).replace("t012.jpg,cat", "t012.jpg,bird")).json()
    assert "unknown class 'bird'" in refused["reason"]
    first = send(client, client.ada, good(10), key="the-same-one").json()
    assert send(client, client.ada, good(10), key="the-same-one").json() == first
    # The same predictions in another form are no new try.
    again = send(client, client.ada, good(10).replace("\n", "\r\n").replace(",", ";")).json()
    assert (again["try"], "what try 1 said" in again["reason"]) == (None, True)
    assert send(client, client.ada, good(11)).json()["try"] == 2
    answer = send(client, client.ada, good(12))
    assert (answer.status_code, "24 hours" in answer.json()["problem"]) == (429, True)
    a_day_passes(client)
    assert send(client, client.ada, good(12)).json()["try"] == 3
    a_day_passes(client)
    answer = send(client, client.ada, good(13))
    assert (answer.status_code, "all 3 tries" in answer.json()["problem"]) == (403, True)
    assert send(client, client.alan, good(13)).json()["try"] == 1


@pytest.mark.parametrize(
    "content",
    [
        b"\x80\x04\x95\x10\x00\x00\x00\x00\x00\x00\x00\x8c\x05posix\x94.",  # a pickle
        b"PK\x03\x04" + b"\x00" * 200,
        b"\x00" * 3000,
        b"file,label\n" + b'"' * 50_000,
        b"file,label\n=cmd|' /C calc'!A0,cat\n",
        ("file,label\n" + "../../labels.csv,cat\n" * 120).encode(),
        b"",
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words_and_runs_nothing(client, content):
    plain = send(client, client.ada, content, name="../../../etc/predictions.csv").json()
    assert plain["try"] is None
    assert plain["reason"]
    log_in(client, client.ada)
    page = client.get("/challenges/leaves").text
    assert "0 of 3 tries used" in page
    assert "<td>predictions.csv</td>" in page


def test_who_may_do_what(client):
    large = b"x" * (client.served.challenges.largest + 1)
    refused = send(client, client.ada, large)
    assert refused.status_code == 413
    assert "Hand in a table" in refused.json()["advice"]
    assert send(client, "tl_forged", good(3)).status_code == 401
    assert send(client, client.teacher, good(3)).status_code == 403
    assert send(client, client.ada, good(3), challenge="other").status_code == 404
    assert send(client, client.ada, good(3), key="short").status_code == 400
    client.cookies.clear()
    for path in ("", "/board.html", "/feedback/mine.html"):
        assert client.get(f"/challenges/leaves{path}").status_code == 401
    log_in(client, client.ada)
    form = {"form_key": "forged", "request": "a-request-of-mine"}
    file = {"predictions": ("predictions.csv", good(3))}
    assert client.post("/challenges/leaves", data=form, files=file).status_code == 403
    form["form_key"] = form_key(client.get("/challenges/leaves").text)
    assert "1 of 3 tries used" in client.post("/challenges/leaves", data=form, files=file).text
    # Another learner sees none of it, and not whose it is.
    log_in(client, client.alan)
    assert "0 of 3 tries used" in client.get("/challenges/leaves").text
    # Of the labels' file nothing is in any page, and no notebook's answer may see it.
    assert str(client.served.folder.parent / "private") in client.served.secrets.paths


def test_a_learner_hands_predictions_in_from_a_terminal(private, tmp_path, monkeypatch):
    monkeypatch.setattr(kept_tokens, "_path", lambda: tmp_path / "tokens.json")
    path = put(tmp_path / "mine.csv", good(30))
    with listening(make_folder(tmp_path / "class", text())) as served:
        token = served.tokens.make("ada")

        def submitted(challenge):
            command = ["submit", str(path), "--challenge", challenge, "--to", served.address]
            return CliRunner().invoke(app, command, env={"TLCOURSE_TOKEN": token})

        assert "Try 1 of 3: your accuracy on 60 of the 120 test images is" in submitted("leaves").output
        assert "no new try" in submitted("leaves").output
        refused = submitted("trees")
        assert refused.exit_code == 1
        assert "no challenge 'trees'" in refused.output


def test_a_restart_and_forgetting(client, tmp_path):
    send(client, client.ada, good(10))
    send(client, client.alan, good(20))
    again = ServedClass(tmp_path / "class", ROOT)
    assert again.challenges.learners(again.challenges.get("leaves")) == ["ada", "alan"]
    out = again.challenges.publish(again.challenges.get("leaves"), again.people(), again.files)
    (tmp_path / "class" / "roster.csv").write_text("student,name\nalan,Alan T.\n")
    time.sleep(0.02)
    assert forget_person(ServedClass(tmp_path / "class", ROOT), "ada") == 1
    assert "ada" not in (out / "grades.csv").read_text()
    assert not (out / "students" / "feedback" / "ada.html").exists()
    assert "ada" not in (out / "tries.jsonl").read_text()


def test_hand_ins_of_notebooks_go_on_beside_it(client):
    assert hand_in(client, client.ada).status_code == 201


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"public": 0}, "has no meaning"),
        ({"public": True}, "has no meaning"),
        ({"per_day": 0}, "has no meaning"),
        ({"names": "yes"}, "has no meaning"),
        ({"folder": ""}, "is not a challenge"),
        ({"colour": "red"}, "is not a setting"),
    ],
)
def test_a_wrong_setting_of_a_challenge_is_named(tmp_path, more, words):
    path = make_folder(tmp_path / "class", text(**more)) / "course.toml"
    with pytest.raises(CourseError, match=words):
        read_settings(path)


def test_labels_that_are_missing_stop_the_service(tmp_path):
    with pytest.raises(CourseError, match="private cannot be read"):
        ServedClass(make_folder(tmp_path / "class", text()), ROOT)
