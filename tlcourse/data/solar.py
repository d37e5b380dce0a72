"""`solar_cells`: photographs of solar cells, with the probability that each is defective."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Self

import numpy as np
import numpy.typing as npt

from tlcourse.checks import whole
from tlcourse.data.dataset import Dataset
from tlcourse.data.decoding import decode
from tlcourse.data.files import read_package_file
from tlcourse.data.prepared import prepared
from tlcourse.data.resizing import resize_for_storage
from tlcourse.data.rows import SPLITS, Indices
from tlcourse.errors import DataError, UnknownNameError

__all__ = ["SolarCells", "solar_cells"]

PACKAGE = "elpv-dataset"
FOLDER = "elpv_dataset/data"
LABELS = {
    "defect": ("functional", "defective"),
    "kind": ("monocrystalline", "polycrystalline"),
}
KINDS = {"mono": "monocrystalline", "poly": "polycrystalline"}
WAYS = ("modules", "random")
RECIPE = 1
"""Another number whenever the images are made in another way: what is kept of the old one is not read."""
VAL, TEST = 0.15, 0.25
#: Of so many random assignments of blocks to splits, the one with the most equal shares is taken.
DRAWS = 1000
#: Where a block of cells begins, in the order of the files. The cells of one module stand together and most
#: modules have 60: where the kind of cell changes, and mostly where brightness jumps, a multiple of 60 has
#: passed. In three places it has not, and the modules there are kept together as one block.
BLOCKS = (
    *range(0, 900, 60),  # 15 modules of 60: 1 mono, 5 poly, 3 mono, 6 poly
    *(900, 960, 1020),  # mono
    1080,  # 4 modules, 234 cells
    *range(1314, 1614, 60),
    *(1614, 1674, 1734),  # poly
    1794,  # 2 modules, 100 cells
    *(1894, 1954),
    2014,  # 2 modules, 130 cells
    2144,  # mono, 72 cells
    *range(2216, 2396, 60),  # poly
    2396,  # mono, 48 cells
    *range(2444, 2624, 60),  # poly
)


@dataclass(frozen=True, eq=False, repr=False)
class SolarCells(Dataset):
    """A `Dataset` of solar cells.

    Attributes
    ----------
    probabilities : float64 array (N,)
        That the cell is defective, as experts judged: 0, 1/3, 2/3 or 1.
    kinds : tuple of str
        ``"monocrystalline"`` or ``"polycrystalline"``.
    blocks : int64 array (N,)
        Cells of one solar module have one number here. A few blocks hold more than one module.
    """

    columns = (*Dataset.columns, "probabilities", "kinds", "blocks")  # type: ignore[assignment]

    probabilities: npt.NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    kinds: tuple[str, ...] = ()
    blocks: Indices = field(default_factory=lambda: np.zeros(0, np.int64))

    def split_again(self, split: str = "modules", seed: int = 0) -> Self:
        """The same cells in other splits, as `solar_cells` makes them; no file is read again.

        Parameters
        ----------
        split : {"modules", "random"}
        seed : int

        Raises
        ------
        UnknownNameError
            For another way to split.
        SettingError
            For a seed below 0.
        """
        seed = whole("The seed", seed, 0)
        if split not in WAYS:
            raise UnknownNameError("way to split", split, WAYS)
        strata = np.array([f"{k} {p:.2f}" for k, p in zip(self.kinds, self.probabilities, strict=True)])
        units = self.blocks if split == "modules" else np.arange(len(self))
        return self._with(splits=_splits(units, strata, seed))


def solar_cells(size: int = 128, labels: str = "defect", split: str = "modules", seed: int = 0) -> Dataset:
    """Solar cells: 2,624 photographs, and how probably each cell is defective.

    Electroluminescence: current through a cell makes it glow, and what is broken stays dark. Grey, as RGB
    with three equal channels. The cells were cut out of images of 44 solar modules.

    =========== ===== ==== ==== ====
    probability     0  1/3  2/3    1
    =========== ===== ==== ==== ====
    mono          588  117   56  313
    poly          920  178   50  402
    =========== ===== ==== ==== ====

    Deitsch and others 2019, "Automatic classification of defective photovoltaic module cells in
    electroluminescence images", Solar Energy 185 (arXiv:1807.02894). For non-commercial use.

    Parameters
    ----------
    size : int
        Images are ``size`` x ``size``, 1 to 300 (as they are); bilinear with antialiasing. At 300 px all of
        them need 0.7 GB.
    labels : {"defect", "kind"}
        What the labels say: "functional" or "defective" (a probability above one half), or the kind of cell.
    split : {"modules", "random"}
        By modules: the cells of one module are in one split, as in use, where a new module comes. At random:
        each cell by itself, so that a test cell has neighbours in training. The shares of kinds and
        probabilities are as equal as can be: 60 % for training, 15 % for validation, 25 % for testing.
    seed : int
        Other seeds give other splits.

    Returns
    -------
    SolarCells
        A `Dataset` that also has the probabilities, kinds and blocks.

    Raises
    ------
    DataError
        When the package elpv-dataset is missing or a file damaged.
    UnknownNameError
        For other labels, or another way to split.
    SettingError
        For a size outside 1 to 300, or a seed below 0.
    """
    size = whole("The images' size", size, 1, 300)
    if labels not in LABELS:
        raise UnknownNameError("kind of label", labels, LABELS)
    if split not in WAYS:  # before all files are read
        raise UnknownNameError("way to split", split, WAYS)
    seed = whole("The seed", seed, 0)
    names, probabilities, kinds = _table()
    number = probabilities > 0.5 if labels == "defect" else np.array(kinds) == LABELS["kind"][1]
    return SolarCells(
        name="solar-cells",
        images=np.repeat(_images(names, size)[..., None], 3, axis=-1),
        labels=number.astype(np.int64),
        class_names=LABELS[labels],
        splits={name: np.zeros(0, np.int64) for name in SPLITS},  # made below, from kinds and blocks
        licence="CC-BY-NC-SA-4.0",
        source="the Python package elpv-dataset (ZAE Bayern; Buerhop-Lutz, Deitsch and others 2018)",
        ids=tuple(name.rpartition("/")[2].removesuffix(".png") for name in names),
        probabilities=probabilities,
        kinds=kinds,
        blocks=np.searchsorted(BLOCKS, np.arange(len(names)), side="right") - 1,
    ).split_again(split, seed)


def _table() -> tuple[tuple[str, ...], npt.NDArray[np.float64], tuple[str, ...]]:
    """File names, probabilities and kinds, in the order of the package."""
    rows = [
        line.split()
        for line in read_package_file(PACKAGE, f"{FOLDER}/labels.csv").decode().splitlines()
        if line
    ]
    # Two digits in some versions, all of them in others: thirds in any case.
    thirds = np.round(3 * np.array([float(row[1]) for row in rows]))
    if len(rows) != 2624:
        raise DataError(
            f"The list of solar cells in {PACKAGE} has {len(rows)} rows, not 2624.",
            f"Install the version that the course knows: `python -m pip install {PACKAGE}==1.0.0.post1`.",
        )
    return tuple(row[0] for row in rows), thirds / 3, tuple(KINDS[row[2]] for row in rows)


def _images(names: tuple[str, ...], size: int) -> npt.NDArray[np.uint8]:
    """All images, grey: uint8 (N, size, size)."""
    made_from = f"{PACKAGE} {version(PACKAGE)}, {size} px, Pillow {version('pillow')}, {RECIPE}, {names}"
    return prepared(f"solar-cells-{size}", made_from, lambda: _decoded(names, size))


def _decoded(names: tuple[str, ...], size: int) -> npt.NDArray[np.uint8]:
    images = np.empty((len(names), size, size), np.uint8)
    for row, name in enumerate(names):
        file = f"{FOLDER}/{name}"
        grey = decode(read_package_file(PACKAGE, file), file)[..., 0]
        images[row] = resize_for_storage(grey, size, size)
    return images


def _splits(units: Indices, strata: npt.NDArray[np.str_], seed: int) -> dict[str, Indices]:
    """Whole units for each split, the strata as equally shared as the best of some random draws has them.

    Parameters
    ----------
    units : int64 array (N,)
        Rows with one number stay together.
    strata : str array (N,)
        What should have the same share in each split.
    seed : int
    """
    _, strata_of = np.unique(strata, return_inverse=True)
    counts = np.zeros((units.max() + 1, strata_of.max() + 1))
    np.add.at(counts, (units, strata_of), 1)
    shares = np.array([1 - VAL - TEST, VAL, TEST])
    goal = shares[:, None] * counts.sum(0)
    rng = np.random.default_rng([seed, 44])
    best, member = np.inf, np.zeros(len(counts), np.int64)
    for _ in range(DRAWS):
        drawn = rng.permutation(len(counts))
        ends = np.cumsum(counts.sum(1)[drawn]) / counts.sum()
        # A unit belongs to the split in which its middle lies.
        middle = ends - counts.sum(1)[drawn] / counts.sum() / 2
        number = np.empty(len(counts), np.int64)
        number[drawn] = np.searchsorted(np.cumsum(shares)[:-1], middle, side="right")
        held = np.stack([counts[number == split].sum(0) for split in range(3)])
        distance = float((((held - goal) ** 2) / goal).sum())
        if distance < best:
            best, member = distance, number
    return {name: np.flatnonzero(member[units] == place) for place, name in enumerate(SPLITS)}
