"""A class run: killed and resumed, on a cluster that loses a worker, marked by hand, through nbgrader."""

from __future__ import annotations

import csv
import io
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest
from left_running import running_with
from patience import comes_true
from typer.testing import CliRunner

from tlcourse.commands.cli import app
from tlcourse.errors import CourseError
from tlcourse.exercises import all_exercises, get
from tlcourse.grading import store
from tlcourse.grading.classroom import grade
from tlcourse.grading.record import load_record
from tlcourse.grading.sample import fill, make_class, right_answers
from tlcourse.grading.sandbox.availability import available

ROOT = Path(__file__).parents[2]
FULL = float(sum(exercise.points for exercise in all_exercises("00")))
PICK = get("ch00-pick-class")
pytestmark = pytest.mark.skipif(available()[0] is None, reason=f"no jail on this machine: {available()[1]}")

RUN = """
import sys
from pathlib import Path
from tlcourse.grading.classroom import grade

if __name__ == "__main__":
    place, out, root = map(Path, sys.argv[1:4])
    jobs = int(sys.argv[4])
    grade(place, "00", out, root=root, jobs=jobs, resume=True, progress=lambda *a: print(a[0], flush=True))
"""


def marks(results):
    return {
        r.student: (r.status, r.points, [(m.exercise_id, m.state, m.points) for m in r.marks])
        for r in results
    }


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    """A class of ten in PyTorch, a broken file among them, and what an undisturbed run gives."""
    place = tmp_path_factory.mktemp("sample") / "class"
    make_class(place, "00", root=ROOT, students=18)
    for path in place.glob("*/*.ipynb"):
        if '"framework": "keras"' in path.read_text():  # one framework: one sandbox to start
            path.unlink()
            path.parent.rmdir()
    out = tmp_path_factory.mktemp("undisturbed")
    return (
        place,
        grade(place, "00", out, root=ROOT, jobs=1, seed_file=out.parent / "seed.txt"),
        out.parent / "seed.txt",
    )


def test_the_sample_class_has_every_kind_of_verdict(sample):
    _, outcome, _ = sample
    assert {r.status for r in outcome.results} == {"graded", "not graded"}
    points = {r.points for r in outcome.results if r.points is not None}
    assert 0.0 in points
    assert FULL in points
    assert len(points) > 2


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_killed_at_random_moments_and_resumed_it_ends_as_if_undisturbed(sample, tmp_path):
    place, undisturbed, seed = sample
    out = tmp_path / "out"
    out.mkdir()
    (out / "seed.txt").write_bytes(seed.read_bytes())
    (tmp_path / "run.py").write_text(RUN)
    rng = random.Random(int(os.environ.get("TLCOURSE_SECRET_SEED", "7")))
    command = [sys.executable, str(tmp_path / "run.py"), str(place), str(out), str(ROOT)]
    mark = {"TLCOURSE_KILLED": str(out)}
    marked = {**os.environ, **mark}
    # Once while the jails start, once between two results (the first two are files that nobody can read).
    for lines in (0, rng.randint(3, 5)):
        process = subprocess.Popen(
            [*command, "2"], stdout=subprocess.PIPE, start_new_session=True, env=marked
        )
        for _ in range(lines):
            assert process.stdout.readline()
        time.sleep(rng.uniform(0.5, 5.0) if lines == 0 else rng.uniform(0.0, 0.3))
        process.kill()
        process.wait()
        process.stdout.close()
        # Nothing of a killed run lives on.
        assert comes_true(lambda: not running_with(mark))
    assert len(store.load_all(out)) >= lines
    subprocess.run([*command, "1"], check=True, stdout=subprocess.DEVNULL, timeout=1200)
    assert marks(store.load_all(out)) == marks(undisturbed.results)


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_a_cluster_that_loses_a_worker_loses_nothing_and_grades_nothing_twice(sample, tmp_path):
    distributed = pytest.importorskip("distributed", reason="Dask is among the packages for tests")
    place, undisturbed, seed = sample
    environment = {**os.environ, "DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "5"}
    port = _free_port()
    address = f"tcp://127.0.0.1:{port}"
    start = [
        sys.executable,
        "-m",
        "distributed.cli.dask_scheduler",
        "--host",
        "127.0.0.1",
        "--port",
        str(port),
    ]
    work = [
        sys.executable,
        "-m",
        "distributed.cli.dask_worker",
        address,
        "--nthreads",
        "1",
        "--no-nanny",
        "--no-dashboard",
    ]
    started = [
        subprocess.Popen([*start, "--no-dashboard"], cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL)
    ]
    try:
        for _ in range(2):
            started.append(subprocess.Popen(work, cwd=tmp_path, env=environment, stderr=subprocess.DEVNULL))
        with distributed.Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=60)
        seen = []

        def progress(done, total, result):
            seen.append(result.student)
            graded = [s for s in seen if s not in ("margaret", "marvin")]
            if len(graded) == 3:
                started[1].send_signal(signal.SIGKILL)

        outcome = grade(
            place, "00", tmp_path / "out", root=ROOT, seed_file=seed, dask=address, progress=progress
        )
    finally:
        for process in started:
            process.kill()
            process.wait()
    assert marks(outcome.results) == marks(undisturbed.results)
    assert sorted(seen) == sorted({r.student for r in outcome.results})


def _free_port() -> int:
    import socket

    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def test_no_scheduler_is_one_clear_error(sample, tmp_path):
    place, _, seed = sample
    with pytest.raises(CourseError, match="No Dask scheduler answers"):
        grade(place, "00", tmp_path, root=ROOT, seed_file=seed, dask=f"tcp://127.0.0.1:{_free_port()}")


@pytest.fixture(scope="module")
def commanded(sample, tmp_path_factory):
    """The same class by the command line, late by a day, with one mark by hand."""
    place, _, seed = sample
    out = tmp_path_factory.mktemp("commanded") / "out"
    roster = out.parent / "roster.csv"
    lines = [
        "student,name,email,handed_in",
        "ada,=1+1,ada@example.org,2026-11-02T12:00+00:00",
        "absent,Abe,,",
    ]
    roster.write_text("\n".join(lines))
    arguments = ["grade", str(place), "--chapter", "00", "--out", str(out), "--seed-file", str(seed)]
    arguments += ["--jobs", "1"]
    arguments += ["--roster", str(roster), "--due", "2026-11-01T12:00+00:00", "--late-policy", "per-day=10%"]
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        first = CliRunner().invoke(app, arguments)
        hand = CliRunner().invoke(
            app, ["mark", str(out), "ada", "ch00-pick-class", "1", "--reason", "copied it"]
        )
        again = CliRunner().invoke(app, [*arguments, "--resume"])
    finally:
        os.chdir(before)
    return out, first, hand, again


def table(out):
    text = (out / "grades.csv").read_text(encoding="utf-8-sig")
    return {row["student"]: row for row in csv.DictReader(io.StringIO(text))}


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_the_command_says_what_came_out(commanded):
    _, first, hand, again = commanded
    assert first.exit_code == 0, first.output
    assert hand.exit_code == 0, hand.output
    assert again.exit_code == 0, again.output
    assert "not graded, because" in first.output
    assert "handed nothing in" in first.output
    assert "taken over from an earlier run" in again.output
    assert "Traceback" not in first.output


def test_a_mark_by_hand_and_lateness_survive_a_regrade(commanded):
    out, *_ = commanded
    rows = table(out)
    assert rows["ada"]["ch00-pick-class state"] == "BY HAND"
    assert float(rows["ada"]["points"]) == FULL
    # One point by hand in place of all of an exercise's, less a tenth of the chapter's for one begun day.
    assert float(rows["ada"]["final_points"]) == pytest.approx(FULL - PICK.points + 1 - FULL / 10)
    assert rows["ada"]["name"] == "'=1+1"
    assert rows["absent"]["status"] == "not handed in"
    assert rows["absent"]["final_points"] == ""
    broken = [row for row in rows.values() if row["status"] == "not graded"]
    assert broken
    assert all(row["final_points"] == "" and row["reason"] for row in broken)


def test_pages_run_nothing_and_show_nobody_else(commanded):
    out, *_ = commanded
    page = (out / "feedback" / "ada.html").read_text()
    assert "<script" not in page
    assert "default-src 'none'" in page
    assert "copied it" in page
    for other in table(out):
        assert other == "ada" or f">{other}<" not in page
    seed = store.read_seed(out.parent / "nowhere.txt")
    assert str(seed) not in page
    report = (out / "report.html").read_text()
    assert "What was misunderstood" in report
    assert "no network" in report


def test_nbgraders_gradebook_has_the_same_marks(commanded):
    from nbgrader.api import Gradebook

    out, *_ = commanded
    with Gradebook(f"sqlite:///{out / 'nbgrader' / 'gradebook.db'}") as gradebook:
        for result in store.load_all(out):
            submission = gradebook.find_submission("chapter-00", store.file_name(result.student))
            grades = {g.name: g for notebook in submission.notebooks for g in notebook.grades}
            for mark in result.marks:
                assert grades[f"{mark.exercise_id}-check"].auto_score == pytest.approx(mark.points)
            if result.status == "not graded":
                assert all(g.needs_manual_grade and g.auto_score is None for g in grades.values())


def test_what_was_handed_in_lies_where_nbgrader_looks_for_it(commanded, sample):
    out, *_ = commanded
    place, *_ = sample
    for path in place.glob("*/*.ipynb"):
        kept = out / "nbgrader" / "submitted" / path.parent.name / "chapter-00" / path.name
        graded = store.load(out, path.parent.name).status == "graded"
        assert kept.exists() == graded
        assert not graded or kept.read_bytes() == path.read_bytes()


@pytest.mark.turns(3, "tlcourse/grading", "tests/grading")
def test_nbgraders_own_autograde_gives_the_same_marks(commanded, tmp_path):
    from tlcourse.grading.nbgrader_course import make_course

    out, *_ = commanded
    course = tmp_path / "course"
    make_course(course, root=ROOT, chapters=["00"])
    (course / "seed.txt").write_bytes((out / "nbgrader" / "seed.txt").read_bytes())
    record = load_record(ROOT, "00", "torch")
    right = right_answers(ROOT, record)
    wrong = {**right, "ch00-pick-class": "def pick_class(logits, names):\n    return names[0], 1.0\n"}
    handed = {
        "good": nbformat.writes(fill(record, right)),
        "bad": nbformat.writes(fill(record, wrong)),
        "none": "{",
    }
    for student, text in handed.items():
        path = course / "submitted" / student / "chapter-00" / f"{record.name}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_text(text)
    home = tmp_path / "home"
    home.mkdir()
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("JUPYTER_", "NBGRADER_"))}
    environment |= {
        "HOME": str(home),
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
    }
    for command in (["autograde", "chapter-00"], ["export"]):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=course,
            env=environment,
            capture_output=True,
            text=True,
            timeout=1200,
        )
        assert done.returncode == 0 or command[0] == "autograde", done.stderr
    rows = {r["student_id"]: r for r in csv.DictReader((course / "grades.csv").open())}
    assert float(rows["good"]["score"]) == FULL
    assert FULL - PICK.points <= float(rows["bad"]["score"]) < FULL
    assert rows["none"]["score"] == ""


def test_bad_arguments_are_one_clear_error_before_anything_runs(tmp_path):
    cases = (
        (["--due", "tomorrow"], "is not a time"),
        (["--due", "2026-11-01T12:00"], "time zone"),
        (["--late-policy", "per-week=1%"], "not part of a late policy"),
        (["--roster", str(tmp_path / "none.csv")], "cannot be read"),
        (["--jobs", "0"], "cannot grade anything"),
        (["--framework", "jax"], "jax"),
    )
    (tmp_path / "class" / "ada").mkdir(parents=True)
    before = os.getcwd()
    os.chdir(ROOT)
    try:
        for extra, words in cases:
            base = ["grade", str(tmp_path / "class"), "--chapter", "00", "--out", str(tmp_path / "out")]
            done = CliRunner().invoke(app, [*base, *extra])
            assert done.exit_code == 1, (extra, done.output)
            assert words in done.output + (done.stderr or ""), (extra, done.output)
        inside = ["grade", str(tmp_path / "class"), "--chapter", "00"]
        inside += ["--out", str(tmp_path / "class" / "out")]
        done = CliRunner().invoke(app, inside)
        assert done.exit_code == 1
        assert "inside the folder of the submissions" in done.output + (done.stderr or "")
        assert not (tmp_path / "class" / "out").exists()
        base = ["grade", str(tmp_path / "nowhere"), "--chapter", "00", "--out", str(tmp_path / "out")]
        assert "There is no" in CliRunner().invoke(app, base).output
    finally:
        os.chdir(before)
