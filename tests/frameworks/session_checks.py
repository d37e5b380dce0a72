"""Device, threads and seeds, as both frameworks must have them.

Each test file has two fixtures: ``framework``, started for "some-chapter", and ``draw``, which draws a number
with its generator.
"""

from __future__ import annotations

import random
from collections.abc import Callable

import numpy as np
import pytest

from tlcourse import frameworks
from tlcourse.errors import DeviceError, SettingError, UnknownNameError


def test_the_session_is_remembered(framework: str) -> None:
    assert frameworks.current_framework() == framework
    assert frameworks.current_chapter() == "some-chapter"
    session = frameworks.start("other", framework, seed=5)
    assert repr(session).endswith("seed 5")
    assert "\n" not in repr(session)


def test_a_seed_repeats_every_generator(draw: Callable[[], float]) -> None:
    def draws() -> list[float]:
        return [random.random(), float(np.random.rand()), draw()]

    frameworks.seed_everything(4)
    first = draws()
    frameworks.seed_everything(4)
    assert draws() == first
    frameworks.seed_everything(5)
    assert all(a != b for a, b in zip(draws(), first, strict=True))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "0", True, None])
def test_impossible_seeds(seed: object) -> None:
    with pytest.raises(SettingError, match="seed"):
        frameworks.seed_everything(seed)  # type: ignore[arg-type]


def test_the_cpu_is_always_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(frameworks.pick("cpu")).lower().strip("/").startswith("cpu")
    monkeypatch.setenv("TLCOURSE_DEVICE", "cpu")
    assert frameworks.pick() == frameworks.pick("cpu")


def test_a_device_that_is_not_there(framework: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeviceError, match="'cuda:99' is not there"):
        frameworks.pick("cuda:99")
    monkeypatch.setenv("TLCOURSE_DEVICE", "cuda:99")
    with pytest.raises(DeviceError, match="TLCOURSE_DEVICE"):
        frameworks.start("a", framework)
    assert frameworks.current_chapter() == "some-chapter"
    with pytest.raises(UnknownNameError, match="no device called 'gpu'"):
        frameworks.pick("gpu")


def test_impossible_threads() -> None:
    for wrong in (0, -2, 1.5, "2", True):
        with pytest.raises(SettingError, match="threads"):
            frameworks.set_threads(wrong)  # type: ignore[arg-type]
    assert frameworks.set_threads() == frameworks.default_threads()
