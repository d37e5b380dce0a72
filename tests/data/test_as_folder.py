"""`as_folder`: the files, their credits, and what is never overwritten."""

from __future__ import annotations

import csv
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from folder_cases import cases, expected
from PIL import Image

from tlcourse.data import CutOuts, Dataset, as_folder, digits, image_files, image_folder, rated_text
from tlcourse.errors import DataError, UnknownNameError


@pytest.fixture
def small() -> Dataset:
    data = digits()
    rows = [part[data.labels[part] == label][:2] for part in data.splits.values() for label in range(10)]
    return data.subset(np.sort(np.concatenate(rows)))


def held(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_no_pixel_and_no_row_is_lost(tmp_path: Path) -> None:
    for name, data in cases().items():
        folder = as_folder(data, tmp_path / name)
        with (folder / "credits.csv").open(encoding="utf-8", newline="") as file:
            lines = list(csv.DictReader(file))
        rows = [int(line["file"].split("/")[2].split("-")[0].split(".")[0]) for line in lines]
        assert sorted(rows) == list(range(len(data)))
        assert len(held(folder)) == len(data) + 1
        for row, line in zip(rows, lines, strict=True):
            split, folder_of_class, _ = line["file"].split("/")
            assert row in data.splits[split]
            assert line["class"] == data.class_names[data.labels[row]]
            assert line["class"].replace("/", "_") == folder_of_class
            assert line["id"] == data.ids[row]
            assert np.array_equal(np.asarray(Image.open(folder / line["file"])), data.images[row])


def test_each_image_has_its_author_and_licence(tmp_path: Path) -> None:
    data = cases()["photos"]
    assert isinstance(data, CutOuts)
    folder = as_folder(data, tmp_path / "p")
    with (folder / "credits.csv").open(encoding="utf-8", newline="") as file:
        lines = {line["id"]: line for line in csv.DictReader(file)}
    for name, author, licence in zip(data.ids, data.authors, data.licences, strict=True):
        assert (lines[name]["author"], lines[name]["licence"]) == (author, licence)
        assert lines[name]["source"] == data.source


def test_without_splits_the_courses_own_reader_reads_it(tmp_path: Path, small: Dataset) -> None:
    folder = as_folder(small, tmp_path / "flat", splits=False)
    read = image_folder(folder, size=8, val=0, test=0)
    order = np.argsort(small.labels, kind="stable")
    assert read.class_names == small.class_names
    assert np.array_equal(read.images, small.images[order])
    assert np.array_equal(read.labels, small.labels[order])


def test_by_name_and_in_folders_that_are_not_there_yet(tmp_path: Path) -> None:
    folder = as_folder("digits", tmp_path / "a" / "b")
    names, images, _ = expected(digits(), "test")
    assert sorted(path.name for path in (folder / "test").iterdir()) == names
    assert len(list((folder / "test").rglob("*.png"))) == len(images)


def test_a_second_call_leaves_the_folder_as_it_is(tmp_path: Path, small: Dataset) -> None:
    (tmp_path / "again").mkdir()
    folder = as_folder(small, tmp_path / "again", splits=False)
    times = {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    assert as_folder(small, folder, splits=False) == folder
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == times


@pytest.mark.parametrize(
    "what", ["a file of yours", "an empty folder", "a lost image", "other images", "splits"]
)
def test_a_folder_with_other_things_is_left_alone(tmp_path: Path, small: Dataset, what: str) -> None:
    folder = tmp_path / "mine"
    if what == "a file of yours":
        folder.mkdir()
        (folder / "thesis.docx").write_text("years of work")
    else:
        as_folder(small, folder, splits=False)
        if what == "an empty folder":
            (folder / "8" / "new").mkdir()
        elif what == "a lost image":
            next((folder / "3").glob("*.png")).unlink()
    before = held(folder)
    other = replace(small, images=255 - small.images) if what == "other images" else small
    with pytest.raises(DataError, match=r"Nothing was written") as caught:
        as_folder(other, folder, splits=what == "splits")
    assert "Give another folder" in caught.value.fix
    assert held(folder) == before
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_a_broken_write_leaves_nothing(
    tmp_path: Path, small: Dataset, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(image_files, "_write", full)
    with pytest.raises(DataError, match="No space left"):
        as_folder(small, tmp_path / "mine", splits=False)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
    assert not held(tmp_path)


def test_bad_folders(tmp_path: Path, small: Dataset) -> None:
    (tmp_path / "file").write_text("mine")
    os.symlink(tmp_path, tmp_path / "link")
    for name in ("file", "link"):
        with pytest.raises(DataError, match="is a file or a link"):
            as_folder(small, tmp_path / name, splits=False)
    with pytest.raises(DataError, match="cannot be written"):
        as_folder(small, tmp_path / "file" / "below", splits=False)
    assert (tmp_path / "file").read_text() == "mine"


def test_bad_data(tmp_path: Path, small: Dataset) -> None:
    out = tmp_path / "out"
    with pytest.raises(UnknownNameError, match="'digit'"):
        as_folder("digit", out)
    with pytest.raises(DataError, match="TextDataset, not a data set of images"):
        as_folder(rated_text("tweets"), out)  # type: ignore[arg-type]
    with pytest.raises(DataError, match="is empty"):
        as_folder(small.subset([]), out)
    without = (small.labels != 4) | ~np.isin(np.arange(len(small)), small.splits["train"])
    with pytest.raises(DataError, match=r"class '4' of digits has no image in the split 'train'"):
        as_folder(small.subset(without), out)
    with pytest.raises(DataError, match=r"class '4' of digits has no image, so"):
        as_folder(small.subset(small.labels != 4), out, splits=False)
    with pytest.raises(DataError, match="'a/b' and 'A_B' of digits would be one folder"):
        as_folder(replace(small, class_names=("a/b", "A_B", *small.class_names[2:])), out, splits=False)
    nowhere = replace(small, splits={name: np.array([], int) for name in small.splits})
    with pytest.raises(DataError, match="splits=False"):
        as_folder(nowhere, out)
    assert not out.exists()
    as_folder(nowhere, out, splits=False)
