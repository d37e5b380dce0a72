"""`image_folder`: images as learners have them, and everything that can be wrong with a folder."""

from __future__ import annotations

import warnings
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tlcourse.data import image_folder
from tlcourse.errors import DataError, SettingError

COLOURS = {"red": (200, 10, 10), "blue": (10, 10, 200)}


@pytest.fixture
def images(tmp_path: Path) -> Path:
    root = tmp_path / "mine"
    for name, colour in COLOURS.items():
        (root / name).mkdir(parents=True)
        for number in range(8):
            Image.new("RGB", (60, 40), colour).save(root / name / f"{number}.png")
    return root


def test_a_good_folder(images: Path) -> None:
    data = image_folder(images, size=32, val=0.25, test=0.25)
    assert data.name == "mine"
    assert data.class_names == ("blue", "red")
    assert data.images.shape == (16, 32, 32, 3)
    assert {name: len(rows) for name, rows in data.splits.items()} == {"train": 8, "val": 4, "test": 4}
    assert data.ids[0] == "blue/0.png"
    assert (data.images[data.labels == 1] == COLOURS["red"]).all()
    again = image_folder(str(images), size=32, val=0.25, test=0.25)
    assert all((again.splits[name] == data.splits[name]).all() for name in data.splits)
    other = image_folder(images, size=32, val=0.25, test=0.25, seed=1)
    assert any((other.splits[name] != data.splits[name]).any() for name in data.splits)
    whole = image_folder(images, size=8, val=0, test=0)
    assert len(whole.splits["train"]) == 16


def test_the_square_in_the_middle(images: Path) -> None:
    wide = np.zeros((20, 60, 3), np.uint8)
    wide[:, 20:40] = (0, 255, 0)
    Image.fromarray(wide).save(images / "red" / "a-wide.png")
    data = image_folder(images, size=20)
    assert (data.images[data.ids.index("red/a-wide.png")] == (0, 255, 0)).all()


def test_every_kind_of_image(images: Path) -> None:
    """Palette, grey, 16 bits, CMYK, transparent, turned by EXIF, moving: all become upright RGB."""
    red = images / "red"
    Image.new("RGB", (40, 40), (200, 10, 10)).convert("P").save(red / "z-palette.gif")
    Image.new("CMYK", (40, 40), (0, 255, 255, 0)).save(red / "z-cmyk.jpg")
    Image.new("L", (40, 40), 128).save(red / "z-grey.png")
    Image.fromarray(np.full((40, 40), 128 * 257, np.uint16)).save(red / "z-deep.png")
    Image.new("RGBA", (40, 40), (0, 0, 0, 0)).save(red / "z-clear.webp", lossless=True)
    Image.new("1", (40, 40), 1).save(red / "z-bit.bmp")
    frames = [Image.new("P", (40, 40), shade) for shade in range(3)]
    frames[0].save(red / "z-moving.gif", save_all=True, append_images=frames[1:])
    turned = Image.new("RGB", (40, 40), (0, 0, 0))
    turned.paste((255, 255, 255), (0, 0, 40, 10))
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    turned.save(red / "z-turned.tiff", exif=exif)
    (red / "sub").mkdir()
    Image.new("RGB", (9, 9), (1, 2, 3)).save(red / "sub" / "Z.JPG")
    (red / "notes.txt").write_text("not an image")
    (red / ".hidden.png").write_text("not an image")
    (images / "loose.png").write_text("not in a class")
    (images / ".cache").mkdir()
    data = image_folder(images, size=16)
    look = {Path(name).name: image for name, image in zip(data.ids, data.images, strict=True)}
    assert len(data) == 16 + 9
    assert (look["z-grey.png"] == 128).all()
    assert (look["z-deep.png"] == 128).all()
    assert (look["z-clear.webp"] == 255).all()
    assert (look["z-bit.bmp"] == 255).all()
    assert look["z-turned.tiff"][-1].mean() > 250 > 5 > look["z-turned.tiff"][0].mean()
    assert look["z-cmyk.jpg"][..., 0].mean() > 200


def test_what_is_hidden_or_left_behind_is_no_image_of_the_class(images: Path) -> None:
    """Jupyter's checkpoints are copies: one in training and one in testing, and the score is a lie."""
    before = image_folder(images, size=8)
    for below in (
        "red/.ipynb_checkpoints/0-checkpoint.png",
        "red/sub/.ipynb_checkpoints/deep/0-checkpoint.png",
        "red/__MACOSX/red/0.png",
        "red/@eaDir/0.png/SYNOPHOTO_THUMB_M.jpg",
        "red/._0.png",
        "red/sub/._1.JPG",
        "red/Thumbs.db",
        "red/$RECYCLE.BIN/2.png",
        ".ipynb_checkpoints/0-checkpoint.png",
        "__MACOSX/red/0.png",
        "lost+found/3.png",
    ):
        (images / below).parent.mkdir(parents=True, exist_ok=True)
        (images / below).write_bytes((images / "red" / "0.png").read_bytes())
    after = image_folder(images, size=8)
    assert after.ids == before.ids
    assert after.class_names == ("blue", "red")


def test_a_folder_below_a_hidden_one_is_read(images: Path) -> None:
    hidden = images.rename(images.with_name(".mine"))
    assert len(image_folder(hidden, size=8)) == 16


@pytest.mark.parametrize("content", [b"", b"hello", "cut"])
def test_an_unreadable_image(images: Path, content: bytes | str) -> None:
    bad = images / "red" / "bad.jpg"
    if content == "cut":
        noise = np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8)
        Image.fromarray(noise).save(bad)
        bad.write_bytes(bad.read_bytes()[:1500])
    else:
        assert isinstance(content, bytes)
        bad.write_bytes(content)
    before = bad.read_bytes()
    with pytest.raises(DataError, match=r"bad\.jpg") as caught:
        image_folder(images)
    assert "skip_unreadable=True" in caught.value.fix
    with pytest.warns(UserWarning, match=r"1 unreadable images were left out:\n  red/bad\.jpg"):
        data = image_folder(images, skip_unreadable=True)
    assert len(data) == 16
    assert bad.read_bytes() == before


def test_no_warning_without_reason(images: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert len(image_folder(images, skip_unreadable=True)) == len(image_folder(images))


def test_an_image_without_permission(images: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Simulated, because root may read every file."""

    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"0\.png cannot be read: Permission denied") as caught:
        image_folder(images)
    assert "permissions" in caught.value.fix


def test_a_class_without_images(images: Path) -> None:
    (images / "green").mkdir()
    with pytest.raises(DataError, match="'green' has no images"):
        image_folder(images)
    (images / "green" / "one.heic").write_bytes(b"x")
    with pytest.raises(DataError, match=r"it has \.heic files"):
        image_folder(images)


def test_a_class_with_too_few_or_only_unreadable_images(images: Path) -> None:
    (images / "green").mkdir()
    Image.new("RGB", (9, 9)).save(images / "green" / "1.png")
    with pytest.raises(DataError, match="'green' has 1 readable") as caught:
        image_folder(images)
    assert "val=0" in caught.value.fix
    assert len(image_folder(images, val=0, test=0)) == 17
    (images / "green" / "1.png").write_bytes(b"x")
    with pytest.raises(DataError, match="'green' has 0 readable"):
        image_folder(images, val=0, test=0, skip_unreadable=True)


def test_one_class(images: Path) -> None:
    only = images / "red"
    with pytest.raises(DataError, match="8 images but no class folders"):
        image_folder(only)
    (only / "inner").mkdir()
    with pytest.raises(DataError, match="one class only, 'inner'"):
        image_folder(only)


def test_not_a_folder(images: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        image_folder(tmp_path / "nowhere" / "mine")
    with pytest.raises(DataError, match="is a file"):
        image_folder(images / "red" / "0.png")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match="no class folders") as caught:
        image_folder(tmp_path / "empty")
    assert "cat" in caught.value.fix


def test_splits_taken_for_classes(images: Path) -> None:
    (images / "red").rename(images / "train")
    (images / "blue").rename(images / "test")
    with pytest.raises(DataError, match="test, train, are not classes"):
        image_folder(images)


@pytest.mark.parametrize(("val", "test"), [(0.5, 0.5), (-0.1, 0.2), (1.0, 0.0)])
def test_impossible_shares(images: Path, val: float, test: float) -> None:
    with pytest.raises(DataError, match="shares"):
        image_folder(images, val=val, test=test)


def test_impossible_size(images: Path) -> None:
    with pytest.raises(SettingError, match="size is 0"):
        image_folder(images, size=0)
