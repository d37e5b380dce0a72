"""The claims in the outputs of an executed notebook."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tlcourse.claims.claim import MIME
from tlcourse.claims.errors import ClaimError

__all__ = ["collect"]


def collect(cells: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The claims in the outputs of executed notebook cells, by name.

    Parameters
    ----------
    cells : iterable of nbformat cells
        Those without outputs are ignored.

    Raises
    ------
    ClaimError
        If two cells recorded different values under one name.
    """
    claims: dict[str, dict[str, Any]] = {}
    home: dict[str, Any] = {}  # the id of the cell that recorded it last
    for cell in cells:
        for output in cell.get("outputs", []):
            entry = dict(output.get("data", {}).get(MIME, {}))
            if not entry:
                continue
            name = entry.pop("name")
            if name in claims and home[name] != cell.get("id") and claims[name]["value"] != entry["value"]:
                raise ClaimError(
                    f"The claim {name!r} is {claims[name]['value']!r} in one cell and {entry['value']!r} in "
                    "a later one.",
                    "Give one of them its own name.",
                )
            claims[name], home[name] = entry, cell.get("id")
    return claims
