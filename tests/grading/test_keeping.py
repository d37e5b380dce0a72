"""What a grading leaves on the disk: whole, private, journalled, by one run at a time; or one message."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tlcourse.commands.cli import app
from tlcourse.errors import CourseError
from tlcourse.exercises import State
from tlcourse.grading import journal, keeping, store
from tlcourse.grading.keeping import CannotWriteError, append_lines, locked, refuse_inside, write_safely
from tlcourse.grading.model import Mark, Result
from tlcourse.grading.sample import make_class
from tlcourse.grading.sandbox.availability import available

ROOT = Path(__file__).parents[2]
# What a run leaves on the disk does not hang on who judged: most of these let a stand-in do it.
RULE = Path(__file__).with_name("graded_by_rule.py")
BY_RULE = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), str(RULE.parent)])}
JAIL = pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")


def result(student: str, points: float = 2.0, digest: str = "d") -> Result:
    mark = Mark(exercise_id="ch00-x", title="T", state=State.PARTLY, points=points, max_points=3)
    return Result(
        student=student, chapter="00", status="graded", framework="torch", marks=(mark,), digest=digest
    )


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077])
def test_files_are_their_owners_alone_whatever_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        store.save(tmp_path / "out", result("ada"))
        journal.note_change(tmp_path / "out", None, result("ada"), "graded")
        with locked(tmp_path / "out"):
            pass
    finally:
        os.umask(before)
    for path in (tmp_path / "out", *(tmp_path / "out").rglob("*")):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_an_older_runs_files_are_closed_and_links_left_alone(tmp_path):
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.write_text("x")
    elsewhere.chmod(0o644)
    (out / "deep").mkdir(parents=True)
    (out / "deep" / "a").write_text("x")
    (out / "deep" / "link").symlink_to(elsewhere)
    keeping.make_private(out)
    assert (mode(out), mode(out / "deep"), mode(out / "deep" / "a")) == (0o700, 0o700, 0o600)
    assert mode(elsewhere) == 0o644


HOLD = """
import sys, time
from pathlib import Path
from tlcourse.grading.keeping import locked
with locked(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_two_runs_on_one_folder_and_a_killed_one(tmp_path):
    process = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdout=subprocess.PIPE, cwd=ROOT)
    try:
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(CourseError, match=f"Another run .*process {process.pid}"), locked(tmp_path):
            pass
        process.send_signal(signal.SIGKILL)
        process.wait()
        with locked(tmp_path), locked(tmp_path):  # its own, again
            pass
    finally:
        process.kill()
        process.wait()


@pytest.mark.parametrize("inner", ["", "out", "a/b/out", "link/out"])
def test_results_among_the_submissions_are_refused(tmp_path, inner):
    place = tmp_path / "class"
    (place / "a").mkdir(parents=True)
    (tmp_path / "link").symlink_to(place)
    out = tmp_path / inner if inner.startswith("link") else place / inner
    with pytest.raises(CourseError, match="inside the folder of the submissions"):
        refuse_inside(out, place)
    refuse_inside(tmp_path / "class-graded", place)


# --- the journal --------------------------------------------------------------------------------------------


def changes(out: Path) -> list[tuple]:
    return [(e["student"], e["what"], (e["after"] or {}).get("points")) for e in journal.read_journal(out)]


def test_what_a_killed_run_saved_is_written_down_by_the_next(tmp_path):
    for name in ("ada", "bob"):
        store.save(tmp_path, result(name))
        journal.note_change(tmp_path, None, result(name), "graded")
    store.save(tmp_path, result("cleo", 1.0))  # killed here
    store.save(tmp_path, result("ada", 3.0))
    assert journal.mend(tmp_path, store.load_all(tmp_path)) == 2
    assert journal.mend(tmp_path, store.load_all(tmp_path)) == 0
    assert changes(tmp_path)[2:] == [("ada", "graded", 3.0), ("cleo", "graded", 1.0)]
    assert journal.read_journal(tmp_path)[2]["before"]["points"] == 2.0
    assert not journal.note_change(tmp_path, result("ada", 3.0), result("ada", 3.0), "graded again")
    assert journal.note_change(tmp_path, result("ada", 3.0), None, "gone")
    assert changes(tmp_path)[-1] == ("ada", "taken back", None)


RUN = """
import os, signal, sys
from pathlib import Path

import graded_by_rule
from tlcourse.grading.classroom import grade
from tlcourse.grading import journal, store

stop, where = int(sys.argv[4]), sys.argv[5]
kept, noted = store.save, journal.note_change
count = 0
def save(out, result):
    global count
    kept(out, result)
    count += 1
    if count == stop and where == "before the line":
        os.kill(os.getpid(), signal.SIGKILL)
def note(*arguments):
    found = noted(*arguments)
    if count == stop and where == "after the line":
        os.kill(os.getpid(), signal.SIGKILL)
    return found
store.save, journal.note_change = save, note
if __name__ == "__main__":
    place, out, root = map(Path, sys.argv[1:4])
    grade(place, "00", out, root=root, jobs=1, resume=True)
"""


@pytest.mark.parametrize("where", ["before the line", "after the line"])
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_after_a_kill_and_a_resume_the_journal_has_every_result_once(tmp_path, where):
    place, out = tmp_path / "class", tmp_path / "out"
    students = [path.parent.name for path in make_class(place, "00", root=ROOT, students=8)]
    (tmp_path / "run.py").write_text(RUN)
    command = [sys.executable, str(tmp_path / "run.py"), str(place), str(out), str(ROOT)]
    for stop in (4, 99):
        done = subprocess.run([*command, str(stop), where], timeout=1200, stderr=subprocess.PIPE, env=BY_RULE)
        assert done.returncode == (-signal.SIGKILL if stop == 4 else 0), done.stderr
        if stop == 4:
            assert len(store.load_all(out)) == 4
    results = store.load_all(out)
    assert sorted(r.student for r in results) == sorted(students)
    assert len({r.points for r in results}) > 2  # one in another's place would be seen
    lines = journal.read_journal(out)
    assert sorted(entry["student"] for entry in lines) == sorted(r.student for r in results)
    last = {entry["student"]: entry["after"]["points"] for entry in lines}
    assert last == {r.student: r.points for r in results}


# --- a disk that is full, a folder that is closed -----------------------------------------------------------


def full(*_: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_says_so_and_leaves_no_half_file(tmp_path, monkeypatch):
    store.save(tmp_path, result("ada"))
    append_lines(tmp_path / "changes.jsonl", [b"{}"])
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(CannotWriteError, match="The disk is full") as caught:
        store.save(tmp_path, result("ada", 3.0))
    assert "--resume" in caught.value.fix
    with pytest.raises(CannotWriteError, match="The disk is full"):
        append_lines(tmp_path / "changes.jsonl", [b"{1}"])
    assert store.load(tmp_path, "ada").points == 2.0
    assert (tmp_path / "changes.jsonl").read_bytes() == b"{}\n"
    assert [p.name for p in (tmp_path / "results").iterdir()] == ["ada.json"]


@pytest.mark.parametrize("code", [errno.EROFS, errno.EACCES, errno.EIO])
def test_a_folder_that_cannot_be_written_to_is_one_message(tmp_path, monkeypatch, code):
    def refuse(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code), "somewhere")

    monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(CannotWriteError, match="somewhere cannot be written"):
        write_safely(tmp_path / "x", "y")


def test_a_file_in_the_way_is_one_message(tmp_path):
    (tmp_path / "file").write_text("x")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(CourseError, match="cannot be written"), locked(out):
            pass


def test_a_made_up_class_in_a_closed_folder_is_one_message(tmp_path):
    (tmp_path / "file").write_text("x")
    with pytest.raises(CourseError, match="cannot be written"):
        make_class(tmp_path / "file" / "class", "00", root=ROOT, students=4)


def in_mounts(script: str, timeout: float = 1200) -> subprocess.CompletedProcess[str]:
    """Run a shell script where it may mount what it likes."""
    user = [] if os.geteuid() == 0 else ["--user", "--map-root-user"]
    return subprocess.run(
        ["unshare", *user, "--mount", "sh", "-ec", script],
        cwd=ROOT, env=BY_RULE, text=True, capture_output=True, timeout=timeout,
    )  # fmt: skip


def can_mount() -> bool:
    try:
        return in_mounts("mount -t tmpfs none /mnt").returncode == 0
    except OSError:
        return False


MOUNTS = pytest.mark.skipif(not can_mount(), reason="nothing can be mounted here")
TLCOURSE = f"{sys.executable} -m tlcourse.commands.cli"


@MOUNTS
@pytest.mark.parametrize("room", ["24k", "200k"])
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_a_really_full_disk(tmp_path, room):
    """Full while results are written, or while the gradebook is."""
    place, out, kept = (tmp_path / name for name in ("class", "out", "kept"))
    make_class(place, "00", root=ROOT, students=4)
    out.mkdir()
    command = f"{sys.executable} {RULE} grade {place} --chapter 00 --out {out} --jobs 1"
    done = in_mounts(
        f"mount -t tmpfs -o size={room} none {out}; {command} || echo status $?; cp -r {out} {kept}"
    )
    output = done.stdout + done.stderr
    assert "status 1" in output, output
    assert "The disk is full" in output
    assert "--resume" in output
    assert "Traceback" not in output
    assert "db upgrade" not in output
    for path in (kept / "results").glob("*"):
        json.loads(path.read_text())
    shutil.rmtree(out)
    shutil.copytree(kept, out)
    again = subprocess.run(
        f"{command} --resume", shell=True, cwd=ROOT, env=BY_RULE, capture_output=True, text=True
    )
    assert again.returncode == 0, again.stdout + again.stderr
    assert len(store.load_all(out)) == 4
    students = [entry["student"] for entry in journal.read_journal(out)]
    assert sorted(students) == sorted(r.student for r in store.load_all(out))


@MOUNTS
def test_read_only_places_are_one_message(tmp_path):
    place, out = tmp_path / "class", tmp_path / "out"
    make_class(place, "00", root=ROOT, students=4)
    out.mkdir()
    for target in (out, f"{out}/deeper"):
        done = in_mounts(
            f"mount -t tmpfs none {out}; mount -o remount,ro {out};"
            f"{TLCOURSE} grade {place} --chapter 00 --out {target} || echo status $?"
        )
        output = done.stdout + done.stderr
        assert "status 1" in output
        assert "cannot be written (Read-only file system)" in output
        assert "Traceback" not in output


def test_the_site_in_a_checkout_that_cannot_be_written_to(monkeypatch):
    from typer.testing import CliRunner

    from tlcourse.authoring import site

    monkeypatch.chdir(ROOT)
    cases = ((errno.EROFS, "Read-only"), (errno.ENOSPC, "The disk is full"), (errno.EACCES, "--output"))
    for code, words in cases:

        def refuse(*_: object, code: int = code, **__: object) -> None:
            raise OSError(code, os.strerror(code), "/somewhere/_build")

        monkeypatch.setattr(site, "build_site", refuse)
        done = CliRunner().invoke(app, ["site"])
        assert done.exit_code == 1
        assert words in done.output + done.stderr
        assert isinstance(done.exception, SystemExit)


# --- a whole class ------------------------------------------------------------------------------------------


@JAIL
@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_names_and_files_of_every_kind_in_one_class(tmp_path):
    """One run of the command with a class in which only ada is ordinary; everybody gets a verdict."""
    place, out = tmp_path / "class", tmp_path / "out"
    make_class(tmp_path / "sample", "00", root=ROOT, students=4)
    (notebook,) = (tmp_path / "sample" / "ada").glob("*.ipynb")
    names = [
        b"ada",
        b"caf\xe9",
        b"a\nb",
        b"\x1b]0;x\x07",
        "x\u202ey".encode(),
        b"y" * 255,
        b"[red] [x",
        b"=1+1",
    ]
    names += ["Zo\u00eb".encode(), "Zoe\u0308".encode(), "Z\u00fcm".encode()]
    for raw in names:
        folder = os.fsencode(place) + b"/" + raw
        os.makedirs(folder)
        shutil.copyfile(os.fsencode(notebook), folder + b"/" + os.fsencode(notebook.name))
    shutil.copytree(tmp_path / "sample" / "ada", place / "..x")
    (tmp_path / "roster.csv").write_text("student,name\nZu\u0308m,Zümrüt\nada,Ada\n", encoding="utf-8")
    environment = {**os.environ, "PYTHONIOENCODING": "cp1252", "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "tlcourse.commands.cli", "grade", str(place), "--chapter", "00",
         "--out", str(out), "--roster", str(tmp_path / "roster.csv"), "--jobs", "1"],
        cwd=ROOT, env=environment, capture_output=True, timeout=1200,
    )  # fmt: skip
    output = (done.stdout + done.stderr).decode("cp1252")
    assert done.returncode == 0, output
    assert "Traceback" not in output
    assert "..x was left out" in output
    assert "\x1b]" not in output
    assert "\u202e" not in output
    results = {r.student: r for r in store.load_all(out)}
    assert set(results) == {
        "ada", "caf\\xe9", "a\\nb", "\\x1b]0;x\\x07", "x\\u202ey", "y" * 255, "[red] [x", "=1+1", "Zo\u00eb",
        "Z\u00fcm",
    }  # fmt: skip
    assert "two submissions" in results.pop("Zo\u00eb").reason
    assert {r.points for r in results.values()} == {results["ada"].points}
    table = (out / "grades.csv").read_text(encoding="utf-8-sig")
    assert "Zümrüt" in table
    for path in out.rglob("*"):
        assert path.is_symlink() or not mode(path) & 0o077, path
        assert os.fsencode(path).isascii()
        if path.suffix in (".csv", ".html", ".json", ".jsonl"):
            assert "\x1b" not in path.read_text(encoding="utf-8")
