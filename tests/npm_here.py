"""Whether the tools from npm are on this machine, for the tests that ask them.

``make test`` installs them first (``tools/npm_tools.py``). Where one is missing all the same, a test that
needs it is skipped with the reason; with ``CI=true`` or ``TLCOURSE_REQUIRE_PACKS=1`` (which ``.ci/run`` sets)
it fails.
"""

from __future__ import annotations

import npm_tools
import pytest
from packs_here import required

from tlcourse.errors import CourseError

__all__ = ["need"]


def need(tool: str) -> list[str]:
    """How a tool is called; skips the test, or fails, where it is missing."""
    try:
        return npm_tools.command(tool)
    except CourseError as error:
        message = f"NO TOOL: {error.problem} {error.fix}"
        if required():
            pytest.fail(message)
        pytest.skip(message)
