"""Submissions are found however they were collected, one for each student."""

from __future__ import annotations

import os
import time
import zipfile
from pathlib import Path

import pytest

from tlcourse.errors import CourseError
from tlcourse.grading.found import find

NAME = "02-choose-a-pretrained-model"


def put(path: Path, text: str = "{}", age: float = 0.0) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (time.time() - age, time.time() - age))


def found(place: Path, tmp_path: Path) -> dict[str, str]:
    scratch = tmp_path / f"scratch{time.monotonic_ns()}"
    return {
        s.student: s.problem.reason if s.problem else s.path.read_text() for s in find(place, "02", scratch)
    }


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
        archive = tmp_path / "class.zip"
        with zipfile.ZipFile(archive, "w") as bundle:
            for path in place.rglob("*.ipynb"):
                bundle.write(path, path.relative_to(place))
        place = archive
    seen = found(place, tmp_path)
    assert seen[student] == "mine"
    assert len(seen) == 2


def test_the_newest_counts_and_it_says_so(tmp_path):
    place = tmp_path / "class"
    put(place / "ada" / f"{NAME}.ipynb", "old", age=100)
    put(place / "ada" / f"{NAME} (1).ipynb", "new")
    put(place / "bob" / f"{NAME}.ipynb", "right chapter", age=100)
    put(place / "bob" / "03-build-the-base-model.ipynb", "newer, of another chapter")
    ada, bob = find(place, "02", tmp_path / "s")
    assert ada.path.read_text() == "new"
    assert "not counted" in ada.notes[0]
    assert bob.path.read_text() == "right chapter"


def test_a_resubmission_counts_by_canvas_number_not_by_the_clock(tmp_path):
    place = tmp_path / "class"
    put(place / f"ada_1_10_{NAME}-2.ipynb", "second", age=100)
    put(place / f"ada_1_11_{NAME}-1.ipynb", "first")
    put(place / f"bob_2_12_{NAME}.ipynb", "bob")
    put(place / f"cleo_LATE_3_13_{NAME}.ipynb", "cleo")
    assert found(place, tmp_path)["ada_1"] == "second"
    assert "late" in find(place, "02", tmp_path / "again")[-1].notes[0]


def test_students_are_never_merged(tmp_path):
    place = tmp_path / "class"
    for name in ("ada", "Ada", "ada ", "a da"):
        put(place / name / f"{NAME}.ipynb", name)
    assert found(place, tmp_path) == {name: name for name in ("ada", "Ada", "ada ", "a da")}


def test_what_is_no_submission_is_left_out(tmp_path):
    place = tmp_path / "class"
    put(place / "ada" / f"{NAME}.ipynb", "mine")
    put(place / "ada" / ".ipynb_checkpoints" / f"{NAME}-checkpoint.ipynb", "no")
    put(place / "__MACOSX" / "ada" / f"._{NAME}.ipynb", "no")
    put(place / "roster.csv", "student")
    assert found(place, tmp_path) == {"ada": "mine"}


def test_traps_get_a_reason_each(tmp_path):
    place = tmp_path / "class"
    put(place / "ok" / f"{NAME}.ipynb", "fine")
    (place / "link").mkdir()
    (place / "link" / f"{NAME}.ipynb").symlink_to("/etc/passwd")
    (place / "slip").mkdir()
    with zipfile.ZipFile(place / "slip" / "a.zip", "w") as bundle:
        bundle.writestr(f"../../ok/{NAME}.ipynb", "evil")
    (place / "bomb").mkdir()
    with zipfile.ZipFile(place / "bomb" / "a.zip", "w", zipfile.ZIP_DEFLATED) as bundle:
        bundle.writestr(f"{NAME}.ipynb", b"0" * 50_000_000)
    (place / "bad").mkdir()
    (place / "bad" / "a.zip").write_bytes(b"PK\x03\x04 nothing")
    seen = found(place, tmp_path)
    assert seen["ok"] == "fine"
    assert "symbolic link" in seen["link"]
    assert "leads out" in seen["slip"]
    assert "trap" in seen["bomb"]
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
        find(place, "02", tmp_path / "scratch")
