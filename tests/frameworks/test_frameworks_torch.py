"""Device, threads and seeds in PyTorch."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from session_checks import (  # noqa: F401  (tests, run here)
    test_a_device_that_is_not_there,
    test_a_seed_repeats_every_generator,
    test_impossible_seeds,
    test_impossible_threads,
    test_the_cpu_is_always_there,
    test_the_session_is_remembered,
)

from tlcourse import frameworks
from tlcourse.errors import CourseError


@pytest.fixture(autouse=True)
def framework(monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.delenv("TLCOURSE_DEVICE", raising=False)
    frameworks.start("some-chapter", "torch", seed=0)
    return "torch"


@pytest.fixture
def draw() -> Callable[[], float]:
    import torch

    return lambda: float(torch.rand(1))


def test_a_models_framework() -> None:
    import torch

    assert frameworks.framework_of(torch.nn.Linear(2, 1)) == "torch"
    with pytest.raises(CourseError, match="The class Linear is not a model"):
        frameworks.framework_of(torch.nn.Linear)
    with pytest.raises(CourseError, match="A Tensor is not a model"):
        frameworks.framework_of(torch.zeros(2))
