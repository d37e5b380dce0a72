"""Where code spans and roles are in a text, and which claims and labels it names."""

from __future__ import annotations

import re

__all__ = ["SPAN", "claim_references", "labels_in"]

SPAN = re.compile(
    r"(?P<role>\{[A-Za-z][\w:.+-]*\})?(?P<ticks>`+)(?P<body>.+?)(?<!`)(?P=ticks)(?!`)", re.DOTALL
)
"""A code span, or a role before one: what starts first wins, so `` `{claim}` `` stays a code span."""


def claim_references(text: str) -> list[tuple[str, int]]:
    """The names of the claims that a text refers to, each with its line (0 is the first).

    Code spans are passed over; the walk is the converter's own, so both see the same references.

    Examples
    --------
    >>> claim_references("It is {claim}`accuracy;.1%`,\\nnot `{claim}`.")
    [('accuracy', 0)]
    """
    return [
        (match["body"].partition(";")[0].strip(), text[: match.start()].count("\n"))
        for match in SPAN.finditer(text)
        if match["role"] == "{claim}"
    ]


def labels_in(text: str) -> set[str]:
    """The labels that a source defines, by ``(label)=`` lines and ``:name:`` or ``:label:`` options."""
    return set(re.findall(r"^\(([\w.:-]+)\)=\s*$", text, re.MULTILINE)) | set(
        re.findall(r"^\s*:(?:name|label):\s*([\w.:-]+)\s*$", text, re.MULTILINE)
    )
