"""The range test in Keras."""

import pytest
from range_checks import *  # noqa: F403


@pytest.fixture
def framework():
    return "keras"
