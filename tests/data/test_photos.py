"""Cut-out photographs: what is in them, whose they are, what stands behind them, and what damage does."""

from __future__ import annotations

import csv
import io
import json
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import build_photos
import numpy as np
import pytest
from docstring_counts import documented_counts
from PIL import Image

from tlcourse import data as course
from tlcourse.data import CutOuts, files, photos
from tlcourse.errors import DataError, SettingError, ShapeError, UnknownNameError

TOOLS = Path(__file__).parents[2] / "tools"
GREY = (128, 128, 128)
NEAR = 0.95  # correlation of two images of 32 px, or of one and the other's mirror image


def likeness(data: CutOuts) -> np.ndarray:
    """For each pair of photographs, how alike they are on grey, as they are or mirrored: (N, N), -1 to 1."""
    small = data.on(GREY).resized(32).images.astype(np.float64)

    def rows(images: np.ndarray) -> np.ndarray:
        flat = images.reshape(len(images), -1)
        flat = flat - flat.mean(1, keepdims=True)
        return flat / np.linalg.norm(flat, axis=1, keepdims=True)

    one, mirrored = rows(small), rows(small[:, :, ::-1])
    return np.maximum(one @ one.T, one @ mirrored.T)


@pytest.fixture(scope="module")
def data() -> CutOuts:
    made = photos()
    assert isinstance(made, CutOuts)
    return made


def test_what_is_in_it(data: CutOuts) -> None:
    assert data.images.shape == (216, 128, 128, 3)
    assert data.cutouts.shape == (216, 128, 128, 4)
    assert len(data.class_names) == 6
    assert list(data.class_names) == sorted(data.class_names), "folders of classes are read in this order"
    assert len(set(data.ids)) == 216
    every = np.concatenate([data.splits[name] for name in course.SPLITS])
    assert sorted(every) == list(range(216))
    assert min(data.split("train").counts().values()) >= 10
    assert min(data.split("val").counts().values()) >= 3
    assert min(data.split("test").counts().values()) >= 4


def test_the_documented_counts_are_the_real_ones(data: CutOuts) -> None:
    parts = [data.counts(), *(data.split(name).counts() for name in course.SPLITS)]
    assert documented_counts(photos) == {name: [part[name] for part in parts] for name in data.class_names}


def test_each_has_an_author_a_licence_and_a_title(data: CutOuts) -> None:
    known = {
        "GPL-2.0": 169,
        "GPL-2.0-or-later": 7,
        "GFDL-1.2, CC-BY-SA or GPL": 14,
        "GFDL-1.2": 14,
        "GFDL-1.2 or CC-BY-SA": 1,
        "CC-BY-SA-3.0": 5,
        "CC-BY-SA-2.5": 3,
        "CC-BY-2.5": 1,
        "public domain": 2,
    }
    for column in (data.authors, data.licences, data.titles, data.things):
        assert len(column) == 216
        assert all(text == text.strip() and len(text) > 2 for text in column)
    assert Counter(data.licences) == known
    row = data.ids.index("pelican")
    assert (data.authors[row], data.licences[row]) == (
        "Erinn Lynch, prepared by Bill Kendrick",
        "CC-BY-SA-2.5",
    )
    assert sum(name.startswith("not named") for name in data.authors) == 6


def test_the_texts_of_the_licences_come_along() -> None:
    with zipfile.ZipFile(files.FOLDER / "photos.zip") as archive:
        assert "GNU GENERAL PUBLIC LICENSE" in archive.read("GPL-2.txt").decode()
        assert "GNU Free Documentation License" in archive.read("GFDL-1.2.txt").decode()
    assert "## photos.zip" in (files.FOLDER / "LICENCES.md").read_text(encoding="utf-8")
    assert (files.FOLDER / "photos.zip").stat().st_size < 2_000_000


def test_the_bundle_is_what_the_table_says(data: CutOuts) -> None:
    with (TOOLS / "stamps.tsv").open(encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file, delimiter="\t"))
    with zipfile.ZipFile(files.FOLDER / "photos.zip") as archive:
        rows = json.loads(archive.read("photos.json"))["photos"]
    keys = ("class", "thing", "author", "licence")
    listed = {row["file"]: tuple(row[key] for key in keys) for row in table}
    assert {row["stamp"]: tuple(row[key] for key in keys) for row in rows} == listed
    for number, name in enumerate(data.class_names):
        of_class = sorted((row for row in table if row["class"] == name), key=lambda row: row["file"])
        member = build_photos.splits(of_class, number)
        for row in rows:
            assert row["class"] != name or row["split"] == member[row["thing"]]


def test_one_kind_of_thing_is_in_one_split(data: CutOuts) -> None:
    split = {row: name for name, rows in data.splits.items() for row in rows.tolist()}
    where: dict[str, set[str]] = {}
    for row, thing in enumerate(data.things):
        where.setdefault(thing, set()).add(split[row])
    assert all(len(names) == 1 for names in where.values())
    gnus = [thing for name, thing in zip(data.ids, data.things, strict=True) if name.startswith("gnu-")]
    assert len(gnus) == 4
    assert len(set(gnus)) == 1


def test_no_near_copy_is_across_the_splits(data: CutOuts) -> None:
    alike = likeness(data)
    member = np.zeros(len(data), int)
    for number, name in enumerate(course.SPLITS):
        member[data.splits[name]] = number
    across = np.where(member[:, None] != member[None], alike, -1)
    assert across.max() < NEAR, [data.ids[row] for row in np.unravel_index(across.argmax(), across.shape)]
    # A mirrored copy, a tenth darker, would have been seen.
    copy = data.subset([3, 60]).on(GREY)
    cutouts = copy.cutouts.copy()
    cutouts[1] = cutouts[0][:, ::-1] * np.array([0.9, 0.9, 0.9, 1])
    assert likeness(copy._with(cutouts=cutouts))[0, 1] > NEAR


def test_the_ground_is_behind_the_thing(data: CutOuts) -> None:
    alpha = data.cutouts[..., 3]
    assert ((alpha == 0).mean((1, 2)) > 0.05).all(), "each has a ground"
    assert ((alpha == 255).mean((1, 2)) > 0.01).all(), "each has a thing"
    green = data.on((0, 200, 10))
    assert (green.images[alpha == 0] == (0, 200, 10)).all()
    assert (green.images[alpha == 255] == data.cutouts[..., :3][alpha == 255]).all()
    assert (data.images[alpha == 0] == 255).all()
    # Half clear, half there: the mean of both.
    half = data.subset([0])._with(cutouts=np.full((1, 2, 2, 4), (100, 0, 50, 128), np.uint8))
    assert half.on((200, 0, 0)).images[0, 0, 0].tolist() == [150, 0, 25]
    for field in ("labels", "ids", "authors", "licences"):
        assert np.array_equal(getattr(green, field), getattr(data, field))


def test_an_image_as_ground(data: CutOuts) -> None:
    wide = np.zeros((40, 120, 3), np.uint8)
    wide[:, 30:90] = (10, 20, 30)
    made = data.on(wide)
    assert (made.images[data.cutouts[..., 3] == 0] == (10, 20, 30)).all()
    assert np.array_equal(photos(ground=wide).images, made.images)
    stretched = data.resized((20, 28))
    assert isinstance(stretched, CutOuts)
    assert (stretched.on(wide).images[stretched.cutouts[..., 3] == 0] == (10, 20, 30)).all()


def test_a_ground_for_each_class_is_a_shortcut(data: CutOuts) -> None:
    colours = {name: (40 * number, 0, 255) for number, name in enumerate(data.class_names)}
    made = photos(size=32, ground=colours)
    assert (made.images[:, 0, 0, 0] == 40 * made.labels).all()
    listed = made.split("test")
    assert isinstance(listed, CutOuts)
    again = listed.on([colours[listed.class_names[label]] for label in listed.labels])
    assert np.array_equal(again.images, listed.images)
    with pytest.raises(DataError, match="no ground for the class 'vehicle'"):
        data.on({name: colours[name] for name in data.class_names[:-1]})
    with pytest.raises(UnknownNameError, match="'fish'"):
        data.on({**colours, "fish": (0, 0, 0)})
    with pytest.raises(DataError, match="2 grounds for 216"):
        data.on([(0, 0, 0), (1, 1, 1)])


@pytest.mark.parametrize(
    "ground",
    [
        (0, 0, 256),
        (0, -1, 0),
        (0.5, 0.5, 0.5),
        "green",
        7,
        None,
        np.zeros((4, 4, 3)),
        np.zeros((4, 4), np.uint8),
    ],
)
def test_no_ground(data: CutOuts, ground: object) -> None:
    with pytest.raises((ShapeError, DataError), match=r"ground"):
        data.on(ground)


def test_rows_and_sizes(data: CutOuts) -> None:
    few = data.split("train").per_class(3, seed=0).select(["vehicle", "bird"])
    assert isinstance(few, CutOuts)
    assert len(few.cutouts) == len(few.authors) == len(few.things) == 6
    row = data.ids.index(few.ids[0])
    assert few.titles[0] == data.titles[row]
    assert np.array_equal(few.cutouts[0], data.cutouts[row])
    small = few.resized(40)
    assert small.images.shape == (6, 40, 40, 3)
    assert small.cutouts.shape == (6, 40, 40, 4)
    # What was put on white and made smaller is what was made smaller and put on white.
    assert np.abs(small.on((255, 255, 255)).images.astype(int) - small.images).max() <= 3
    assert course.load("photos", size=16).images.shape == (216, 16, 16, 3)
    with pytest.raises(SettingError, match="size is 0"):
        photos(size=0)


def test_the_thing_is_in_the_middle_and_as_large_at_every_size() -> None:
    for size in (32, 224):
        made = photos(size=size)
        assert isinstance(made, CutOuts)
        for cutout in made.cutouts:
            rows, columns = np.nonzero(cutout[..., 3] > 8)
            assert (
                abs(
                    (np.ptp(rows) + 1 if np.ptp(rows) > np.ptp(columns) else np.ptp(columns) + 1)
                    - 0.875 * size
                )
                <= 3
            )
            assert abs(rows.min() + rows.max() - size) <= 5
            assert abs(columns.min() + columns.max() - size) <= 5


def test_with_less_detail_all_are_equally_blurred(data: CutOuts) -> None:
    """The small photographs are fruit: how sharp an image is must not have to tell of the class."""

    def sharpness(images: np.ndarray) -> dict[str, float]:
        """What is lost in each class when the images go through 48 px, in grey levels."""
        through = [
            Image.fromarray(image)
            .resize((48, 48), Image.Resampling.BICUBIC)
            .resize((128, 128), Image.Resampling.BICUBIC)
            for image in images
        ]
        lost = np.abs(images - np.stack(through).astype(float)).mean((1, 2, 3))
        return {name: lost[data.labels == label].mean() for label, name in enumerate(data.class_names)}

    as_they_are, blurred = sharpness(data.images), sharpness(photos(detail=48).images)
    assert as_they_are["mammal"] > 1.5 * as_they_are["fruit or vegetable"]
    assert max(blurred.values()) < 1.5 * min(blurred.values()), blurred
    with pytest.raises(SettingError, match="detail is 0"):
        photos(detail=0)


@pytest.mark.parametrize("damage", ["cut", "bit", "gone"])
def test_a_damaged_file_is_never_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damage: str) -> None:
    path = tmp_path / "photos.zip"
    shutil.copy(files.FOLDER / "photos.zip", path)
    monkeypatch.setattr(files, "FOLDER", tmp_path)
    whole = bytearray(path.read_bytes())
    if damage == "cut":
        path.write_bytes(whole[:-10])
    elif damage == "bit":
        whole[len(whole) // 2] ^= 1
        path.write_bytes(whole)
    else:
        path.unlink()
    with pytest.raises(DataError, match=r"photos\.zip") as caught:
        photos()
    assert "git restore" in caught.value.fix


def test_the_stored_images_are_small_and_have_alpha(data: CutOuts) -> None:
    from sklearn.model_selection import cross_val_score
    from sklearn.tree import DecisionTreeClassifier

    longer = []
    with zipfile.ZipFile(files.FOLDER / "photos.zip") as archive:
        names = [name for name in archive.namelist() if name.endswith(".webp")]
        assert len(names) == 216
        for name in (f"{name}.webp" for name in data.ids):
            with Image.open(io.BytesIO(archive.read(name))) as image:
                assert image.mode == "RGBA"
                longer.append(max(image.size))
    assert (min(longer), max(longer)) == (49, 224)
    tree = DecisionTreeClassifier(max_depth=3, random_state=0)
    told = cross_val_score(tree, np.array(longer)[:, None], data.labels, cv=5).mean()
    assert told == pytest.approx(0.53, abs=0.01), "the docstring says so"
