"""The range test in PyTorch."""

import pytest
from range_checks import *  # noqa: F403


@pytest.fixture
def framework():
    return "torch"
