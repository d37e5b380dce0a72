"""A class's predictions in, marks and pages out: layouts, tries over runs, forgeries, what is never told."""

from __future__ import annotations

import json
import shutil
import zipfile

import pytest
from challenges import CLASSES, a_challenge, grade, put, rows_of, table, wrong

from tlcourse.errors import CourseError, DataError
from tlcourse.grading.challenge.settings import load_challenge

LABELS = [CLASSES[number % 3] for number in range(120)]
RIGHT = table(LABELS)


def good(mistakes: int, begin: int = 0) -> str:
    """Predictions with so many mistakes: each is 1/120 of the score."""
    return table(wrong(LABELS, mistakes, begin))


@pytest.fixture
def private(tmp_path):
    return a_challenge(tmp_path / "private", LABELS)


def marks(out) -> dict[str, str]:
    return {row["student"]: row["final_points"] for row in rows_of(out / "grades.csv")}


def reasons(judged) -> dict[str, str]:
    return {each.student: each.reason for each in judged.results if each.status == "not graded"}


def test_right_wrong_and_blank(tmp_path, private):
    sub, out = tmp_path / "class", tmp_path / "out"
    put(sub / "ada" / "predictions.csv", good(6))
    put(sub / "bob" / "predictions.csv", good(36))
    put(sub / "cleo" / "predictions.csv", good(120))
    put(sub / "dan" / "predictions.csv", "file,label\n")
    put(sub / "eve" / "predictions.csv", RIGHT[:500])
    put(sub / "fay" / "predictions.xlsx", b"PK\x03\x04")
    put(sub / "gus" / "predictions.csv", "")
    put(tmp_path / "roster.csv", "student,name,id\nada,Ada L.,7\nzoe,Zoe,8\n")
    judged, printed = grade(sub, private, out, roster=tmp_path / "roster.csv")
    assert marks(out) == {
        "ada": "10.0", "bob": "5.0", "cleo": "0.0", "dan": "", "eve": "", "fay": "", "gus": "", "zoe": ""
    }  # fmt: skip
    assert "dan: not graded, because there is nothing below line 1" in printed
    assert set(reasons(judged)) == {"dan", "eve", "fay", "gus"}
    assert "no .csv file" in reasons(judged)["fay"]
    lms = {row["Full name"]: row for row in rows_of(out / "moodle.csv")}
    assert lms["Ada L."]["The challenge"] == "10.0"
    assert lms["eve"]["The challenge"] == ""
    assert lms["eve"]["Feedback comments"].startswith("Not graded, because")
    page = (out / "students" / "feedback" / "ada.html").read_text()
    assert "10 of 10 points" in page
    assert "95 %, rounded down" in page
    results = json.loads((out / "results.json").read_text())
    ada = next(each for each in results["students"] if each["student"] == "ada")
    assert ada["score"] == pytest.approx(114 / 120)
    assert ada["low"] < ada["score"] < ada["high"]
    assert results["baseline"]["score"] == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    "names",
    [
        ("ada/predictions.csv", "bob/whatever.CSV"),
        ("ada/week 3/predictions.csv", "bob/predictions.csv"),
        ("ada.csv", "bob.csv"),
        ("predictions_ada.csv", "predictions_bob.csv"),
        ("ada_predictions.csv", "bob-predictions (2).csv"),
        ("01-predictions_ada.csv", "01-predictions_bob.csv"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_every_layout(tmp_path, private, names, zipped):
    sub = tmp_path / "class"
    put(sub / names[0], good(6))
    put(sub / names[1], good(36))
    put(sub / "roster.csv", "student\nada\nbob\n")
    if zipped:
        sub = tmp_path / "all.zip"
        with zipfile.ZipFile(sub, "w", zipfile.ZIP_DEFLATED) as bundle:
            for path in (tmp_path / "class").rglob("*.*"):
                bundle.write(path, path.relative_to(tmp_path / "class"))
    grade(sub, private, tmp_path / "out")
    assert marks(tmp_path / "out") == {"ada": "10.0", "bob": "5.0"}


@pytest.mark.parametrize(
    ("file", "student"),
    [
        ("lovelaceada_12345_67890_predictions.csv", "lovelaceada_12345"),
        ("Ada Lovelace_1234567_assignsubmission_file_/predictions.csv", "Ada Lovelace_1234567"),
        ("Ada Lovelace_1234567_assignsubmission_file_predictions.csv", "Ada Lovelace_1234567"),
    ],
)
def test_downloads_from_an_lms(tmp_path, private, file, student):
    put(tmp_path / "class" / file, good(6))
    put(
        tmp_path / "class" / file.replace("ada", "bob").replace("Ada", "Bob").replace("12345", "22345"),
        good(36),
    )
    grade(tmp_path / "class", private, tmp_path / "out")
    assert marks(tmp_path / "out")[student] == "10.0"
    assert len(marks(tmp_path / "out")) == 2


def test_traps_cost_their_own_student_only(tmp_path, private):
    sub = tmp_path / "class"
    put(sub / "ada" / "predictions.csv", good(6))
    (sub / "link").mkdir()
    (sub / "link" / "predictions.csv").symlink_to(private / "labels.csv")
    for name, member, content in (
        ("bomb", "predictions.csv", "0" * 50_000_000),
        ("slip", "../../ada/predictions.csv", RIGHT),
    ):
        (sub / name).mkdir()
        with zipfile.ZipFile(sub / name / "a.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
            bundle.writestr(member, content)
    put(sub / "cut" / "a.zip", (sub / "slip" / "a.zip").read_bytes()[:200])
    put(sub / "large" / "predictions.csv", b"file,label\n" + b"x" * 21_000_000)
    put(sub / "fine" / "predictions.csv", b"")
    with zipfile.ZipFile(sub / "fine" / "a.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr("predictions.csv", good(36))
    judged, _ = grade(sub, private, tmp_path / "out")
    said = reasons(judged)
    assert {name for name, points in marks(tmp_path / "out").items() if points} == {"ada", "fine"}
    for name, words in {
        "link": "symbolic link", "bomb": "zip bomb", "slip": "leads out", "cut": "broken", "large": "21 MB"
    }.items():  # fmt: skip
        assert words in said[name]


def test_the_last_try_counts_and_a_limit_holds_over_two_runs(tmp_path, private):
    sub, out = tmp_path / "class", tmp_path / "out"
    put(sub / "ada" / "first.csv", good(6), age=200)
    put(sub / "ada" / "broken.csv", good(6)[:300], age=150)
    put(sub / "ada" / "second.csv", good(36), age=100)
    put(tmp_path / "roster.csv", "student\nada\n")
    grade(sub, private, out, roster=tmp_path / "roster.csv")
    assert marks(out) == {"ada": "5.0"}  # the best would be 10
    # The same again is no new try, nor is the first one in another form.
    grade(sub, private, out)
    put(sub / "ada" / "second.csv", good(6).replace(",", ";"))
    grade(sub, private, out)
    assert marks(out) == {"ada": "5.0"}
    shutil.rmtree(sub)
    put(sub / "ada" / "third.csv", good(120), age=50)
    put(sub / "ada" / "fourth.csv", RIGHT)
    judged, _ = grade(sub, private, out)
    assert marks(out) == {"ada": "0.0"}
    notes = " ".join(judged.results[0].notes)
    assert "ada/fourth.csv was not scored, because 3 tries are allowed and used" in notes
    journal = [json.loads(line) for line in (out / "tries.jsonl").read_text().splitlines()]
    assert [each["number"] for each in journal] == [1, 2, 3]
    assert len((out / "tries.jsonl").read_text().splitlines()) == 3


def test_a_student_without_a_file_in_this_run_keeps_the_last_try(tmp_path, private):
    out = tmp_path / "out"
    put(tmp_path / "one" / "ada" / "predictions.csv", good(6))
    put(tmp_path / "two" / "bob" / "predictions.csv", good(36))
    grade(tmp_path / "one", private, out)
    grade(tmp_path / "two", private, out)
    assert marks(out) == {"ada": "10.0", "bob": "5.0"}


def test_what_is_broken_later_does_not_take_a_scored_try_away(tmp_path, private):
    sub, out = tmp_path / "class", tmp_path / "out"
    put(sub / "ada" / "predictions.csv", good(6))
    grade(sub, private, out)
    (sub / "ada" / "predictions.csv").unlink()
    put(sub / "ada" / "predictions.xlsx", b"PK\x03\x04")
    judged, _ = grade(sub, private, out)
    assert marks(out) == {"ada": "10.0"}
    assert any("no .csv file" in note for note in judged.results[0].notes)
    put(sub / "ada" / "predictions.csv", good(36)[:400])
    judged, _ = grade(sub, private, out)
    assert marks(out) == {"ada": "10.0"}
    assert any("ada/predictions.csv was not scored" in note for note in judged.results[0].notes)


def test_a_limit_that_is_lowered_holds_for_earlier_tries(tmp_path):
    for number, mistakes in enumerate((6, 36, 120)):
        put(tmp_path / "class" / "ada" / f"predictions_{number}.csv", good(mistakes))
    for limit, points in ((3, "0.0"), (2, "5.0"), (1, "10.0")):
        private = a_challenge(tmp_path / f"private{limit}", LABELS, tries=limit)
        grade(tmp_path / "class", private, tmp_path / "out")
        assert marks(tmp_path / "out") == {"ada": points}


def test_numbers_in_names_order_the_tries_before_the_clock(tmp_path, private):
    put(tmp_path / "class" / "ada" / "predictions_10.csv", good(36), age=300)
    put(tmp_path / "class" / "ada" / "predictions_9.csv", good(6))
    put(tmp_path / "class" / "ada" / "predictions.csv", good(7))
    judged, _ = grade(tmp_path / "class", private, tmp_path / "out")
    assert judged.results[0].shown == "ada/predictions_10.csv"
    put(tmp_path / "class" / "bob" / "resnet.csv", good(36), age=1)
    put(tmp_path / "class" / "bob" / "vit.csv", good(6))
    judged, _ = grade(tmp_path / "class", private, tmp_path / "out")
    assert any("do not tell whether" in note for note in judged.results[1].notes)


def test_a_journal_cut_off_by_a_kill_goes_on_and_a_damaged_one_stops(tmp_path, private):
    sub, out = tmp_path / "class", tmp_path / "out"
    put(sub / "ada" / "predictions.csv", good(6))
    grade(sub, private, out)
    whole = (out / "tries.jsonl").read_text()
    (out / "tries.jsonl").write_text(whole + whole[:40])
    grade(sub, private, out)
    assert marks(out) == {"ada": "10.0"}
    (out / "tries.jsonl").write_text("nonsense\n" + whole)
    with pytest.raises(DataError, match="Line 1"):
        grade(sub, private, out)


def test_results_of_two_challenges_never_mix(tmp_path, private):
    put(tmp_path / "class" / "ada" / "predictions.csv", good(6))
    grade(tmp_path / "class", private, tmp_path / "out")
    other = a_challenge(tmp_path / "other", LABELS, test_set="another")
    with pytest.raises(DataError, match="another challenge"):
        grade(tmp_path / "class", other, tmp_path / "out")


def test_identical_and_perfect_files_are_told_and_cost_nothing(tmp_path, private):
    sub, out = tmp_path / "class", tmp_path / "out"
    lines = good(36).splitlines()
    put(sub / "ada" / "predictions.csv", good(36))
    put(sub / "bob" / "predictions.csv", "\n".join([lines[0], *reversed(lines[1:])]))
    put(sub / "cleo" / "predictions.csv", good(36, begin=50))
    put(sub / "dan" / "predictions.csv", RIGHT)
    judged, printed = grade(sub, private, out)
    assert marks(out) == {"ada": "5.0", "bob": "5.0", "cleo": "5.0", "dan": "10.0"}
    assert [line for line in judged.warnings if line.startswith("ada and bob handed in")]
    assert not [line for line in judged.warnings if "cleo" in line]
    assert "dan has every test image right" in printed
    assert "dan has every test image right" in (out / "report.html").read_text()
    for path in (out / "students").rglob("*.html"):
        assert "handed in the same" not in path.read_text()
        assert "every test image" not in path.read_text()


def test_what_students_see_tells_no_label(tmp_path):
    labels = LABELS[:90]  # 30 images of each class: too few to be told of
    private = a_challenge(tmp_path / "private", labels)
    sub, out = tmp_path / "class", tmp_path / "out"
    for name, mistakes in (("ada", 9), ("bob", 20)):
        put(sub / name / "predictions.csv", table(wrong(labels, mistakes)))
    grade(sub, private, out)
    written = {path: path.read_text() for path in (out / "students").rglob("*") if path.is_file()}
    assert len(written) == 3
    for path, text in written.items():
        assert not any(f"t{number:03d}" in text for number in range(90)), path
        assert "Of the images of" not in text
    feedback = written[out / "students" / "feedback" / "ada.html"]
    assert "90 %" in feedback
    assert "bob" not in feedback
    board = written[out / "students" / "board.html"]
    assert "ada" not in board
    assert "bob" not in board
    assert "always &#39;cat&#39;" in board
    alias = next(each.alias for each in grade(sub, private, out)[0].board if each.student == "ada")
    assert alias in feedback
    assert alias in board
    grade(sub, private, out, names=True)
    assert "ada" in (out / "students" / "board.html").read_text()


def test_classes_are_told_in_tens_where_there_are_many_images(tmp_path):
    labels = ["cat"] * 60 + ["dog"] * 49 + ["Élan"] * 51
    private = a_challenge(tmp_path / "private", labels)
    put(tmp_path / "class" / "ada" / "predictions.csv", table(wrong(labels, 13)))
    grade(tmp_path / "class", private, tmp_path / "out")
    page = (tmp_path / "out" / "students" / "feedback" / "ada.html").read_text()
    assert "<code>cat</code>, about 80 %" in page  # 47 of 60 are 78 %
    assert "Élan" in page
    assert "dog" not in page


def test_names_from_outside_reach_no_page_and_no_formula(tmp_path, private):
    name = "=1+1<script>alert(1)"
    put(tmp_path / "class" / name / "predictions.csv", good(6))
    put(tmp_path / "class" / "bob" / "predictions.csv", RIGHT.replace("dog", "<b>@x"))
    _, _ = grade(tmp_path / "class", private, tmp_path / "out")
    out = tmp_path / "out"
    for path in out.rglob("*.html"):
        assert "<script" not in path.read_text()
        assert "<b>@x" not in path.read_text()
    for table_file in ("grades.csv", "board.csv", "canvas.csv", "moodle.csv"):
        for row in rows_of(out / table_file):
            assert not any((cell or "").startswith(("=", "@")) for cell in row.values())


def test_everything_is_the_instructors_alone(tmp_path, private):
    put(tmp_path / "class" / "ada" / "predictions.csv", good(6))
    grade(tmp_path / "class", private, tmp_path / "out")
    for path in (tmp_path / "out").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path


def test_late_work_costs_what_the_policy_says(tmp_path, private):
    put(tmp_path / "class" / "ada" / "predictions.csv", good(6))
    put(tmp_path / "roster.csv", "student,handed_in\nada,2026-11-02T13:00Z\n")
    more = {"roster": tmp_path / "roster.csv", "due": "2026-11-02T12:00Z", "late_policy": "per-day=10%"}
    grade(tmp_path / "class", private, tmp_path / "out", **more)
    assert marks(tmp_path / "out") == {"ada": "9.0"}
    assert "9 of 10 points" in (tmp_path / "out" / "students" / "feedback" / "ada.html").read_text()


def test_a_corrected_label_scores_all_tries_again_and_says_so(tmp_path, private):
    put(tmp_path / "class" / "ada" / "predictions.csv", good(24))  # 80 %
    grade(tmp_path / "class", private, tmp_path / "out")
    assert marks(tmp_path / "out") == {"ada": "10.0"}
    text = (private / "labels.csv").read_text()
    assert "t119.jpg,Élan" in text
    (private / "labels.csv").write_text(text.replace("t119.jpg,Élan", "t119.jpg,cat"))
    _, printed = grade(tmp_path / "class", private, tmp_path / "out")
    assert marks(tmp_path / "out") == {"ada": "5.0"}
    assert "labels.csv has changed" in printed
    assert "is not as it was" in (tmp_path / "out" / "report.html").read_text()


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda p: (p / "labels.csv").unlink(), "cannot be read"),
        (lambda p: (p / "challenge.json").unlink(), "cannot be read"),
        (lambda p: (p / "challenge.json").write_text('{"tries": 3}'), "damaged"),
        (lambda p: (p / "challenge.json").write_text("[" * 100_000), "damaged"),
        (lambda p: (p / "labels.csv").write_text("file,label\nt000.jpg,cat\nt000.jpg,dog\n"), "Line 3"),
        (lambda p: (p / "labels.csv").write_text("file,label\nt000.jpg,horse\n"), "Line 2"),
        (lambda p: (p / "labels.csv").write_text("name,label\nt000.jpg,cat\n"), "columns"),
        (lambda p: (p / "labels.csv").write_text("file,label\nt000.jpg,cat\n"), "fewer than two"),
    ],
)
def test_labels_that_cannot_be_used(private, damage, words):
    damage(private)
    with pytest.raises(DataError, match=words):
        load_challenge(private)


def test_what_cannot_be_graded_at_all(tmp_path, private):
    put(tmp_path / "class" / "ada" / "notes.txt", "x")
    with pytest.raises(CourseError, match="lies inside"):
        grade(tmp_path / "class", private, tmp_path / "class" / "out")
    (tmp_path / "empty").mkdir()
    with pytest.raises(CourseError, match="no predictions"):
        grade(tmp_path / "empty", private, tmp_path / "out")
    put(tmp_path / "outer" / "class" / "ada.csv", RIGHT)
    put(tmp_path / "outer" / "class" / "bob.csv", good(6))
    with pytest.raises(CourseError, match="may be one student's or a class's"):
        grade(tmp_path / "outer", private, tmp_path / "out")
    put(tmp_path / "two" / "ada" / "predictions.csv", RIGHT)
    put(tmp_path / "two" / "ada_predictions.csv", good(6))
    judged, _ = grade(tmp_path / "two", private, tmp_path / "out")
    assert "2 hand-ins under this student's name" in reasons(judged)["ada"]
