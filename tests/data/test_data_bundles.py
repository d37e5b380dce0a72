"""The data that come with the course and with its packages: what is in them, and what damage to them does."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import sys
import time
from collections import Counter
from pathlib import Path

import build_fashion_mnist
import numpy as np
import pytest
from build_three_styles import refuse_twins, split_sizes
from bundle import write_zip
from docstring_counts import documented_counts
from PIL import Image

from tlcourse import data as course
from tlcourse.data import files
from tlcourse.errors import DataError, SettingError, UnknownNameError

BUNDLED = Path(course.__file__).parent / "bundled"
DEBIAN_FASHION = Path("/usr/share/datasets/fashion-mnist")


def splits_are_sound(data: course.Dataset, classes_in: tuple[str, ...] = course.SPLITS) -> None:
    every = np.concatenate([data.splits[name] for name in course.SPLITS])
    assert sorted(every) == list(range(len(data)))
    for name in classes_in:
        assert set(data.labels[data.splits[name]]) == set(range(len(data.class_names))), name


@pytest.mark.parametrize("style", course.STYLES)
def test_three_styles(style: str) -> None:
    start = time.process_time()
    data = course.three_styles(style)
    assert time.process_time() - start < 3  # about 0.3 s; a generous ceiling
    assert data.images.shape[1:] == ((128, 128, 3) if style == "fluent" else (64, 64, 3))
    assert len(data.class_names) == 9
    assert len(data) == 430
    assert min(data.counts().values()) >= 25
    assert min(data.split("train").counts().values()) >= 20
    splits_are_sound(data)
    splits_are_sound(course.three_styles(style, min_per_class=0))
    # On white: the corners of nearly all emoji are empty.
    assert np.mean(np.all(data.images[:, 0, 0] == 255, axis=-1)) > 0.85
    assert data.licence in ("MIT", "Apache-2.0", "CC-BY-4.0")


def test_the_styles_correspond() -> None:
    """The same emoji in the same row, class and split, so that training never leaks into a test."""
    one, *others = (course.three_styles(style, min_per_class=0) for style in course.STYLES)
    for other in others:
        assert one.ids == other.ids
        assert (one.labels == other.labels).all()
        assert all((one.splits[name] == other.splits[name]).all() for name in course.SPLITS)
        assert one.split("train").per_class(5, 1).ids == other.split("train").per_class(5, 1).ids
    assert len(set(one.ids)) == 565


def test_no_image_is_in_two_splits() -> None:
    for style in course.STYLES:
        data = course.three_styles(style, min_per_class=0)
        assert len({image.tobytes() for image in data.images}) == len(data)


def test_the_documented_counts_are_the_real_ones() -> None:
    data = course.three_styles("noto", min_per_class=0)
    parts = [data.counts(), *(data.split(name).counts() for name in course.SPLITS)]
    assert documented_counts(course.three_styles) == {
        name: [part[name] for part in parts] for name in data.class_names
    }


def test_manifest_and_bundle_agree() -> None:
    manifest = json.loads((BUNDLED / "three_styles.json").read_text(encoding="utf-8"))
    for style, digest in manifest["zips"].items():
        path = BUNDLED / f"three_styles_{style}.zip"
        assert hashlib.sha256(path.read_bytes()).hexdigest() == digest
        assert path.stat().st_size < 4_000_000
    counted = Counter((row["class"], row["split"]) for row in manifest["emoji"])
    for name in manifest["classes"]:
        parts = tuple(counted[name, split] for split in course.SPLITS)
        assert split_sizes(sum(parts)) == parts
    # No skin tones: they are variants of a person, and none of these classes has people.
    assert not any(tone in row["code"] for row in manifest["emoji"] for tone in ("1f3fb", "1f3fd", "1f3ff"))
    assert "CC BY 4.0" in (BUNDLED / "LICENCES.md").read_text(encoding="utf-8")


def test_two_emoji_with_one_drawing_stop_the_build_of_three_styles() -> None:
    def png(grey: int) -> bytes:
        buffer = io.BytesIO()
        Image.new("RGBA", (2, 2), (grey, grey, grey, 255)).save(buffer, "PNG")
        return buffer.getvalue()

    refuse_twins({"noto": {"a.png": png(1), "b.png": png(2)}, "twemoji": {"a.png": png(1)}})
    with pytest.raises(SystemExit, match=r"twemoji: b.png and a.png are the same image"):
        refuse_twins({"noto": {"a.png": png(1)}, "twemoji": {"a.png": png(1), "b.png": png(1)}})


def test_a_zip_has_the_same_bytes_every_time(tmp_path: Path) -> None:
    write_zip(tmp_path / "a.zip", {"x": b"1", "y": b"2"})
    time.sleep(0.01)
    write_zip(tmp_path / "b.zip", {"y": b"2", "x": b"1"})
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


@pytest.mark.parametrize("style", ["Fluent", "emoji", None])
def test_unknown_style(style: object) -> None:
    with pytest.raises(UnknownNameError, match="fluent, noto, twemoji"):
        course.three_styles(style)  # type: ignore[arg-type]


def test_no_class_is_that_large() -> None:
    with pytest.raises(DataError, match="107"):
        course.three_styles("noto", min_per_class=500)


def test_fashion_mnist() -> None:
    data = course.fashion_mnist()
    assert data.images.shape == (3500, 28, 28, 3)
    splits_are_sound(data)
    for split, number in (("train", 200), ("val", 50), ("test", 100)):
        assert set(data.split(split).counts().values()) == {number}
    assert (data.images[..., 0] == data.images[..., 2]).all()
    assert len(set(data.ids)) == 3500
    # A trouser leaves the sides empty and an ankle boot fills the foot : labels are in place.
    mean = {
        name: data.images[data.labels == label, ..., 0].mean(axis=0)
        for label, name in enumerate(data.class_names)
    }
    assert mean["Trouser"][:, :5].mean() < 10 < mean["Bag"][14:, :5].mean()
    assert mean["Ankle boot"][20:24].mean() > 2 * mean["Trouser"][20:24].mean()


@pytest.mark.skipif(not DEBIAN_FASHION.exists(), reason="Debian's dataset-fashion-mnist is not installed")
def test_fashion_mnist_is_built_from_the_published_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["build", str(DEBIAN_FASHION), "--out", str(tmp_path)])
    build_fashion_mnist.main()
    with np.load(tmp_path / "fashion_mnist.npz") as new, np.load(BUNDLED / "fashion_mnist.npz") as old:
        assert set(new) == set(old)
        assert all((new[key] == old[key]).all() for key in old)


def test_fashion_mnist_refuses_other_files(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="missing"):
        build_fashion_mnist.read(tmp_path, "t10k-labels-idx1-ubyte")
    (tmp_path / "t10k-labels-idx1-ubyte.gz").write_bytes(b"\x1f\x8b\x08\x00" + bytes(40))
    with pytest.raises(SystemExit, match="MD5"):
        build_fashion_mnist.read(tmp_path, "t10k-labels-idx1-ubyte")


def test_textile() -> None:
    data = course.textile(size=48, per_class=40)
    assert data.class_names == ("nominal", "local", "global")
    assert data.images.shape == (120, 48, 48, 3)
    splits_are_sound(data)
    assert {name: len(rows) for name, rows in data.splits.items()} == {"train": 60, "val": 18, "test": 42}
    # An image keeps its split whatever the number asked for.
    fewer = course.textile(size=48, per_class=20)
    for name in course.SPLITS:
        assert set(fewer.split(name).ids) <= set(data.split(name).ids)
    assert "simulated" in data.source
    assert course.textile(size=250, per_class=1).images.shape == (3, 250, 250, 3)
    for number in (0, 501):
        with pytest.raises(DataError, match="1 to 500"):
            course.textile(per_class=number)
    with pytest.raises(SettingError, match="size is 0"):
        course.textile(size=0)


def test_digits_are_scikit_learns() -> None:
    from sklearn.datasets import load_digits

    data = course.digits()
    original = load_digits()
    assert (np.round(original.images / 16 * 255) == data.images[..., 0]).all()
    assert (original.target == data.labels).all()
    splits_are_sound(data)


def test_photographs() -> None:
    images = course.photographs()
    assert {"cat", "coffee", "rocket", "astronaut"} <= set(images)
    for image in images.values():
        assert image.dtype == np.uint8
        assert image.ndim == 3
        assert image.shape[2] == 3
        assert image.std() > 5


# -- damage --


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the bundled files that a test may spoil."""
    folder = tmp_path / "bundled"
    shutil.copytree(BUNDLED, folder)
    monkeypatch.setattr(files, "FOLDER", folder)
    return folder


def test_a_missing_file_says_how_to_get_it_back(copied: Path) -> None:
    (copied / "three_styles_noto.zip").unlink()
    with pytest.raises(DataError, match=r"three_styles_noto\.zip is missing") as caught:
        course.three_styles("noto")
    assert "--force-reinstall" in caught.value.fix
    assert "git restore" in caught.value.fix
    course.three_styles("twemoji")  # the others still load


@pytest.mark.parametrize("name", ["three_styles_noto.zip", "three_styles.json", "fashion_mnist.npz"])
@pytest.mark.parametrize("damage", ["cut", "bit", "empty"])
def test_a_damaged_file_is_never_used(copied: Path, name: str, damage: str) -> None:
    path = copied / name
    data = bytearray(path.read_bytes())
    if damage == "cut":
        del data[len(data) // 2 :]
    elif damage == "bit":
        data[len(data) // 2] ^= 1
    else:
        data.clear()
    path.write_bytes(data)
    with pytest.raises(DataError, match=rf"{name} is damaged") as caught:
        course.fashion_mnist() if name == "fashion_mnist.npz" else course.three_styles("noto")
    assert "--force-reinstall" in caught.value.fix
    assert path.read_bytes() == data, "the file must be left as it was"


@pytest.mark.parametrize("text", ["", "nonsense", None])
def test_a_damaged_list_of_hashes(copied: Path, text: str | None) -> None:
    sums = copied / files.SUMS
    if text is None:
        sums.unlink()
    else:
        sums.write_text(text)
    with pytest.raises(DataError, match="SHA256SUMS"):
        course.fashion_mnist()


def test_a_changed_file_of_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spoilt = tmp_path / "chelsea.png"
    spoilt.write_bytes(b"not a cat")
    monkeypatch.setattr(files, "package_file", lambda distribution, name: spoilt)
    with pytest.raises(DataError, match="damaged") as caught:
        course.photographs()
    assert "scikit-image" in caught.value.fix
    spoilt.unlink()
    with pytest.raises(DataError, match="missing"):
        course.photographs()


def test_a_package_that_is_not_there() -> None:
    with pytest.raises(DataError, match="not installed") as caught:
        files.package_files("no-such-package-at-all", "x")
    assert "pip install" in caught.value.fix
    with pytest.raises(DataError, match="no folder"):
        files.package_files("scikit-image", "skimage/nowhere")
    with pytest.raises(DataError, match="no file"):
        files.package_file("scikit-image", "skimage/data/dog.png")
