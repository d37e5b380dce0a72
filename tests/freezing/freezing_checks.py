"""Checks of the freezing helpers that hold in both frameworks; ``small`` is a fixture of each test file."""

from __future__ import annotations

import numpy as np
import pytest

from tlcourse import freezing, training
from tlcourse.errors import ShapeError


def test_batch_norm_can_be_kept_while_the_rest_learns(small):
    assert freezing.batch_norm_layers(small) == ["bn1", "bn2", "bn3"]
    freezing.freeze(small, freezing.batch_norm_layers(small))
    before = freezing.fingerprint(small)
    images = np.random.default_rng(0).integers(0, 256, (16, 16, 16, 3), dtype=np.uint8)
    training.fit(small, (images, np.arange(16) % 3), steps=2, preprocess="small_cnn", progress=False)
    moved = freezing.changed(before, freezing.fingerprint(small))
    assert {name.split(".")[0] for name in moved} == {"conv1", "conv2", "conv3", "classifier"}


def test_stages_open_from_the_head_and_end_with_everything(small):
    assert freezing.unfreezing_stages(small, 2) == [["classifier"], ["conv1", "conv2", "conv3", "classifier"]]
    assert freezing.unfreezing_stages(small, 3) == [
        ["classifier"],
        ["conv3", "classifier"],
        ["conv1", "conv2", "conv3", "classifier"],
    ]
    assert [len(groups) for groups in freezing.unfreezing_stages(small, 4)] == [1, 2, 3, 4]


@pytest.mark.parametrize("stages", [0, 1, 5, 2.0, True])
def test_stages_that_cannot_be(small, stages):
    with pytest.raises(ShapeError, match="4 groups"):
        freezing.unfreezing_stages(small, stages)
