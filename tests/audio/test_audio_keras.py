"""`tlcourse.audio` in Keras."""

from __future__ import annotations

import pytest
from audio_checks import *  # noqa: F403

from tlcourse import devices


@pytest.fixture(scope="module", autouse=True)
def _started() -> None:
    devices.start("test", "keras")
