"""The table of counts in a loader's docstring, to be held against the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def documented_counts(loader: Callable[..., Any]) -> dict[str, list[int]]:
    """The rows of a name and four numbers: {name: numbers}."""
    rows = {}
    for line in (loader.__doc__ or "").splitlines():
        words = line.split()
        if len(words) > 4 and all(word.isdigit() for word in words[-4:]):
            rows[" ".join(words[:-4])] = [int(word) for word in words[-4:]]
    return rows
