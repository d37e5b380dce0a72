"""The sweeps' trainer in PyTorch."""

import pytest
from trainer_checks import *  # noqa: F403


@pytest.fixture
def framework() -> str:
    return "torch"
