"""A folder of images, dirty as phones make them, becomes a challenge that gives nothing away."""

from __future__ import annotations

import errno
import os
import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from challenges import an_image, classes_of, rows_of, save
from PIL import Image, ImageEnhance

from tlcourse.data.resizing import central_square
from tlcourse.errors import CourseError, DataError, SettingError
from tlcourse.grading.challenge import writing
from tlcourse.grading.challenge.copies import near_copies
from tlcourse.grading.challenge.dividing import divide
from tlcourse.grading.challenge.making import Options, make_challenge
from tlcourse.grading.challenge.pictures import read_pictures
from tlcourse.grading.challenge.settings import load_challenge

COUNTS = {"cat": 12, "dog": 10}


@pytest.fixture
def folder(tmp_path) -> Path:
    return classes_of(tmp_path / "pictures", COUNTS)


def made_of(folder: Path, out: Path, **changes):
    return make_challenge(folder, out, Options(**{"size": 48, "bars": ("0.9=10",)} | changes))


def published(out: Path) -> list[Path]:
    return [path for path in (out / "published").rglob("*") if path.is_file()]


def sides(out: Path) -> dict[str, str]:
    """Of each original, the side it is on: train or test."""
    return {
        row["original"]: row["published"].split("/")[0] for row in rows_of(out / "private" / "origin.csv")
    }


def with_place_and_camera(image: Image.Image, path: Path) -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x0110], exif[0x0112] = "Acme", "PhoneOne", 6
    exif.get_ifd(0x8825).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 36.0)})
    save(path, image, exif=exif, comment=b"taken at home by Ada", quality=80)


def test_what_is_published_and_what_is_kept(folder, tmp_path):
    made = made_of(folder, tmp_path / "out", test_share=0.3, metric="balanced-accuracy", tries=2)
    out = tmp_path / "out"
    assert made.testing == {"cat": 4, "dog": 3}
    assert made.training == {"cat": 8, "dog": 7}
    top = {path.name for path in (out / "published").iterdir()}
    assert top == {"README.md", "sample_submission.csv", "train", "test"}
    tests = sorted(path.name for path in (out / "published" / "test").iterdir())
    assert [row["file"] for row in rows_of(out / "published" / "sample_submission.csv")] == tests
    challenge = load_challenge(out / "private")
    assert list(challenge.files) == tests
    assert Counter(challenge.labels.tolist()) == {0: 4, 1: 3}
    readme = (out / "published" / "README.md").read_text()
    for words in ("balanced accuracy", "up to 2 files", "90 %: 10 points", "| cat | 8 |"):
        assert words in readme
    assert (out / "private").stat().st_mode & 0o777 == 0o700
    assert (out / "private" / "labels.csv").stat().st_mode & 0o777 == 0o600
    # The labels are the right ones: each published image is most like the original that it is said to be.
    rows = rows_of(out / "private" / "origin.csv")
    squares = [central_square(np.asarray(Image.open(folder / row["original"])), 48) for row in rows]
    images = [np.asarray(Image.open(out / "published" / row["published"])) for row in rows]
    likeness = np.corrcoef([each.ravel() for each in squares], [each.ravel() for each in images])
    assert likeness[: len(rows), len(rows) :].argmax(axis=0).tolist() == list(range(len(rows)))
    for row in rows:
        assert row["original"].split("/")[0] == row["class"]
        if row["published"].startswith("train/"):
            assert row["published"].split("/")[1] == row["class"]
        else:
            place = challenge.files.index(row["published"].removeprefix("test/"))
            assert challenge.rules.classes[challenge.labels[place]] == row["class"]


def test_no_published_file_gives_its_class_away(tmp_path):
    folder = tmp_path / "pictures"
    for number in range(12):
        with_place_and_camera(an_image(number, 120, 90), folder / "cat" / f"IMG_cat_{number}.jpg")
        save(folder / "dog" / f"dog{number}.png", an_image(100 + number, 70, 200))
    out = tmp_path / "out"
    made = made_of(folder, out)
    kinds = set()
    for path in published(out):
        assert path.stat().st_mtime == 1_577_836_800
        assert path.stat().st_mode & 0o777 == 0o644
        if path.suffix != ".jpg":
            continue
        data = path.read_bytes()
        for secret in (b"Acme", b"PhoneOne", b"GPS", b"Exif", b"Ada", b"ICC_PROFILE", b"IMG_"):
            assert secret not in data, path
        with Image.open(path) as image:
            assert not image.getexif()
            assert "comment" not in image.info
            kinds.add((image.format, image.size, image.mode, str(image.quantization), str(image.layer)))
        assert re.fullmatch(r"[0-9a-f]{10}\.jpg", path.name)
    assert len(kinds) == 1
    assert not any(
        "cat" in path.name or "dog" in path.name for path in (out / "published" / "test").iterdir()
    )
    texts = "".join(path.read_text() for path in published(out) if path.suffix != ".jpg")
    assert "IMG_" not in texts
    # Which is which was told to the instructor, and that the source tells the class.
    assert any(line.startswith("The camera") for line in made.remarks)
    assert any(line.startswith("The file format") for line in made.remarks)


def test_mixed_sources_give_nothing_away(folder, tmp_path):
    assert not [line for line in made_of(folder, tmp_path / "out").remarks if "alone tells" in line]


def test_images_are_turned_upright(tmp_path):
    folder = classes_of(tmp_path / "pictures", COUNTS)
    halves = Image.new("RGB", (80, 80), "black")
    halves.paste("white", (0, 0, 80, 40))
    exif = Image.Exif()
    exif[0x0112] = 3
    save(folder / "cat" / "turned.jpg", halves, exif=exif)
    made_of(folder, tmp_path / "out")
    row = next(r for r in rows_of(tmp_path / "out" / "private" / "origin.csv") if "turned" in r["original"])
    where = row["published"]
    with Image.open(tmp_path / "out" / "published" / where) as image:
        assert image.getpixel((24, 4))[0] < 50
        assert image.getpixel((24, 44))[0] > 200


def test_names_are_random_and_the_border_is_not(folder, tmp_path):
    made_of(folder, tmp_path / "a", seed=5)
    made_of(folder, tmp_path / "b", seed=5)
    made_of(folder, tmp_path / "c", seed=6)
    names = [{path.name for path in (tmp_path / out / "published" / "test").iterdir()} for out in "abc"]
    assert not names[0] & names[1]
    assert sides(tmp_path / "a") == sides(tmp_path / "b") != sides(tmp_path / "c")


def test_dirty_files_are_named_and_left_out(folder, tmp_path):
    (folder / "cat" / "IMG_1.HEIC").write_bytes(b"\0\0\0\x18ftypheic" + bytes(100))
    (folder / "cat" / "IMG_2.jpg").write_bytes(b"\0\0\0\x18ftypmif1" + bytes(100))
    (folder / "cat" / "IMG_3.MOV").write_bytes(b"\0\0\0\x14ftypqt  ")
    (folder / "cat" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 nothing")
    whole = save(tmp_path / "whole.jpg", an_image(7, 400, 300), quality=95).read_bytes()
    (folder / "cat" / "cut.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "cat" / "empty.png").write_bytes(b"")
    (folder / "cat" / "notes.txt").write_text("hello")
    (folder / "cat" / ".DS_Store").write_text("x")
    (folder / "cat" / "._IMG_1.jpg").write_text("x")
    (folder / "cat" / "link.jpg").symlink_to(folder / "cat" / "cat_000.png")
    save(folder / "cat" / "icon.png", an_image(8, 20, 400))
    save(folder / "loose.png", an_image(9))
    made = made_of(folder, tmp_path / "out")
    rows = rows_of(tmp_path / "out" / "private" / "left_out.csv")
    reasons = {row["file"]: row["reason"] for row in rows}
    expected = {
        "cat/IMG_1.HEIC": "HEIC",
        "cat/IMG_2.jpg": "HEIC",
        "cat/IMG_3.MOV": "film",
        "cat/broken.jpg": "cannot be read",
        "cat/cut.jpg": "cannot be read",
        "cat/empty.png": "empty",
        "cat/notes.txt": "not an image",
        "cat/link.jpg": "link",
        "cat/icon.png": "20 x 400",
        "loose.png": "no class folder",
    }
    assert set(reasons) == set(expected)
    for file, words in expected.items():
        assert words in reasons[file], file
        assert str(tmp_path) not in reasons[file]
    assert any("10 files were left out" in line for line in made.remarks)
    assert sum(made.training.values()) + sum(made.testing.values()) == 22


def test_odd_kinds_of_images_are_read(folder, tmp_path):
    image = an_image(50)
    save(folder / "cat" / "palette.gif", image.convert("P"))
    save(folder / "cat" / "clear.png", image.convert("RGBA"))
    save(folder / "cat" / "print.jpg", an_image(51).convert("CMYK"))
    save(folder / "dog" / "grey.png", an_image(52).convert("L"))
    save(
        folder / "dog" / "deep.png", Image.fromarray(np.arange(64 * 64, dtype=np.uint16).reshape(64, 64) * 16)
    )
    save(folder / "dog" / "web.webp", an_image(53))
    (folder / "dog" / "png_named.jpg").write_bytes((folder / "dog" / "web.webp").read_bytes())
    made = made_of(folder, tmp_path / "out")
    assert sum(made.training.values()) + sum(made.testing.values()) == 22 + 7


COPIES = {
    "the same file": lambda image: image,
    "mirrored": lambda image: image.transpose(Image.Transpose.FLIP_LEFT_RIGHT),
    "upside down": lambda image: image.transpose(Image.Transpose.ROTATE_180),
    "turned": lambda image: image.transpose(Image.Transpose.ROTATE_90),
    "turned and mirrored": lambda image: image.transpose(Image.Transpose.TRANSPOSE),
    "smaller": lambda image: image.resize((48, 36)),
    "brighter": lambda image: ImageEnhance.Brightness(image).enhance(1.2),
    "with less contrast": lambda image: ImageEnhance.Contrast(image).enhance(0.7),
    "cut a little": lambda image: image.crop((2, 2, 94, 70)).resize((96, 72)),
}


def test_near_copies_are_found_and_others_are_not(tmp_path):
    folder = tmp_path / "pictures"
    for number, (name, change) in enumerate(COPIES.items()):
        image = an_image(number)
        save(folder / "cat" / f"{name}.png", image)
        save(folder / "dog" / f"{name} again.jpg", change(image), quality=70)
    read = read_pictures(folder, 64)
    pairs = {(read.pictures[a].inside, read.pictures[b].inside) for a, b in near_copies(read.pictures)}
    assert pairs == {(f"cat/{name}.png", f"dog/{name} again.jpg") for name in COPIES}


def test_plain_areas_are_copies_only_if_they_are_equal(tmp_path):
    folder = tmp_path / "pictures"
    for number in range(4):
        save(folder / "red" / f"{number}.png", Image.new("RGB", (50, 50), (200 + number, 0, 0)))
        save(folder / "blue" / f"{number}.png", Image.new("RGB", (50, 50), (0, 0, 200 + number // 2)))
    read = read_pictures(folder, 64)
    pairs = [(read.pictures[a].inside, read.pictures[b].inside) for a, b in near_copies(read.pictures)]
    assert pairs == [("blue/0.png", "blue/1.png"), ("blue/2.png", "blue/3.png")]


@pytest.mark.parametrize("seed", range(4))
def test_near_copies_stay_on_one_side(tmp_path, seed):
    folder = classes_of(tmp_path / "pictures", {"cat": 10, "dog": 10})
    for number in range(6):
        mirrored = Image.open(folder / "cat" / f"cat_{number:03d}.png").transpose(
            Image.Transpose.FLIP_LEFT_RIGHT
        )
        save(folder / "cat" / f"mirror_{number}.jpg", mirrored)
    made = made_of(folder, tmp_path / "out", seed=seed)
    side = sides(tmp_path / "out")
    for number in range(6):
        assert side[f"cat/cat_{number:03d}.png"] == side[f"cat/mirror_{number}.jpg"]
    assert len(rows_of(tmp_path / "out" / "private" / "near_copies.csv")) == 6
    assert any("6 pairs of near copies" in line for line in made.remarks)
    assert set(side.values()) == {"train", "test"}


def test_copies_in_two_classes_are_told(folder, tmp_path):
    save(folder / "dog" / "wrong.png", Image.open(folder / "cat" / "cat_000.png"))
    made = made_of(folder, tmp_path / "out")
    assert any("cat/cat_000.png and dog/wrong.png" in line for line in made.remarks)


@pytest.mark.parametrize("how", ["table", "prefix"])
def test_groups_are_never_divided(tmp_path, how):
    folder = tmp_path / "pictures"
    lines = ["file;group"]
    for number in range(36):
        label, group = ("cat", "dog")[number % 2], f"p{number % 9}"
        name = f"{group}_{number}.png" if how == "prefix" else f"{number}.png"
        save(folder / label / name, an_image(number))
        lines.append(f"{label}/{name};{group}")
    options: dict = {"group_prefix": "_"}
    if how == "table":
        (tmp_path / "groups.csv").write_text("\n".join(lines))
        options = {"groups": tmp_path / "groups.csv"}
    made = made_of(folder, tmp_path / "out", **options)
    of_group: dict[str, set[str]] = {}
    for row in rows_of(tmp_path / "out" / "private" / "origin.csv"):
        of_group.setdefault(row["group"], set()).add(row["published"].split("/")[0])
    assert len(of_group) == 9
    assert all(len(each) == 1 for each in of_group.values())
    assert 8 <= sum(made.testing.values()) <= 14
    assert load_challenge(tmp_path / "out" / "private").groups is not None


def test_shares_are_kept_where_they_can_be():
    labels = ["a"] * 100 + ["b"] * 40 + ["c"] * 2
    test = divide(labels, 0.25, 0).test
    assert Counter(np.array(labels)[test].tolist()) == {"a": 25, "b": 10, "c": 1}


REFUSED = {
    "no folder": (lambda f: {"folder": f / "nothing"}, "does not exist"),
    "train and test already": (lambda f: {"folder": train_and_test(f)}, "are not classes"),
    "one class": (lambda f: {"folder": one_class(f)}, "one class only"),
    "one image of a class": (lambda f: save(f / "owl" / "1.png", an_image(1)), "'owl' has 1 image"),
    "no image of a class": (lambda f: (f / "owl").mkdir(), "'owl' has no image"),
    "only HEIC in a class": (lambda f: heic(f / "owl" / "1.heic"), "HEIC"),
    "a class of one image again and again": (lambda f: again(f / "owl"), "belong together"),
    "a name that is a formula": (lambda f: save(f / "=cmd" / "1.png", an_image(1)), "does not fit"),
    "names that are one": (lambda f: save(f / "CAT" / "1.png", an_image(1)), "only in how they are written"),
    "a share of everything": (lambda f: {"test_share": 1.0}, "test-share"),
    "a share that is none": (lambda f: {"test_share": float("nan")}, "test-share"),
    "no tries": (lambda f: {"tries": 0}, "--tries"),
    "an unknown metric": (lambda f: {"metric": "f1"}, "no metric"),
    "a bar that the baseline reaches": (lambda f: {"bars": ("0.5=10",)}, "always says 'cat'"),
    "tables and prefix": (lambda f: {"groups": f, "group_prefix": "_"}, "both"),
    "a prefix that is in no name": (lambda f: {"group_prefix": "@"}, "No image's name"),
    "one group": (lambda f: {"group_prefix": "0"}, "belong together"),
    "no table": (lambda f: {"groups": f / "no.csv"}, "cannot be read"),
    "a table without groups": (lambda f: {"groups": text(f, "file,who\na,b\n")}, "needs file and group"),
    "a table with too few lines": (lambda f: {"groups": text(f, "file,group\ncat_000.png,a\n")}, "21 of 22"),
    "out in the images": (lambda f: {"out": f / "out"}, "lies in the folder of images"),
    "out that exists": (lambda f: {"out": f.parent}, "exists already"),
    "out in what is published": (lambda f: {"out": in_published(f)}, "would be published"),
}


def one_class(folder: Path) -> Path:
    return classes_of(folder.parent / "one", {"cat": 4})


def train_and_test(folder: Path) -> Path:
    return classes_of(folder.parent / "both", {"train": 3, "test": 3})


def heic(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"\0\0\0\x18ftypheic" + bytes(9))


def again(folder: Path) -> None:
    for number in range(5):
        save(folder / f"{number}.jpg", an_image(1), quality=50 + number)


def text(folder: Path, content: str) -> Path:
    (folder.parent / "groups.csv").write_text(content)
    return folder.parent / "groups.csv"


def in_published(folder: Path) -> Path:
    made_of(folder, folder.parent / "first")
    return folder.parent / "first" / "published" / "second"


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_leaves_nothing(folder, tmp_path, case):
    prepare, words = REFUSED[case]
    changes = prepare(folder)
    changes = dict(changes) if isinstance(changes, dict) else {}
    where, out = changes.pop("folder", folder), changes.pop("out", tmp_path / "out")
    there = sorted(tmp_path.rglob("*"))
    with pytest.raises(CourseError, match=words) as caught:
        made_of(where, out, **changes)
    assert caught.value.fix
    assert "image_folder(" not in caught.value.fix
    assert sorted(tmp_path.rglob("*")) == there


@pytest.mark.parametrize("at", ["write", "rename", "kill"])
def test_a_failure_leaves_nothing_half_written(folder, tmp_path, monkeypatch, at):
    def full(*_, **__):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def killed(*_, **__):
        raise KeyboardInterrupt

    if at == "rename":
        monkeypatch.setattr(os, "rename", full)
    else:
        monkeypatch.setattr(writing, "_readme", full if at == "write" else killed)
    there = sorted(tmp_path.rglob("*"))
    with pytest.raises(KeyboardInterrupt if at == "kill" else CourseError) as caught:
        made_of(folder, tmp_path / "out")
    if at != "kill":
        assert "disk is full" in str(caught.value)
    assert sorted(tmp_path.rglob("*")) == there


def test_the_near_copies_can_be_ignored(folder, tmp_path):
    again(folder / "owl")
    made = made_of(folder, tmp_path / "out", near_copies=False)
    assert made.testing["owl"] == 2


def test_no_border_is_one_clear_error():
    # Three groups, each with two of the classes: whichever is on a side, one class is missing there.
    with pytest.raises(DataError, match="No border was found"):
        divide(list("abbcca"), 0.5, 0, groups=list("112233"))


def test_no_bar_is_an_error(folder, tmp_path):
    with pytest.raises(SettingError, match="do not rise"):
        made_of(folder, tmp_path / "out", bars=())
