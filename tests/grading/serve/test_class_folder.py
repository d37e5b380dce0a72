"""A class's folder: made, tokens given and revoked, backed up while it runs, restored; a person deleted."""

from __future__ import annotations

import csv
import io
import stat
import zipfile

import pytest
from small_class import PICK, ROOT, hand_in, make_folder, notebook, running, verdict
from typer.testing import CliRunner

from tlcourse.commands.cli import app
from tlcourse.grading.service.counting import mark, publish
from tlcourse.grading.service.served import ServedClass


def run(*arguments):
    return CliRunner().invoke(app, ["class", *map(str, arguments)])


def test_from_nothing_to_tokens(tmp_path):
    roster = tmp_path / "people.csv"
    roster.write_text("student;name\nada;Ada L.\nalan;Alan T.\n")
    folder = tmp_path / "class"
    made = run("new", folder, "--chapter", "00,2", "--title", 'Networks "for all"', "--roster", roster)
    assert made.exit_code == 0, made.output
    served = ServedClass(folder, ROOT)
    assert served.settings.title == "Networks 'for all'"
    assert sorted(served.settings.chapters) == ["00", "02"]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    again = run("new", folder, "--chapter", "00")
    assert again.exit_code == 1
    assert "is not empty" in again.output
    out = tmp_path / "tokens.csv"
    assert run("tokens", folder, "--out", out).exit_code == 0
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    rows = {row["student"]: row for row in csv.DictReader(io.StringIO(out.read_text()))}
    assert served.tokens.person(rows["ada"]["token"]).who == "ada"
    # Those who have one keep it.
    assert "Everybody in the roster has a token" in run("tokens", folder).output
    lost = run("tokens", folder, "--student", "ada")
    assert served.tokens.person(rows["ada"]["token"]) is None
    assert served.tokens.person(lost.output.splitlines()[1].split(",")[2]).who == "ada"
    teacher = run("tokens", folder, "--instructor", "Kim").output.splitlines()[1].split(",")[2]
    assert served.tokens.person(teacher).teaches
    assert "1 token of Kim taken back" in run("revoke", folder, "Kim").output
    assert served.tokens.person(teacher) is None
    assert "is not in roster.csv" in run("tokens", folder, "--student", "eve").output


@pytest.fixture(scope="module")
def used(tmp_path_factory):
    """A class in which two have handed in, with a mark by hand, backed up while the service ran."""
    place = tmp_path_factory.mktemp("used")
    folder = make_folder(place / "class")
    with running(folder) as client:
        tokens = {who: client.served.tokens.make(who) for who in ("ada", "alan")}
        for token in tokens.values():
            verdict(client, token, hand_in(client, token, notebook("wrong")).json()["id"])
        mark(client.served, "00", "alan", PICK, 1.0, "half of it", "")
        assert run("backup", folder, place / "class.zip").exit_code == 0
    return place, tokens


def test_a_backup_restored_elsewhere_goes_on(used, tmp_path):
    place, tokens = used
    backup, folder = place / "class.zip", tmp_path / "restored"
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert run("restore", backup, folder).exit_code == 0
    with running(folder) as client:
        assert [each.learner for each in client.served.handins.everything()] == ["ada", "alan"]
        assert hand_in(client, tokens["ada"]).status_code == 201
        grades = (publish(client.served, "00") / "exercises.csv").read_text(encoding="utf-8-sig")
        assert "half of it" in grades or "BY HAND" in grades
    assert ServedClass(folder, ROOT).seed == ServedClass(place / "class", ROOT).seed
    assert "is not empty" in run("restore", backup, folder).output
    assert "is there already" in run("backup", folder, backup).output


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "chapters/../../evil", "other.txt"])
def test_a_zip_that_is_no_backup_is_refused(tmp_path, name):
    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("service.db", "")
        archive.writestr(name, "x")
    outcome = run("restore", path, tmp_path / "new")
    assert outcome.exit_code == 1
    assert "not a backup of a class" in outcome.output
    assert not (tmp_path / "new").exists()
    assert not (tmp_path / "evil.txt").exists()


def test_a_person_is_deleted_from_everywhere(used, tmp_path):
    place, tokens = used
    folder = tmp_path / "class"
    run("restore", place / "class.zip", folder)
    served = ServedClass(folder, ROOT)
    content = served.handins.content(served.handins.of_learner("alan")[0])
    assert "still in roster.csv" in run("forget", folder, "alan").output
    (folder / "roster.csv").write_text("student,name\nada,Ada L.\n")
    outcome = run("forget", folder, "alan")
    assert outcome.exit_code == 0, outcome.output
    served = ServedClass(folder, ROOT)
    assert [each.learner for each in served.handins.everything()] == ["ada"]
    assert served.tokens.person(tokens["alan"]) is None
    assert served.tokens.person(tokens["ada"]) is not None
    for path in folder.rglob("*"):
        if path.is_file():
            left = path.read_bytes()
            assert b"alan" not in left.lower(), path
            # Nor what he wrote, in a page of the database that nobody uses any more.
            assert path.suffix != ".db" or left.count(content[:2000]) <= 1
