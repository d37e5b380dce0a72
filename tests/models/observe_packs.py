"""Features of every network with packed weights, in the process of a framework."""

from __future__ import annotations

from typing import Any

import pack_checks

from tlcourse.frameworks import prepare


def main(framework: str) -> dict[str, Any]:
    prepare(framework)
    return pack_checks.observed(framework)
