"""The written project finds near copies, mirrored ones too, by the rule of `tlcourse.data.near_copies`."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from PIL import Image

from tlcourse.data import near_copies
from tlcourse.exercises.chapters.ch11.alarms.scans import again, scan


def scans() -> list[np.ndarray]:
    """Twelve drawn scans of heads in grey, which all look alike; then mirrored copies of four of them."""
    rng = np.random.default_rng(5)
    first = [scan(rng, ill=bool(number % 2)) for number in range(12)]
    copies = [again(rng, first[number]) for number in (0, 3, 4, 9)]
    return [np.repeat(one[..., None], 3, axis=2) for one in (*first, *copies)]


def test_mirrored_scans_are_found_and_no_others(modules: dict[str, ModuleType]) -> None:
    copies = modules["copies"]
    images = scans()
    thumbnails = [copies.thumbnail(Image.fromarray(one)) for one in images]
    expected = [(0, 12), (3, 13), (4, 14), (9, 15)]
    assert copies.near_copies(thumbnails, 0.88) == expected
    found = near_copies(images)
    assert [tuple(pair) for pair in found.pairs.tolist()] == expected
    assert found.mirrored.all()


def test_a_mirrored_copy_stays_in_its_split(modules: dict[str, ModuleType]) -> None:
    copies, split = modules["copies"], modules["split"]
    images = scans()
    pairs = copies.near_copies([copies.thumbnail(Image.fromarray(one)) for one in images], 0.88)
    groups = split.united([str(number) for number in range(len(images))], pairs)
    assert all(groups[i] == groups[j] for i, j in pairs)
    assert len(set(groups)) == 12
