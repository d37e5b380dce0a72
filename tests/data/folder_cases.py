"""What the tests of `as_folder` share: the data sets, and what a reader of folders must find."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tlcourse.data import Dataset, as_folder, fashion_mnist, photos

SIZE = 24


def cases() -> dict[str, Dataset]:
    """Classes in the alphabet's order and not, with a slash in a name; images wider than high."""
    clothes = fashion_mnist()
    rows = [
        part[clothes.labels[part] == label][:3] for part in clothes.splits.values() for label in range(10)
    ]
    few = clothes.subset(np.sort(np.concatenate(rows)))
    return {"photos": photos(size=SIZE), "clothes": few.resized((20, 28))}


def expected(data: Dataset, split: str) -> tuple[list[str], np.ndarray, np.ndarray]:
    """(class names, images, labels) as readers give them: classes by the alphabet, rows in their order."""
    names = [name.replace("/", "_") for name in data.class_names]
    order = sorted(names)
    part = data.split(split)
    number = np.array([order.index(name) for name in names])[part.labels]
    rows = np.argsort(number, kind="stable")
    return order, part.images[rows], number[rows]


def written(name: str, folder: Path) -> tuple[Dataset, Path]:
    data = cases()[name]
    return data, as_folder(data, folder / "images")
