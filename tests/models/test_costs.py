"""Costs measured in a process of their own, in both frameworks."""

from __future__ import annotations

import sys

import pytest

from tlcourse import models
from tlcourse.errors import CourseError, ShapeError, UnknownNameError
from tlcourse.models import costs


@pytest.mark.slow
@pytest.mark.turns(3, "tlcourse/models", "tests/models")
def test_the_same_architecture_costs_the_same_in_both_frameworks() -> None:
    found = {f: costs.measure("efficientnet_b0", f, size=64, repeats=2) for f in ("torch", "keras")}
    torch, keras = found["torch"], found["keras"]
    assert torch["parameters"] == keras["parameters"] == models.card("efficientnet_b0").parameters
    assert keras["multiply_adds"] == pytest.approx(torch["multiply_adds"], rel=0.05)
    for one in found.values():
        assert set(one) == {
            "parameters",
            "multiply_adds",
            "file_bytes",
            "latency_ms",
            "cpu_ms",
            "peak_mb",
        }
        assert 4 * one["parameters"] < one["file_bytes"] < 4.3 * one["parameters"]
        assert one["cpu_ms"] > 0
        assert one["latency_ms"] > 0
        assert one["peak_mb"] > 4 * one["parameters"] / 1e6  # it holds its weights at least
    assert not {"torch", "keras"} & set(sys.modules)


def test_what_cannot_be_measured() -> None:
    with pytest.raises(UnknownNameError):
        costs.measure("resnet51", "torch")
    with pytest.raises(UnknownNameError):
        costs.measure("resnet50", "jax")
    with pytest.raises(ShapeError, match="at least 75"):
        costs.measure("inception_v3", "torch", size=64)
    with pytest.raises(CourseError, match="could not be measured"):
        costs.measure("small_cnn", "torch")  # it has no published head
