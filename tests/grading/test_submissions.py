"""Submissions are found however they were collected, one for each student."""

from __future__ import annotations

import errno
import os
import random
import shutil
import time
import zipfile
from pathlib import Path

import pytest

from tlcourse.errors import CourseError
from tlcourse.grading.keeping import CannotWriteError
from tlcourse.grading.submissions import find_submissions

NAME = "02-choose-a-pretrained-model"


def put(path: Path, text: str = "{}", age: float = 0.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (time.time() - age, time.time() - age))


def a_zip(path: Path, members: dict[str, str]) -> bytearray:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in members.items():
            bundle.writestr(name, text)
    return bytearray(path.read_bytes())


def zip_of(folder: Path, pattern: str) -> Path:
    """A zip, beside a folder, of what matches the pattern in it; files keep their times."""
    archive = folder.with_suffix(".zip")
    with zipfile.ZipFile(archive, "w") as bundle:
        for path in folder.rglob(pattern):
            bundle.write(path, path.relative_to(folder))
    return archive


def by_student(place: Path, tmp_path: Path) -> dict[str, str]:
    scratch = tmp_path / f"scratch{time.monotonic_ns()}"
    intake = find_submissions(place, "02", scratch)
    return {s.student: s.problem.reason if s.problem else s.path.read_text() for s in intake.submissions}


@pytest.mark.parametrize(
    ("file", "student"),
    [
        (f"ada/{NAME}.ipynb", "ada"),
        (f"{NAME}_ada.ipynb", "ada"),
        (f"lovelaceada_12345_67890_{NAME}.ipynb", "lovelaceada_12345"),
        (f"lovelaceada_LATE_12345_67890_{NAME}-2.ipynb", "lovelaceada_12345"),
        (f"Ada Lovelace_1234567_assignsubmission_file_/{NAME}.ipynb", "Ada Lovelace_1234567"),
        (f"Ada Lovelace_1234567_assignsubmission_file_{NAME}.ipynb", "Ada Lovelace_1234567"),
        (f"submitted/ada/chapter-02/{NAME}.ipynb", "ada"),
    ],
)
@pytest.mark.parametrize("zipped", [False, True])
def test_every_layout(tmp_path, file, student, zipped):
    place = tmp_path / "class"
    put(place / file, "mine")
    put(place / file.replace("ada", "bob").replace("Ada", "Bob").replace("12345", "22345"), "other")
    if zipped and not file.startswith("submitted"):
        place = zip_of(place, "*.ipynb")
    seen = by_student(place, tmp_path)
    assert seen[student] == "mine"
    assert len(seen) == 2


def test_the_newest_of_the_chapter_comes_first(tmp_path):
    place = tmp_path / "class"
    put(place / "ada" / f"{NAME}.ipynb", "old", age=100)
    put(place / "ada" / f"{NAME} (1).ipynb", "new")
    put(place / "bob" / f"{NAME}.ipynb", "right chapter", age=100)
    put(place / "bob" / "03-build-the-base-model.ipynb", "newer, of another chapter")
    ada, bob = find_submissions(place, "02", tmp_path / "s").submissions
    assert [c.path.read_text() for c in ada.candidates] == ["new", "old"]
    assert bob.path.read_text() == "right chapter"
    assert [c.of_chapter for c in bob.candidates] == [True, False]


def test_a_resubmission_counts_by_canvas_number_not_by_the_clock(tmp_path):
    place = tmp_path / "class"
    put(place / f"ada_1_10_{NAME}-2.ipynb", "second", age=100)
    put(place / f"ada_1_11_{NAME}-1.ipynb", "first")
    put(place / f"bob_2_12_{NAME}.ipynb", "bob")
    put(place / f"cleo_LATE_3_13_{NAME}.ipynb", "cleo")
    assert by_student(place, tmp_path)["ada_1"] == "second"
    assert "late" in find_submissions(place, "02", tmp_path / "again").submissions[-1].notes[0]


def test_students_are_never_merged(tmp_path):
    place = tmp_path / "class"
    for name in ("ada", "Ada", "ada ", "a da"):
        put(place / name / f"{NAME}.ipynb", name)
    assert by_student(place, tmp_path) == {name: name for name in ("ada", "Ada", "ada ", "a da")}


def test_what_is_no_submission_is_left_out(tmp_path):
    place = tmp_path / "class"
    put(place / "ada" / f"{NAME}.ipynb", "mine")
    put(place / "ada" / ".ipynb_checkpoints" / f"{NAME}-checkpoint.ipynb", "no")
    put(place / "__MACOSX" / "ada" / f"._{NAME}.ipynb", "no")
    put(place / "roster.csv", "student")
    assert by_student(place, tmp_path) == {"ada": "mine"}


def test_traps_get_a_reason_each(tmp_path):
    place = tmp_path / "class"
    put(place / "ok" / f"{NAME}.ipynb", "fine")
    (place / "link").mkdir()
    (place / "link" / f"{NAME}.ipynb").symlink_to("/etc/passwd")
    a_zip(place / "slip" / "a.zip", {f"../../ok/{NAME}.ipynb": "evil"})
    a_zip(place / "bomb" / "a.zip", {f"{NAME}.ipynb": "0" * 50_000_000})
    (place / "bad").mkdir()
    (place / "bad" / "a.zip").write_bytes(b"PK\x03\x04 nothing")
    seen = by_student(place, tmp_path)
    assert seen["ok"] == "fine"
    assert "symbolic link" in seen["link"]
    assert "leads out" in seen["slip"]
    assert "zip bomb" in seen["bomb"]
    assert "broken" in seen["bad"]
    assert (place / "ok" / f"{NAME}.ipynb").read_text() == "fine"


@pytest.mark.parametrize("what", ["nowhere", "empty", "text", "no-zip"])
def test_nothing_to_grade_is_one_clear_error(tmp_path, what):
    place = tmp_path / what
    if what == "empty":
        place.mkdir()
    elif what == "text":
        place.write_text("x")
    elif what == "no-zip":
        place = tmp_path / "x.zip"
        place.write_bytes(b"PK")
    with pytest.raises(CourseError):
        find_submissions(place, "02", tmp_path / "scratch")


# --- whose it is --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "inner",
    [
        f"a_1234_5_x/{NAME}.ipynb",
        f"a_1234_5_{NAME}.ipynb",
        f"a_1234_assignsubmission_file_/{NAME}.ipynb",
        f"{NAME}_a.ipynb",
        f"a/{NAME}.ipynb",
        f"submitted/a/chapter-02/{NAME}.ipynb",
        f"../a/{NAME}.ipynb",
    ],
)
@pytest.mark.parametrize("way", ["folder", "zip", "own zip", "class zip"])
def test_no_name_further_down_is_a_students(tmp_path, inner, way):
    place = tmp_path / "class"
    put(place / "a" / f"{NAME}.ipynb", "a's", age=1000)
    put(place / "c" / f"{NAME}.ipynb", "c's")
    if way == "folder":
        put(place / "b" / inner.replace("..", "up"), "b's")
    else:
        a_zip(place / ("b.zip" if way == "own zip" else "b/work.zip"), {inner: "b's"})
    if way == "class zip":
        place = zip_of(place, "*")
    seen = by_student(place, tmp_path)
    assert seen["a"] == "a's"
    assert set(seen) == {"a", "b", "c"}
    assert seen["b"] == "b's" or ".." in inner


@pytest.mark.parametrize(
    ("first", "second", "how_many"),
    [
        (f"Zo\u00eb/{NAME}.ipynb", f"Zoe\u0308/{NAME}.ipynb", "two"),
        (f"ada/{NAME}.ipynb", f"{NAME}_ada.ipynb", "two"),
        (f"ada/{NAME}.ipynb", "ada.zip", "two"),
        (f"{NAME}_Zo\u00eb.ipynb", f"{NAME}_Zoe\u0308.ipynb", "two"),
        (f"{NAME}_ada.ipynb", f"{NAME}_ada.IPYNB", "two"),
    ],
)
def test_two_sources_of_one_student_are_a_question(tmp_path, first, second, how_many):
    place = tmp_path / "class"
    put(place / first, "old", age=1000)
    if second.endswith(".zip"):
        a_zip(place / second, {f"{NAME}.ipynb": "new"})
    else:
        put(place / second, "new")
    put(place / "bob" / f"{NAME}.ipynb", "bob's")
    handed = {s.student: s for s in find_submissions(place, "02", tmp_path / "s").submissions}
    (student,) = set(handed) - {"bob"}
    problem = handed[student].problem
    assert problem is not None
    assert f"there are {how_many} submissions" in problem.reason
    assert "remove or rename the other" in problem.advice
    assert handed["bob"].path.read_text() == "bob's"


def test_two_chapters_in_one_flat_folder_are_no_question(tmp_path):
    place = tmp_path / "class"
    put(place / f"{NAME}_ada.ipynb", "this")
    put(place / "03-build-the-base-model_ada.ipynb", "that")
    assert by_student(place, tmp_path) == {"ada": "this"}


@pytest.mark.parametrize(
    ("files", "students"),
    [
        ([f"{NAME}_2026_11_25.ipynb", f"{NAME}_2026_11_26.ipynb"], {"2026_11_25", "2026_11_26"}),
        (["week_2_1_final/x.ipynb", "week_2_2_final/x.ipynb"], {"week_2_1_final", "week_2_2_final"}),
        (["week_2_1_ada.ipynb", "week_2_1_bob.ipynb"], {"week_2_1_ada", "week_2_1_bob"}),
        ([f"{NAME}_NAME.IPYNB", f"{NAME}_bob.Ipynb"], {"NAME", "bob"}),
        ([f"ada_1_10_{NAME}.ipynb", f"bob/{NAME}.ipynb"], {f"ada_1_10_{NAME}", "bob"}),
        ([f"a_1_assignsubmission_file_/{NAME}.ipynb", "b/x.ipynb"], {"a_1_assignsubmission_file_", "b"}),
        ([f"ada/{NAME}_2026_11_25.ipynb", f"bob/{NAME}.IPYNB"], {"ada", "bob"}),
        ([f"ada/notebooks/torch/{NAME}.ipynb", f"ada/solutions/torch/{NAME}.ipynb"], {"ada"}),
        ([f"ada/one/{NAME}.ipynb", f"ada/two/{NAME}.ipynb"], {"ada"}),
        ([f"submitted/{NAME}.ipynb", f"ada/{NAME}.ipynb"], {"submitted", "ada"}),
    ],
)  # fmt: skip
def test_an_lms_is_believed_only_where_the_whole_class_is_named_by_it(tmp_path, files, students):
    for file in files:
        put(tmp_path / "class" / file, "x")
    seen = by_student(tmp_path / "class", tmp_path)
    assert set(seen) == students
    assert all(text == "x" for text in seen.values())


def test_a_mostly_lms_like_class_is_told(tmp_path):
    for name in ("ada_1_10", "bob_2_11", "cleo_3_12"):
        put(tmp_path / "class" / f"{name}_{NAME}.ipynb", "x")
    put(tmp_path / "class" / "mine.ipynb", "x")
    (line,) = find_submissions(tmp_path / "class", "02", tmp_path / "s").left_out
    assert "3 of 4 names look like a download from Canvas" in line


def test_the_roster_says_whether_the_one_folder_is_a_student(tmp_path):
    for name in ("ada", "bob"):
        put(tmp_path / "class" / "group" / name / f"{NAME}.ipynb", name)
    assert set(by_student(tmp_path / "class", tmp_path)) == {"group"}
    for roster, expected in ((["ada", "zoe"], {"ada", "bob"}), (["group"], {"group"})):
        intake = find_submissions(tmp_path / "class", "02", tmp_path / roster[0], roster)
        assert {submission.student for submission in intake.submissions} == expected


def test_a_folder_full_of_notebooks_hides_nothing_and_takes_no_hour(tmp_path):
    place = tmp_path / "class"
    put(place / "ada" / f"{NAME}.ipynb", "mine", age=1000)
    for number in range(60):
        put(place / "ada" / "venv" / f"sample {number}.ipynb", "{}")
    (ada,) = find_submissions(place, "02", tmp_path / "s").submissions
    assert ada.path.read_text() == "mine"
    assert len(ada.candidates) == 40
    assert "only 40 of 61 notebooks" in ada.notes[0]


def test_what_is_left_out_is_told(tmp_path):
    place = tmp_path / "class"
    put(place / "ada" / f"{NAME}.ipynb", "x")
    for name in ("..x", ".git", ".ipynb_checkpoints", "__MACOSX"):
        put(place / name / f"{NAME}.ipynb", "no")
    put(place / ".DS_Store", "no")
    (place / "empty").mkdir()
    put(place / "bob" / ".work" / f"{NAME}.ipynb", "hidden")
    seen = find_submissions(place, "02", tmp_path / "s")
    assert [line.split(" ")[0] for line in seen.left_out] == ["..x", ".git", "empty"]
    assert [s.student for s in seen.submissions] == ["ada", "bob"]
    assert "hidden file: bob/.work" in seen.submissions[1].problem.reason


# --- zips ---------------------------------------------------------------------------------------------------


def without_utf8_flags(raw: bytearray) -> bytearray:
    """As macOS writes it: the name's bytes are UTF-8, and nothing says so."""
    for signature, at in ((b"PK\3\4", 6), (b"PK\1\2", 8)):
        begin = raw.find(signature)
        while begin >= 0:
            raw[begin + at + 1] &= ~0x08 & 0xFF
            begin = raw.find(signature, begin + 4)
    return raw


def test_names_from_macos_and_from_dos(tmp_path):
    place = tmp_path / "class.zip"
    raw = a_zip(place, {f"Zoe\u0308 M\u00fcller/{NAME}.ipynb": "z", f"bob/{NAME}.ipynb": "b"})
    place.write_bytes(without_utf8_flags(raw))
    assert by_student(place, tmp_path) == {"Zo\u00eb M\u00fcller": "z", "bob": "b"}
    raw = a_zip(place, {f"Zo__/{NAME}.ipynb": "z", f"bob/{NAME}.ipynb": "b"})
    place.write_bytes(bytes(raw).replace(b"Zo__", "Zo\u00eb_".encode("cp437")))
    assert by_student(place, tmp_path) == {"Zo\u00eb_": "z", "bob": "b"}


def test_a_name_that_lies_about_utf8_costs_nobody_else(tmp_path):
    for place in (tmp_path / "class.zip", tmp_path / "class" / "ada" / "own.zip"):
        raw = a_zip(place, {f"Zo\u00eb/{NAME}.ipynb": "z", f"bob/{NAME}.ipynb": "b"})
        place.write_bytes(bytes(raw).replace("Zo\u00eb".encode(), b"Zo\xff\xfe"))
    put(tmp_path / "class" / "cleo" / f"{NAME}.ipynb", "c")
    seen = by_student(tmp_path / "class.zip", tmp_path)
    assert len(seen) == 2
    assert seen["bob"] == "b"
    assert by_student(tmp_path / "class", tmp_path)["cleo"] == "c"


@pytest.mark.parametrize("zipped", ["the class", "a student's work"])
def test_no_room_for_what_is_in_a_zip_is_no_students_doing(tmp_path, monkeypatch, zipped):
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    a_zip(tmp_path / "class" / "ada" / "work.zip", {f"{NAME}.ipynb": "mine"})
    place = zip_of(tmp_path / "class", "*") if zipped == "the class" else tmp_path / "class"
    monkeypatch.setattr(shutil, "copyfileobj", full)
    with pytest.raises(CannotWriteError, match=r"The disk is full: .*scratch") as caught:
        find_submissions(place, "02", tmp_path / "scratch")
    assert "set TMPDIR" in caught.value.fix


@pytest.mark.parametrize("damage", ["data", "crc", "lzma", "offset", "method"])
def test_damaged_data_in_a_zip_costs_that_student_alone(tmp_path, damage):
    place = tmp_path / "class.zip"
    text = random.Random(0).randbytes(3000).hex()
    raw = a_zip(place, {f"ada/{NAME}.ipynb": text, f"bob/{NAME}.ipynb": "b" * 50})
    data = raw.find(b".ipynb") + 6
    central = raw.find(b"PK\1\2")
    if damage == "data":
        raw[data : data + 300] = b"\xff" * 300
    elif damage == "crc":
        raw[central + 16] ^= 1
    elif damage == "offset":
        raw[central + 42 : central + 46] = b"\xff\xff\xff\x0f"
    else:
        raw[central + 10] = 14 if damage == "lzma" else 99
    place.write_bytes(raw)
    seen = by_student(place, tmp_path)
    assert seen["bob"] == "b" * 50
    assert "unpack" in seen["ada"] or "not supported" in seen["ada"]


def test_names_that_no_console_can_show(tmp_path):
    place = tmp_path / "class"
    put(place / "ada" / f"{NAME}.ipynb", "a")
    for raw in (b"caf\xe9", b"line\nbreak", b"\x1b[31m", b"x" * 255, "\u202egpj".encode(), b"$(x) [red]"):
        folder = os.fsencode(place) + b"/" + raw
        os.mkdir(folder)
        with open(folder + b"/" + NAME.encode() + b".ipynb", "w") as file:
            file.write("y")
    seen = by_student(place, tmp_path)
    assert seen["ada"] == "a"
    assert {"caf\\xe9", "line\\nbreak", "\\x1b[31m", "x" * 255, "\\u202egpj", "$(x) [red]"} < set(seen)
    for name in seen:
        assert name.isprintable()
        name.encode()
