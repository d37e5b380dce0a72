"""Solar cells: what is in them, and that the split by modules keeps neighbours together."""

from __future__ import annotations

from collections import Counter
from importlib import metadata

import numpy as np
import pytest
from docstring_counts import documented_counts

from tlcourse import data as course
from tlcourse.data import SolarCells, solar, solar_cells
from tlcourse.errors import DataError, SettingError, UnknownNameError

SIZE = 32


def installed() -> bool:
    try:
        return bool(metadata.version(solar.PACKAGE))
    except metadata.PackageNotFoundError:
        return False


needs_the_package = pytest.mark.skipif(
    not installed(), reason=f"{solar.PACKAGE} is not installed (91 MB): pip install {solar.PACKAGE}"
)


@pytest.fixture(scope="module")
def data() -> SolarCells:
    made = solar_cells(size=SIZE)
    assert isinstance(made, SolarCells)
    return made


@needs_the_package
def test_what_is_in_it(data: SolarCells) -> None:
    assert data.images.shape == (2624, SIZE, SIZE, 3)
    assert (data.images[..., 0] == data.images[..., 2]).all()
    assert data.ids[0] == "cell0001"
    assert len(set(data.ids)) == 2624
    assert data.counts() == {"functional": 1803, "defective": 821}
    assert Counter(data.kinds) == {"monocrystalline": 1074, "polycrystalline": 1550}
    documented = documented_counts(solar_cells)
    levels = np.round(3 * data.probabilities).astype(int)
    for name, counts in documented.items():
        rows = np.array([kind.startswith(name) for kind in data.kinds])
        assert np.bincount(levels[rows]).tolist() == counts
    assert set(documented) == {"mono", "poly"}
    assert (data.labels == (data.probabilities > 0.5)).all()


@needs_the_package
def test_images_are_where_their_labels_are(data: SolarCells) -> None:
    """Defects are dark, and cells of one kind look alike: on the mean of many that is seen."""
    brightness = data.images[..., 0].mean((1, 2))
    for kind in set(data.kinds):
        rows = np.array([one == kind for one in data.kinds])
        whole, broken = (brightness[rows & (data.labels == label)].mean() for label in (0, 1))
        assert whole > broken
    as_kinds = solar_cells(size=SIZE, labels="kind")
    assert as_kinds.class_names == ("monocrystalline", "polycrystalline")
    assert as_kinds.counts() == {"monocrystalline": 1074, "polycrystalline": 1550}
    assert np.array_equal(as_kinds.images, data.images)


@needs_the_package
@pytest.mark.parametrize("seed", [0, 1, 7])
@pytest.mark.parametrize("split", ["modules", "random"])
def test_splits(data: SolarCells, split: str, seed: int) -> None:
    units = data.blocks if split == "modules" else np.arange(2624)
    strata = np.array([f"{kind} {p:.2f}" for kind, p in zip(data.kinds, data.probabilities, strict=True)])
    splits = solar._splits(units, strata, seed)
    if seed == 0:
        made = data if split == "modules" else solar_cells(size=1, split="random")
        assert all(np.array_equal(made.splits[name], rows) for name, rows in splits.items())
    assert sorted(np.concatenate([splits[name] for name in course.SPLITS])) == list(range(2624))
    shares = {name: len(rows) / 2624 for name, rows in splits.items()}
    assert shares == pytest.approx({"train": 0.6, "val": 0.15, "test": 0.25}, abs=0.03)
    spread = 0.12 if split == "modules" else 0.03
    mono = np.array([kind == "monocrystalline" for kind in data.kinds])
    for rows in splits.values():
        assert data.labels[rows].mean() == pytest.approx(821 / 2624, abs=spread)
        assert mono[rows].mean() == pytest.approx(1074 / 2624, abs=spread)
    where = {name: set(data.blocks[rows]) for name, rows in splits.items()}
    shared = (where["train"] | where["val"]) & where["test"]
    assert bool(shared) == (split == "random")


@needs_the_package
def test_a_block_is_of_one_kind_and_ends_where_the_images_change(data: SolarCells) -> None:
    assert len(np.unique(data.blocks)) == 39
    assert (np.diff(data.blocks) >= 0).all()
    for block in range(39):
        assert len({kind for kind, own in zip(data.kinds, data.blocks, strict=True) if own == block}) == 1
    # How much the twelve cells before a place differ from the twelve after it.
    look = np.stack([data.images[..., 0].mean((1, 2)), data.images[..., 0].std((1, 2))], axis=1)
    look = (look - look.mean(0)) / look.std(0)
    step = np.array(
        [np.linalg.norm(look[at - 12 : at].mean(0) - look[at : at + 12].mean(0)) for at in range(12, 2612)]
    )
    ends = np.flatnonzero(np.diff(data.blocks)) + 1 - 12
    middles = np.flatnonzero(data.blocks[12:-12] >= 0)
    inside = middles[np.abs(middles[:, None] - ends[None]).min(1) > 12]
    assert np.median(step[ends]) > 2 * np.median(step[inside])


@needs_the_package
def test_bad_settings() -> None:
    with pytest.raises(UnknownNameError, match="'crack'"):
        solar_cells(labels="crack")
    with pytest.raises(UnknownNameError, match="'module'"):
        solar_cells(split="module")
    for size in (0, 301):
        with pytest.raises(SettingError, match="1 to 300"):
            solar_cells(size=size)
    with pytest.raises(SettingError, match="seed is -1"):
        solar_cells(seed=-1)


@needs_the_package
def test_other_splits_need_no_file(data: SolarCells, monkeypatch: pytest.MonkeyPatch) -> None:
    made = {way: solar_cells(size=1, split=way, seed=3).splits for way in solar.WAYS}
    monkeypatch.setattr(solar, "read_package_file", None)
    for way, splits in made.items():
        again = data.split_again(way, seed=3)
        assert all(np.array_equal(again.splits[name], rows) for name, rows in splits.items())
        assert again.images is data.images
    with pytest.raises(UnknownNameError, match="'module'"):
        data.split_again("module")
    with pytest.raises(SettingError, match="seed is -1"):
        data.split_again(seed=-1)


@needs_the_package
def test_rows_keep_what_belongs_to_them(data: SolarCells) -> None:
    few = data.split("test").per_class(4, seed=0)
    assert isinstance(few, SolarCells)
    rows = [data.ids.index(name) for name in few.ids]
    assert np.array_equal(few.probabilities, data.probabilities[rows])
    assert few.kinds == tuple(data.kinds[row] for row in rows)
    assert np.array_equal(few.blocks, data.blocks[rows])


def test_without_the_package_the_message_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solar, "PACKAGE", "no-such-package-of-solar-cells")
    with pytest.raises(DataError, match="not installed") as caught:
        solar_cells()
    assert "pip install" in caught.value.fix


def test_another_version_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solar, "read_package_file", lambda *_: b"images/cell0001.png  1.0   mono\n")
    with pytest.raises(DataError, match="has 1 rows, not 2624"):
        solar_cells()


def test_units_stay_whole_and_shares_are_near() -> None:
    units = np.repeat(np.arange(50), 7)
    strata = np.array(["a", "b"])[np.arange(350) % 2]
    made = solar._splits(units, strata, seed=3)
    assert sorted(np.concatenate(list(made.values()))) == list(range(350))
    owners = [set(units[rows]) for rows in made.values()]
    assert sum(map(len, owners)) == 50
    assert [round(len(rows) / 350, 2) for rows in made.values()] == pytest.approx([0.6, 0.15, 0.25], abs=0.03)
