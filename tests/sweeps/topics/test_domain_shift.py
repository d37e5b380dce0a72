"""Chapter 10's sweep of shifted domains: fair budgets, mends that are what they are called, stories."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.shared import domains
from tlcourse.sweeps.topics import domain_shift as sweep


def test_every_pair_and_every_mend_gets_the_same_seeds():
    for name, keys in (
        ("domain-pairs", ("task", "source", "target")),
        ("domain-mends", ("task", "source", "target", "mend")),
    ):
        seeds: dict[tuple[str, ...], set[int]] = {}
        for row in get(name).settings():
            seeds.setdefault(tuple(row[key] for key in keys), set()).add(row["seed"])
        assert set(map(frozenset, seeds.values())) == {frozenset(sweep.SEEDS)}
    assert set(sweep.MENDED) <= set(domains.PAIRS)
    assert len(sweep.SEEDS) >= 5


@pytest.fixture(scope="module")
def sides():
    return domains.side("grounds", "own", "train", 0), domains.side("grounds", "others", "train", 0)


def test_few_labels_weigh_as_much_as_all_of_the_source(sides):
    known = sweep._learned_from("grounds", *sides, "few labels", seed=0)
    classes = len(np.unique(sides[1].labels))
    new = known.weights != 1
    assert new.sum() == sweep.FEW * classes
    assert known.weights[new].sum() == pytest.approx((~new).sum())
    assert np.bincount(known.labels[new]).tolist() == [sweep.FEW] * classes
    alone = sweep._learned_from("grounds", *sides, "few labels alone", seed=0)
    np.testing.assert_array_equal(alone.images, known.images[new])  # the same few
    others = sweep._learned_from("grounds", *sides, "few labels alone", seed=1)
    assert not np.array_equal(others.images, alone.images)


def test_augmentation_adds_versions_on_other_grounds_and_no_weight(sides):
    plain = sweep._learned_from("grounds", *sides, "nothing", seed=0)
    more = sweep._learned_from("grounds", *sides, "augmentation", seed=0)
    n = len(plain.labels)
    assert len(more.labels) == n * (sweep.VERSIONS + 1)
    assert more.weights.sum() == pytest.approx(n)
    np.testing.assert_array_equal(more.images[:n], plain.images)
    np.testing.assert_array_equal(more.labels, np.tile(plain.labels, sweep.VERSIONS + 1))
    # The corner of a picture tells its ground: the same class stands on several.
    corners = {tuple(image[2, 2] // 64) for image in more.images[n:][more.labels[n:] == 0]}
    assert len(corners) > len({tuple(image[2, 2] // 64) for image in plain.images[plain.labels == 0]})


def test_batches_have_all_classes_alike():
    labels = np.repeat([0, 1], [180, 20])
    known = sweep._Given(np.zeros((200, 1, 1, 3), np.uint8), labels, np.ones(200))
    rows = np.concatenate(list(sweep._batches(known, 2, seed=0)))
    assert len(rows) == sweep.STEPS * sweep.BATCH
    assert (labels[rows] == 1).mean() == pytest.approx(0.5, abs=0.03)


def test_the_stories_that_the_chapter_tells():
    rows = table("domain-pairs").groupby(["task", "source", "target"]).mean(numeric_only=True)
    shortcut = rows.loc["grounds", "own", "others"]
    assert shortcut.at_home - shortcut.abroad > 0.3
    assert shortcut.told_apart < 0.6  # no sign sees it
    night = rows.loc["light", "day", "night"]
    assert night.told_apart > 0.95
    assert night.abroad >= night.native  # different, and nothing lost
    there, back = rows.loc["digits", "white", "coloured"], rows.loc["digits", "coloured", "white"]
    assert there.told_apart == pytest.approx(back.told_apart, abs=0.02)
    assert there.native - there.abroad > 2 * (back.native - back.abroad)


def test_the_frameworks_tell_one_story():
    for name, keys in (
        ("domain-pairs", ["task", "source", "target", "seed"]),
        ("domain-mends", ["task", "mend", "seed"]),
    ):
        both = table(f"{name}-again", "keras").merge(table(name, "torch"), on=keys, suffixes=("", "_torch"))
        assert len(both) == len(get(f"{name}-again").settings())
        assert (both.abroad - both.abroad_torch).abs().mean() < 0.03
