"""Chapter 10's table of memory and time: what needs more, needs more."""

from __future__ import annotations

import pytest

from tlcourse.sweeps import get, table
from tlcourse.sweeps.topics import training_memory as sweep


@pytest.mark.parametrize(
    ("name", "framework"), [("training-memory", "torch"), ("training-memory-keras", "keras")]
)
def test_training_more_takes_more(name, framework):
    rows = table(name, framework)
    assert len(rows) == len(get(name).settings())
    means = rows.groupby("way").mean(numeric_only=True)
    memory, time = means.memory_mb, means.ms_per_image
    assert memory["look only"] < memory["last block"] < memory["all"]
    assert memory["all, 4 times 8"] < memory["all"]
    assert time["look only"] < time["last block"] < time["all"]
    if framework == "torch":
        assert memory["all, checkpointing"] < memory["all"]
        assert time["all, checkpointing"] > time["all"]


def test_a_way_that_fails_says_why(monkeypatch):
    monkeypatch.setattr(sweep, "_TORCH", "def step():\n    raise RuntimeError('no memory left')\n")
    with pytest.raises(sweep.SweepError, match="no memory left"):
        sweep.measure("torch", "all", 0)
