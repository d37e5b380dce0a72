"""Chapter 7's sweeps: the log's decisions are those that its rule makes, in both frameworks."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import iterate as sweep


@pytest.mark.parametrize("framework", ["torch", "keras"])
def test_what_was_kept_is_what_the_rule_keeps(framework):
    rows = table("iterate", framework)

    def accuracy(settings):
        some = rows
        for name, value in settings.items():
            some = some[some[name] == value]
        assert len(some) == len(sweep.SEEDS) >= 5
        return some.set_index("seed").sort_index().val_accuracy

    tried = sweep.chain()
    now = tried[0]
    assert now == sweep.FIRST
    for (title, name, value, reason), candidate, kept in zip(
        sweep.CHANGES, tried[1:], sweep.KEPT, strict=True
    ):
        changed = {key for key in candidate if candidate[key] != now[key]}
        assert changed == {name}, title  # one thing at a time
        assert candidate[name] == value
        assert reason
        d = accuracy(candidate) - accuracy(now)
        half = 2.262 * d.std(ddof=1) / np.sqrt(len(d))
        assert (d.mean() - half > 0) == kept, title
        now = candidate if kept else now
    assert len(sweep.CHANGES) >= 6


def test_so_many_labels_are_wrong_and_always_the_same_ones():
    from tlcourse import data

    right, given = data.fashion_mnist().split("train").labels, sweep.given_labels()
    assert (right != given).mean() == pytest.approx(sweep.WRONG)
    np.testing.assert_array_equal(given, sweep.given_labels())


def test_both_splits_have_the_same_seeds():
    grid = get("iterate-leak").settings()
    assert (
        len({frozenset(s["seed"] for s in grid if s["split_by"] == by) for by in ("picture", "thing")}) == 1
    )
    assert (table("iterate-leak").query("split_by == 'thing'").on_both_sides == 0).all()
