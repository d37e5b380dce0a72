"""Chapter 6's sweeps: one change a run, versions that are what they are called, and patience."""

from __future__ import annotations

import numpy as np

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import solar_training as sweep


def test_each_run_changes_the_usual_one_and_has_all_seeds():
    grid = get("solar-training").settings()
    runs: dict[tuple, set[int]] = {}
    for settings in grid:
        seed = settings.pop("seed")
        runs.setdefault(tuple(settings.items()), set()).add(seed)
    assert tuple(sweep.USUAL.items()) in runs
    assert {frozenset(seeds) for seeds in runs.values()} == {frozenset(sweep.SEEDS)}
    assert len(sweep.SEEDS) >= 5
    for name in ("augment", "last_lr", "schedule"):
        assert len({dict(run)[name] for run in runs}) > 1, name


def test_eight_versions_of_an_image_are_eight_and_its_flips_are_among_them():
    image = np.arange(2 * 3 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3, 3)
    versions = [sweep.turned(image, version) for version in range(8)]
    assert len({version.tobytes() for version in versions}) == 8
    flips = [versions[number] for number in sweep.VERSIONS["flips"]]
    for wanted in (image, image[:, :, ::-1], image[:, ::-1], image[:, ::-1, ::-1]):
        assert any(np.array_equal(wanted, flip) for flip in flips)
    assert np.array_equal(versions[sweep.VERSIONS["left-right"][1]], image[:, :, ::-1])


def test_patience_ends_a_run_and_restores_the_best_that_was_seen():
    assert sweep.patient([3.0, 2.0, 2.5, 2.4, 2.3, 1.0]) == (1, 4)
    assert sweep.patient([3.0, 2.0, 1.0]) == (2, 2)
    for row in table("solar-training").to_dict("records"):
        val = [row[f"val_{epoch}"] for epoch in sweep.LOOKS]
        best, stop = sweep.patient(val)
        assert (row["best"], row["stopped"]) == (sweep.LOOKS[best], sweep.LOOKS[stop])


def test_training_cells_share_no_module_with_those_that_judge():
    blocks = sweep._cells(1).blocks
    for seed in sweep.SEEDS:
        parts = sweep.parts_of(seed)
        for name in ("val", "test"):
            assert not set(blocks[parts["train"]]) & set(blocks[parts[name]])


def test_keras_repeats_rows_of_the_grid():
    for name, again in (("solar-training", "solar-training-again"), ("flips", "flips-again")):
        grid = get(name).settings()
        assert all(settings in grid for settings in get(again).settings())
        assert len(get(again).settings()) >= len(grid) // 4
