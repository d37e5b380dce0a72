"""Whether the weights packs are on this machine, for the tests that need them.

``make test`` fetches them first. Where one is missing all the same, a test that needs it is skipped with the
reason; with ``CI=true`` or ``TLCOURSE_REQUIRE_PACKS=1`` (which ``.ci/run`` sets) it fails.
"""

from __future__ import annotations

import os

import pytest

from tlcourse.errors import WeightsError
from tlcourse.packs import find, known, pack
from tlcourse.packs.cached import is_there
from tlcourse.packs.npm import SITE

__all__ = ["need", "need_for_the_site", "required"]


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
            _missing(f"NO WEIGHTS PACK: {error.problem} {error.fix}")


def need_for_the_site() -> None:
    """Skip the test, or fail, where the runtime that runs a network in a browser is missing."""
    for entry in SITE:
        if not is_there(entry):
            _missing(f"NO RUNTIME: {entry.package} {entry.version} was not fetched: tlcourse packs --site")


def _missing(message: str) -> None:
    if required():
        pytest.fail(message)
    pytest.skip(message)
