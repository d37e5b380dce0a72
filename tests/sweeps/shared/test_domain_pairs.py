"""The domains of chapter 10: the same things and classes on both sides, no split in another."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps.shared import domains
from tlcourse.sweeps.shared.domains import PAIRS, SIZE, SPLITS, side

ONE_OF_EACH = sorted({(task, source) for task, source, _ in PAIRS if task in ("grounds", "light", "digits")})


@pytest.mark.parametrize(("task", "domain"), ONE_OF_EACH)
def test_where_the_things_are_the_same_the_labels_are(task, domain):
    first = next(source for name, source, _ in PAIRS if name == task)
    for split in SPLITS:
        images, labels = side(task, domain, split, 0)
        assert images.dtype == np.uint8
        assert images.shape == (len(labels), SIZE, SIZE, 3)
        np.testing.assert_array_equal(labels, side(task, first, split, 0).labels)


@pytest.mark.parametrize("task", sorted({task for task, _, _ in PAIRS}))
def test_both_sides_have_the_same_classes_in_every_split(task):
    for _, source, target in (pair for pair in PAIRS if pair[0] == task):
        for split in SPLITS:
            here, there = (np.unique(side(task, domain, split, 1).labels) for domain in (source, target))
            assert here.tolist() == there.tolist(), (source, target, split)


def test_no_module_of_cells_is_in_two_splits_and_the_seed_divides_them():
    from tlcourse import data

    cells = data.solar_cells(size=1, seed=3)
    blocks = {
        split: set(np.array(cells.blocks)[domains._rows("cells", "mono", split, 3)]) for split in SPLITS
    }
    assert all(not blocks[a] & blocks[b] for a in SPLITS for b in SPLITS if a < b)
    rows = [domains._rows("cells", "mono", "test", seed).tolist() for seed in (3, 4)]
    assert rows[0] != rows[1]
    assert not set(rows[0]) & set(domains._rows("cells", "poly", "test", 3).tolist())


def test_the_ground_is_the_class_s_own_or_never():
    labels = np.arange(600) % 6
    pictures = domains._textures()

    def number_of(piece: np.ndarray) -> int:
        """Whose piece it is: found in the picture, at its place."""
        for number, picture in enumerate(pictures):
            tops, lefts = np.nonzero((picture[:, :-95] == piece[0, 0]).all(axis=2))
            if any(
                np.array_equal(picture[top, left : left + 96], piece[0])
                for top, left in zip(tops, lefts, strict=True)
            ):
                return number
        raise AssertionError("a piece of no picture")

    few = slice(0, 12)
    own, others = (
        [number_of(p) for p in domains.grounds(kind, labels[few], 0)] for kind in ("own", "others")
    )
    assert own == labels[few].tolist()
    assert all(a != b for a, b in zip(others, labels[few], strict=True))
    assert len({tuple(piece[0, 0]) for piece in domains.grounds("own", np.zeros(20, int), 0)}) > 1


def test_night_is_dim_and_digits_keep_their_strokes():
    day, night = (side("light", domain, "test", 0).images.astype(float) for domain in ("day", "night"))
    assert night.mean() < 0.4 * day.mean()
    assert np.corrcoef(day.ravel(), night.ravel())[0, 1] > 0.8
    white, coloured = (
        side("digits", domain, "test", 0).images.astype(float) for domain in ("white", "coloured")
    )
    for before, after in zip(white[:20], coloured[:20], strict=True):
        alike = np.corrcoef(before.mean(axis=2).ravel(), after.mean(axis=2).ravel())[0, 1]
        assert abs(alike) > 0.99
