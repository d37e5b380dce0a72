"""Brain scans: what is in them, and that the split by groups keeps near copies together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from packs_here import need

from tlcourse import data as course
from tlcourse.data import BrainMRI, brain, brain_mri, near_copies
from tlcourse.errors import DataError, SettingError, UnknownNameError

SIZE = 32


@pytest.fixture(scope="module")
def data() -> BrainMRI:
    need(brain.PACK)
    made = brain_mri(size=SIZE)
    assert isinstance(made, BrainMRI)
    return made


def test_what_is_in_it(data: BrainMRI) -> None:
    assert data.images.shape == (3000, SIZE, SIZE, 3)
    assert (data.images[..., 0] == data.images[..., 2]).all()
    assert data.counts() == {"no tumour": 1500, "tumour": 1500}
    assert len(set(data.ids)) == 3000
    assert all(
        name.startswith(("no/", "yes/")[label]) for name, label in zip(data.ids, data.labels, strict=True)
    )
    assert data.images[..., 0].mean((1, 2)).min() > 2, "no image is black"
    assert data.file_bytes.min() > 1000
    assert data.heights.min() > 100


def test_groups_are_those_of_near_copies(data: BrainMRI) -> None:
    """Small stretched images give nearly the groups of the files; a few pairs stand at the threshold."""
    found = near_copies(data.resized(128), brain.ALIKE)
    assert len(np.unique(data.groups)) == pytest.approx(510, abs=3)
    assert len(np.unique(found.groups)) == pytest.approx(510, abs=12)
    sizes = np.bincount(data.groups)
    assert sizes.max() < 60, "nothing hangs together by a chain"
    classes = [set(data.labels[data.groups == group]) for group in range(len(sizes))]
    assert all(len(labels) == 1 for labels in classes), "no scan has two labels"


@pytest.mark.parametrize("seed", [0, 4])
def test_splits(data: BrainMRI, seed: int) -> None:
    for way in brain.WAYS:
        made = data.split_again(way, seed)
        shares = {name: len(rows) / 3000 for name, rows in made.splits.items()}
        assert shares == pytest.approx({"train": 0.6, "val": 0.15, "test": 0.25}, abs=0.02)
        assert all(abs(made.labels[rows].mean() - 0.5) < 0.02 for rows in made.splits.values())
        owners = {name: set(made.groups[rows]) for name, rows in made.splits.items()}
        shared = (owners["train"] | owners["val"]) & owners["test"]
        assert bool(shared) == (way == "random")


def test_a_pixel_neighbour_knows_the_copies(data: BrainMRI) -> None:
    """The leak of the chapter: 97 % at random, far less by groups."""
    from sklearn.neighbors import KNeighborsClassifier

    pixels = data.images[..., 0].reshape(3000, -1).astype(float)
    scores = {}
    for way in brain.WAYS:
        rows = data.split_again(way).splits
        near = KNeighborsClassifier(1).fit(pixels[rows["train"]], data.labels[rows["train"]])
        scores[way] = near.score(pixels[rows["test"]], data.labels[rows["test"]])
    assert scores["random"] > 0.95
    assert scores["groups"] < 0.85


def test_rows_keep_what_belongs_to_them(data: BrainMRI) -> None:
    few = data.split("test").per_class(4, seed=0)
    rows = [data.ids.index(name) for name in few.ids]
    assert np.array_equal(few.groups, data.groups[rows])
    assert np.array_equal(few.file_bytes, data.file_bytes[rows])
    assert len(few.split_again("groups", 0).splits["train"]) > 0


def test_bad_settings(data: BrainMRI) -> None:
    with pytest.raises(UnknownNameError, match="'patients'"):
        brain_mri(split="patients")
    with pytest.raises(UnknownNameError, match="'group'"):
        data.split_again("group")
    for size in (0, 257):
        with pytest.raises(SettingError, match="1 to 256"):
            brain_mri(size=size)
    with pytest.raises(SettingError, match="seed is -1"):
        data.split_again(seed=-1)


def test_a_folder_of_it(data: BrainMRI, tmp_path: Path) -> None:
    few = data.per_class(6, seed=0)
    where = course.as_folder(few, tmp_path / "scans", splits=False)
    assert len(list(where.glob("tumour/*.png"))) == 6
    assert "not to be passed on" in (where / "credits.csv").read_text()


def test_without_the_pack_the_message_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TLCOURSE_DATA", str(tmp_path))
    with pytest.raises(DataError, match=r"brain scans are not on this machine(?s:.*)chapter 11") as caught:
        brain_mri()
    assert "tlcourse packs" in caught.value.fix
