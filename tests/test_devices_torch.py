"""Device, threads and seeds in PyTorch."""

from __future__ import annotations

import random

import numpy as np
import pytest

from tlcourse import devices
from tlcourse.errors import DeviceError, ShapeError, UnknownNameError


@pytest.fixture(autouse=True)
def _started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TLCOURSE_DEVICE", raising=False)
    devices.start("some-chapter", "torch", seed=0)


def test_the_session_is_remembered() -> None:
    assert devices.current_framework() == "torch"
    assert devices.current_chapter() == "some-chapter"
    session = devices.start("other", "torch", seed=5)
    assert repr(session).endswith("seed 5")
    assert "\n" not in repr(session)


def draws() -> list[float]:
    import torch

    more = float(torch.rand(1))
    return [random.random(), float(np.random.rand()), more]


def test_a_seed_repeats_every_generator() -> None:
    devices.seed_everything(4)
    first = draws()
    devices.seed_everything(4)
    assert draws() == first
    devices.seed_everything(5)
    assert all(a != b for a, b in zip(draws(), first, strict=True))


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "0", True, None])
def test_impossible_seeds(seed: object) -> None:
    with pytest.raises(ShapeError, match="seed"):
        devices.seed_everything(seed)  # type: ignore[arg-type]


def test_the_cpu_is_always_there(monkeypatch: pytest.MonkeyPatch) -> None:
    assert str(devices.pick("cpu")).lower().strip("/").startswith("cpu")
    monkeypatch.setenv("TLCOURSE_DEVICE", "cpu")
    assert devices.pick() == devices.pick("cpu")


def test_a_device_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(DeviceError, match="'cuda:99' is not there"):
        devices.pick("cuda:99")
    monkeypatch.setenv("TLCOURSE_DEVICE", "cuda:99")
    with pytest.raises(DeviceError, match="TLCOURSE_DEVICE"):
        devices.start("a", "torch")
    assert devices.current_chapter() == "some-chapter"
    with pytest.raises(UnknownNameError, match="no device called 'gpu'"):
        devices.pick("gpu")


def test_impossible_threads() -> None:
    for wrong in (0, -2, 1.5, "2", True):
        with pytest.raises(ShapeError, match="threads"):
            devices.set_threads(wrong)  # type: ignore[arg-type]
    assert devices.set_threads() == devices.default_threads()
