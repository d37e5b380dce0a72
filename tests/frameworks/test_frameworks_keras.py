"""Device, threads and seeds in Keras."""

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
    frameworks.start("some-chapter", "keras", seed=0)
    return "keras"


@pytest.fixture
def draw() -> Callable[[], float]:
    import keras

    return lambda: float(keras.ops.convert_to_numpy(keras.random.uniform((1,)))[0])


def test_a_models_framework() -> None:
    import keras

    assert frameworks.framework_of(keras.Sequential([keras.layers.Dense(1)])) == "keras"
    assert frameworks.framework_of(keras.layers.Dense(1)) == "keras"
    with pytest.raises(CourseError, match="The class Dense is not a model"):
        frameworks.framework_of(keras.layers.Dense)
