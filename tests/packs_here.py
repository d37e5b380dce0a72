"""Whether the weights packs are on this machine, for the tests that need them.

``make test`` fetches them first. Where one is missing all the same, a test that needs it is skipped with the
reason; with ``CI=true`` or ``TLCOURSE_REQUIRE_PACKS=1`` (which ``.ci/run`` sets) it fails.
"""

from __future__ import annotations

import os

import pytest

from tlcourse.errors import WeightsError
from tlcourse.packs import find, known, pack

__all__ = ["need", "required"]


def required() -> bool:
    """Whether a missing pack is a failure."""
    return os.environ.get("CI", "").lower() == "true" or os.environ.get("TLCOURSE_REQUIRE_PACKS") == "1"


def need(*networks: str) -> None:
    """Skip the test, or fail, where the weights of one of these networks are missing."""
    for network in networks:
        if not known(network):  # its weights came with the course or with a package
            continue
        try:
            find(pack(network))
        except WeightsError as error:
            message = f"NO WEIGHTS PACK: {error.problem} {error.fix}"
            if required():
                pytest.fail(message)
            pytest.skip(message)
