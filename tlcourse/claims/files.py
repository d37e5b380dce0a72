"""The committed claims of a chapter in one framework: ``book/claims/{torch,keras}/NN-name.json``::

    {"claims": {name: {"value", "n", "spread", "tolerance", "unit", "fmt"}}, "seconds": {...}}

``seconds`` belongs to the compiler, which measures the cells (see `tlcourse.authoring.build.times`); it is
passed through untouched.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tlcourse.claims.errors import ClaimError
from tlcourse.files import write_whole

__all__ = ["ClaimsFile", "claims_path", "read_claims", "write_claims"]

FIELDS = ("value", "n", "spread", "tolerance", "unit", "fmt")


@dataclass(frozen=True)
class ClaimsFile:
    """What one claims file holds."""

    claims: dict[str, dict[str, Any]]
    seconds: dict[str, Any]


def claims_path(folder: str | Path, framework: str, chapter: str) -> Path:
    """Where the claims of a chapter are: ``folder/framework/chapter.json``.

    Examples
    --------
    >>> claims_path("book/claims", "torch", "01-why-transfer-learning").as_posix()
    'book/claims/torch/01-why-transfer-learning.json'
    """
    return Path(folder) / framework / f"{chapter}.json"


def read_claims(path: str | Path) -> ClaimsFile:
    """Read a claims file; a missing one is empty, a damaged one is an error.

    Raises
    ------
    ClaimError
        If the file is not JSON of the right form.
    """
    path = Path(path)
    if not path.exists():
        return ClaimsFile({}, {})
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        claims, seconds = content["claims"], content.get("seconds", {})
        if not isinstance(claims, dict) or not all("value" in entry for entry in claims.values()):
            raise TypeError("'claims' is not a mapping of names to values")
    except (ValueError, KeyError, TypeError) as error:
        raise ClaimError(
            f"The claims file {path} is damaged: {error}.",
            "It is written by `tlcourse build --execute`: restore it with git, or build it again.",
        ) from error
    return ClaimsFile(claims, seconds)


def write_claims(
    path: str | Path, claims: Mapping[str, Mapping[str, Any]], seconds: Mapping[str, Any] | None = None
) -> None:
    """Write a claims file, all of it or nothing, with sorted names so that diffs are small."""
    content = {
        "claims": {name: _entry(claims[name]) for name in sorted(claims)},
        "seconds": dict(seconds or {}),
    }
    write_whole(Path(path), json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False) + "\n")


def _entry(claim: Mapping[str, Any]) -> dict[str, Any]:
    plain = {key: claim.get(key) for key in FIELDS}
    return plain | {"story": claim["story"]} if claim.get("story") else plain
