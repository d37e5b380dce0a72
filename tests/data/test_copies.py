"""`near_copies`: what it finds, what it leaves apart, and odd input."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFilter

from tlcourse.data import NearCopies, digits, near_copies, photographs
from tlcourse.errors import DataError, SettingError, ShapeError


def scene(seed: int, size: tuple[int, int] = (90, 110)) -> np.ndarray:
    """A smooth image of its own, (H, W, 3)."""
    rng = np.random.default_rng(seed)
    noise = Image.fromarray(rng.integers(0, 256, (12, 14, 3), dtype=np.uint8))
    return np.asarray(noise.resize(size[::-1], Image.Resampling.BICUBIC))


def saved_again(image: np.ndarray, quality: int) -> np.ndarray:
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    return np.asarray(Image.open(file))


def other(image: np.ndarray, how: str) -> np.ndarray:
    shown = Image.fromarray(image)
    return {
        "exact": lambda: image.copy(),
        "saved again": lambda: saved_again(image, 20),
        "smaller": lambda: np.asarray(shown.resize((41, 33), Image.Resampling.BILINEAR)),
        "brighter": lambda: np.clip(image.astype(int) + 30, 0, 255).astype(np.uint8),
        "softer": lambda: np.asarray(shown.filter(ImageFilter.GaussianBlur(1.5))),
        "grey": lambda: np.asarray(shown.convert("L")),
        "mirrored": lambda: saved_again(np.ascontiguousarray(image[:, ::-1]), 60),
    }[how]()


WAYS = ["exact", "saved again", "smaller", "brighter", "softer", "grey", "mirrored"]


@pytest.mark.parametrize("how", WAYS)
def test_a_changed_copy_is_found(how: str) -> None:
    images = [scene(seed) for seed in range(12)]
    images.insert(5, other(images[3], how))
    found = near_copies(images)
    assert found.pairs.tolist() == [[3, 5]]
    assert found.groups.tolist() == [0, 1, 2, 3, 4, 3, 5, 6, 7, 8, 9, 10, 11]
    assert found.mirrored.tolist() == [how == "mirrored"]
    assert found.with_a_copy == 2
    assert 0.88 <= found.likeness[0] <= 1
    assert "13 images in 12 groups; 2 have a near copy" in repr(found)


def test_mirrored_and_turned_only_where_asked_for() -> None:
    images = [scene(seed, (80, 80)) for seed in range(6)]
    images += [images[0][:, ::-1], np.rot90(images[1]), np.rot90(images[2][:, ::-1], 2)]
    pairs = {
        (mirrored, turned): near_copies(images, mirrored=mirrored, turned=turned).pairs.tolist()
        for mirrored in (False, True)
        for turned in (False, True)
    }
    assert pairs[False, False] == []
    assert pairs[True, False] == [[0, 6]]
    assert pairs[False, True] == [[1, 7]]
    assert pairs[True, True] == [[0, 6], [1, 7], [2, 8]]


def test_real_photographs_are_apart_and_digits_say_what_the_threshold_does() -> None:
    found = near_copies(list(photographs().values()))
    assert found.with_a_copy == 0
    groups = [len(np.unique(near_copies(digits(), alike).groups)) for alike in (0.8, 0.9, 0.99, 1)]
    assert groups == sorted(groups)
    assert groups[0] < groups[-1]


def test_groups_are_linked_through_a_third() -> None:
    first, last = scene(0), scene(1)
    steps = [
        np.round(first + (last.astype(float) - first) * share).astype(np.uint8)
        for share in np.linspace(0, 1, 9)
    ]
    found = near_copies(steps, alike=0.9)
    assert set(found.groups) == {0}
    assert [0, 8] not in found.pairs.tolist()


def test_a_folder_with_what_folders_have(tmp_path: Path) -> None:
    for name, seed in {
        "a/1.png": 1,
        "a/2.JPG": 2,
        "b/deep/3.webp": 1,
        "b/.ipynb_checkpoints/4.png": 1,
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(scene(seed)).save(tmp_path / name)
    (tmp_path / "b/notes.txt").write_text("not an image")
    (tmp_path / "b/broken.jpg").write_bytes(b"\xff\xd8\xff nothing more")
    (tmp_path / "b/empty.png").write_bytes(b"")
    (tmp_path / "c.png").mkdir()
    found = near_copies(tmp_path)
    assert found.names == ("a/1.png", "a/2.JPG", "b/deep/3.webp")
    assert found.groups.tolist() == [0, 1, 0]
    assert [line.partition(":")[0] for line in found.unreadable] == ["b/broken.jpg", "b/empty.png"]
    assert "2 unreadable" in repr(found)
    assert near_copies(str(tmp_path)).pairs.tolist() == found.pairs.tolist()


def test_odd_numbers_of_images_and_sizes() -> None:
    assert near_copies([scene(0)]).groups.tolist() == [0]
    assert "1 image in 1 groups" in repr(near_copies([scene(0)]))
    tiny = [np.full((1, 1, 3), 7, np.uint8), scene(0, (2, 3)), scene(0)]
    assert near_copies(tiny).groups.tolist() == [0, 1, 2]
    plain = [np.full((20, 30, 3), value, np.uint8) for value in (0, 0, 9, 255)]
    noisy = np.full((20, 30), 9, np.uint8)
    noisy[3, 4] = 11
    found = near_copies([*plain, noisy])
    assert found.groups.tolist() == [0, 0, 1, 2, 3], (
        "plain images are like those that are equal, and no others"
    )


def test_many_equal_ones_give_one_pair_each() -> None:
    images = np.repeat(scene(0)[None], 300, axis=0)
    found = near_copies(images)
    assert found.pairs.tolist() == [[0, row] for row in range(1, 300)]
    assert (found.likeness == 1).all()
    assert near_copies(images[:, :, :, 0], alike=1).with_a_copy == 300


def test_only_equal_ones_at_one() -> None:
    images = [scene(0), saved_again(scene(0), 90), scene(0)]
    assert near_copies(images, alike=1).groups.tolist() == [0, 1, 0]


def test_what_it_refuses(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="does not exist"):
        near_copies(tmp_path / "nowhere")
    with pytest.raises(DataError, match="no image to compare"):
        near_copies(tmp_path)
    (tmp_path / "bad.png").write_bytes(b"no")
    with pytest.raises(DataError, match=r"1 could not be read(?s:.*)bad\.png"):
        near_copies(tmp_path)
    with pytest.raises(DataError, match="is a file"):
        near_copies(tmp_path / "bad.png")
    with pytest.raises(DataError, match="no image to compare"):
        near_copies([])
    with pytest.raises(DataError, match="got int"):
        near_copies(3)  # type: ignore[arg-type]
    for bad in (scene(0).astype(float), scene(0)[None], np.zeros((0, 4, 3), np.uint8)):
        with pytest.raises(ShapeError, match="Image 0 has shape"):
            near_copies([bad])
    for alike in (0, 1.2, "much", True, float("nan")):
        with pytest.raises(SettingError, match="alike is"):
            near_copies([scene(0)], alike=alike)  # type: ignore[arg-type]


def test_rows_of_a_data_set_have_their_ids() -> None:
    found = near_copies(digits().split("val"))
    assert isinstance(found, NearCopies)
    assert found.names == digits().split("val").ids
    assert len(found) == 269
