"""Features of every network with packed weights, in the process of a framework."""

from __future__ import annotations

from typing import Any

import packed_checks

from tlcourse.frameworks import prepare


def main(framework: str) -> dict[str, Any]:
    prepare(framework)
    return packed_checks.observed(framework)
