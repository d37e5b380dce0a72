"""The sweeps' trainer in Keras."""

import pytest
from trainer_checks import *  # noqa: F403


@pytest.fixture
def framework() -> str:
    return "keras"
