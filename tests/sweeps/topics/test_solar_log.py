"""Chapter 7's log: parts that share no module, recipes that are what they are called, one thing at a time."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import data
from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import solar_log as sweep


@pytest.fixture(scope="module")
def cells():
    return data.solar_cells(size=2)


@pytest.mark.parametrize("seed", sweep.SEEDS)
def test_every_cell_is_in_one_part_and_no_module_in_two(cells, seed):
    parts = sweep._split("modules", seed)
    assert len(parts) == sweep.PARTS + 1
    assert sorted(np.concatenate(parts)) == list(range(len(cells)))
    of = [set(cells.blocks[part].tolist()) for part in parts]
    assert sum(map(len, of)) == len(set.union(*of)) == sweep.BLOCKS
    drawer = cells.split_again("modules", seed).splits["test"]
    np.testing.assert_array_equal(parts[sweep.DRAWER], drawer)


def test_a_random_split_has_modules_on_both_sides(cells):
    parts = sweep._split("random", 0)
    inside = set(cells.blocks[parts[sweep.DRAWER]].tolist())
    outside = set(cells.blocks[np.concatenate(parts[: sweep.PARTS])].tolist())
    assert len(inside & outside) > 30


def test_recipes_are_taken_apart():
    plain = sweep.read(sweep.FROZEN)
    for recipe in sweep.RECIPES:
        found = sweep.read(recipe)
        assert found.small or found.readers
        assert all(name in (*sweep.NETWORKS, "pixels") for name, _ in found.readers)
        if recipe.startswith(f"{sweep.FROZEN}, "):
            different = [name for name in vars(plain) if getattr(found, name) != getattr(plain, name)]
            assert len(different) == 1, recipe  # one thing at a time
    assert sweep.read("lite0 128, last blocks").tuned


def test_every_recipe_has_a_log_and_its_drawers():
    rows = get("solar-log").settings()
    asked = {(row["recipe"], row["split"], row["seed"], row["part"]) for row in rows}
    assert len(asked) == len(rows)
    for recipe in sweep.RECIPES:
        seeds = sweep.SEEDS[:1] if recipe in sweep.COSTLY else sweep.SEEDS
        outside = {(recipe, "modules", seed, part) for seed in seeds for part in range(sweep.PARTS)}
        assert outside <= asked
        assert (recipe, "modules", 0, sweep.DRAWER) in asked
    for recipe in sweep.RANDOM:  # compared within each seed, so there must be pairs
        for split in ("modules", "random"):
            assert {(recipe, split, seed, sweep.DRAWER) for seed in sweep.SEEDS} <= asked


def test_hits_are_counted_by_module(cells):
    rows = table("solar-log", "torch")
    columns = [f"hits_{block:02d}" for block in range(sweep.BLOCKS)]
    sizes = np.bincount(cells.blocks, minlength=sweep.BLOCKS)
    for row in rows[rows.split == "modules"].itertuples():
        hits = np.array([getattr(row, name) for name in columns])
        there = hits >= 0
        part = sweep._split("modules", row.seed)[row.part]
        assert set(np.flatnonzero(there)) == set(cells.blocks[part].tolist())
        assert (hits[there] <= sizes[there]).all()
        assert hits[there].sum() / len(part) == pytest.approx(row.accuracy, abs=1e-5)
