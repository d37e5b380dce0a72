"""Chapter 13's tables: whole, five seeds for every side, and rows that know no future."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import fraud as sweep

SWEEPS = tuple(one.name for one in sweep.SWEEPS)
COMPARED = [
    name for name in SWEEPS if not name.endswith("-again") and name not in (sweep.SEARCH, "fraud-markets")
]


@pytest.mark.parametrize("name", SWEEPS)
def test_a_table_is_whole(name):
    assert len(table(name, get(name).frameworks[0])) == len(get(name).settings())


@pytest.mark.parametrize("name", COMPARED)
def test_every_side_gets_the_same_five_seeds(name):
    seeds: dict[object, set[int]] = {}
    for row in get(name).settings():
        side = tuple(value for key, value in row.items() if key != "seed")
        seeds.setdefault(side, set()).add(row["seed"])
    assert set(map(frozenset, seeds.values())) == {frozenset(sweep.SEEDS)}
    assert len(sweep.SEEDS) >= 5


def test_the_search_has_a_market_and_seeds_of_its_own():
    assert sweep.SEARCHED not in (sweep.LARGE, sweep.NEW)
    assert not set(sweep.SEARCH_SEEDS) & set(sweep.SEEDS)


def test_a_rate_is_chosen_for_whatever_is_trained():
    for row in get("fraud-markets").settings():
        rate = get("fraud-markets").given(row)["rate"]
        tried = sweep.RATES[row["way"].partition(",")[0]]
        assert rate == 0 if row["way"] in sweep.UNTOUCHED else rate in tried


def test_labels_have_time_to_arrive_before_each_test():
    for train, test in ((sweep.TRAIN, sweep.TEST), (sweep.NEW_TRAIN, sweep.NEW_TEST)):
        assert train[1] + sweep.DELAY <= test[0]
    assert sweep.EARLY[1] + sweep.DELAY <= sweep.LATE[0]
    assert sweep.FIRST >= 30 + sweep.DELAY


def test_known_frauds_are_the_first_ones():
    new = sweep.market("island", 12)
    known = sweep._known(new, 10)
    assert new.y[known].sum() == 10
    assert new.y[known[-1]] == 1
    assert np.array_equal(known, new.days(sweep.NEW_TRAIN)[: len(known)])
    assert len(sweep._known(new, 0)) == len(new.days(sweep.NEW_TRAIN))


def test_what_a_late_label_leaves_is_no_promise():
    means = table("fraud-mistakes").groupby(["mistake", "model"])[["promised", "kept"]].mean()
    lost = means.promised - means.kept
    for mistake in ("labels at once", "oversampled, then split"):
        assert (lost[mistake] > 0.15).all()
    assert (lost["none"].abs() < 0.1).all()
