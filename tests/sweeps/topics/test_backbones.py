"""Chapter 2's probe of published networks: the same tries for each, no test image in its training."""

from __future__ import annotations

import numpy as np

from tlcourse import models
from tlcourse.models.packed import networks
from tlcourse.sweeps import get
from tlcourse.sweeps.topics import backbones as sweep


def test_every_network_with_packed_weights_is_probed_as_often() -> None:
    found, again = get("backbones"), get("backbones-keras")
    assert set(sweep.NETWORKS) == set(networks())
    grid = found.settings()
    for dataset in sweep.DATASETS:
        for candidate in sweep.CANDIDATES:
            rows = [s for s in grid if (s["dataset"], s["candidate"]) == (dataset, candidate)]
            assert [s["seed"] for s in rows] == list(sweep.SEEDS)
    assert len(sweep.SEEDS) >= 5
    assert all(settings in grid for settings in again.settings())
    assert {s["candidate"] for s in again.settings()} == set(sweep.AGAIN)
    assert max(models.card(name).min_size for name in sweep.NETWORKS) <= min(sweep.SIZES.values())


def test_coordinates_change_no_prediction() -> None:
    rng = np.random.default_rng(0)
    labels = np.arange(60) % 3
    x = rng.normal(size=(90, 200)) * rng.uniform(0.1, 9, 200)
    x[:60, :3] += 2 * np.eye(3)[labels]
    train, test = sweep._coordinates(x[:60], x[60:])
    assert train.shape == (60, 60)
    plain = (x - x[:60].mean(0)) / x[:60].std(0)
    turned = sweep._fitted(train, labels, 0.01).predict_proba(test)
    np.testing.assert_allclose(
        turned, sweep._fitted(plain[:60], labels, 0.01).predict_proba(plain[60:]), atol=1e-3
    )


def test_no_thing_and_no_module_is_on_both_sides() -> None:
    photos = sweep._photos()
    things = np.unique(photos.things, return_inverse=True)[1]
    seen = np.zeros(len(photos), int)
    for train, test in sweep._folds(photos.labels, things, sweep.PARTS, 3):
        assert not set(things[train]) & set(things[test])
        seen[test] += 1
    assert (seen == 1).all()
    cells, others = sweep._cells(1)
    assert not set(cells.blocks) & set(others.blocks)
    assert cells.counts() == dict.fromkeys(cells.class_names, sweep.TRAIN)
    assert others.counts() == dict.fromkeys(others.class_names, sweep.TEST)


def test_a_probe_of_noise_is_at_chance_and_of_the_answer_is_right() -> None:
    rng = np.random.default_rng(2)
    labels, groups = np.arange(200) % 2, np.arange(200) // 4
    x = rng.normal(size=(300, 30))
    noise = sweep._predicted(x[:200], labels, groups, x[200:], 0)
    assert 0.3 < (noise == np.arange(100) % 2).mean() < 0.7
    x[:, 4] += 4 * (np.arange(300) % 2)
    assert (sweep._predicted(x[:200], labels, groups, x[200:], 0) == np.arange(100) % 2).mean() > 0.9
