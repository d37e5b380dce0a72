"""Whether a new value confirms the committed one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tlcourse.claims.claim import Claim
from tlcourse.claims.errors import ClaimError
from tlcourse.claims.files import claims_path, read_claims

__all__ = ["confirm", "within"]


def within(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether a new entry confirms the committed one, by the *committed* entry's tolerance.

    Examples
    --------
    >>> within({"value": 0.78}, {"value": 0.76, "tolerance": 0.03})
    True
    >>> within({"value": "cat"}, {"value": "dog", "tolerance": None})
    False
    """
    a, b = new["value"], old["value"]
    if isinstance(a, (bool, str)) or isinstance(b, (bool, str)):
        return type(a) is type(b) and a == b
    # A hair of slack, as 0.8 - 0.7 is 0.10000000000000009.
    slack = 1e-9 * max(1.0, abs(b))
    return abs(a - b) <= (old.get("tolerance") or 0.0) + slack


def confirm(claim: Claim, folder: Path) -> None:
    """Compare a claim of the current chapter with the committed one.

    Parameters
    ----------
    claim : Claim
        As just recorded.
    folder : Path
        The committed claims: ``book/claims``.

    Raises
    ------
    ClaimError
        If it is not among them, or outside the committed one's tolerance; or if no chapter was started.
    """
    from tlcourse import frameworks

    chapter, framework = frameworks.current_chapter(), frameworks.current_framework()
    if chapter is None:
        raise ClaimError(
            f"The claim {claim.name!r} cannot be compared: no chapter was started.",
            "Run the notebook's first cell, tlcourse.start(...), before it.",
        )
    path = claims_path(folder, framework, chapter)
    committed = read_claims(path).claims
    if claim.name not in committed:
        raise ClaimError(
            f"The claim {claim.name!r} is not among the committed claims of {framework}/{chapter}.",
            "Run `tlcourse build` and commit book/claims, or take the record() call out.",
        )
    old = committed[claim.name]
    if not within(claim.entry(), old):
        difference = (
            f", {abs(claim.value - old['value']):.4g} away"
            if isinstance(claim.value, (int, float)) and isinstance(old["value"], (int, float))
            else ""
        )
        raise ClaimError(
            f"The claim {claim.name!r} is {claim.value!r} now and {old['value']!r} in "
            f"{framework}/{chapter}.json{difference}; the tolerance is {old.get('tolerance') or 'exact'}.",
            "If the change is meant, run `tlcourse build --execute`, read the difference in book/claims and "
            "the prose that cites it, and commit both. If it is not, find what changed the result.",
        )
