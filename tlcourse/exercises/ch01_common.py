"""Chapter 1: what its probes and judges share: a learner's values read with care, findings with points."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .engine.judging import told
from .engine.model import Finding, Verdict

__all__ = [
    "CLOSE",
    "STARTS",
    "add_up",
    "bad",
    "close",
    "good",
    "items",
    "join",
    "number",
    "pairs_by_start",
    "say",
    "show",
]

STARTS = ("random", "frozen", "fine-tuned")

# Learners may round to three decimals; every wrong answer we know of is further off than this.
CLOSE = 6e-4


def number(value: Any) -> float | str:
    """A float from anything that is one number, else a description of what came instead."""
    try:
        if isinstance(value, str):
            raise TypeError
        # A framework's scalar (a tensor) has .item(); asking for it here keeps frameworks out of this file.
        return float(value.item() if hasattr(value, "item") else value)
    except Exception:
        return told(value)


def show(value: Any, width: int = 60) -> str:
    """A learner's object on one short line."""
    try:
        text = repr(value)
    except Exception:
        text = f"<{type(value).__name__}>"
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def items(value: Any, size: int) -> list[Any] | str:
    """The `size` items of a tuple, list or array, else a description of what came instead."""
    if isinstance(value, (str, bytes, Mapping)) or not isinstance(value, Iterable):
        return told(value)
    items = list(itertools.islice(value, size + 1))
    if len(items) == size:
        return items
    return f"{told(value)}, {f'only {len(items)}' if len(items) < size else f'more than {size}'} items"


def close(value: Any, target: float, tol: float = CLOSE) -> bool:
    """Whether a value that came back is a number within `tol` of the target."""
    return isinstance(value, (int, float)) and math.isfinite(value) and abs(value - target) <= tol


def say(value: Any) -> str:
    """How a learner's value is shown in a message."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def add_up(findings: Sequence[tuple[float, Finding]]) -> Verdict:
    """The verdict with the points of all findings."""
    return Verdict(
        points=float(sum(points for points, _ in findings)),
        findings=tuple(finding for _, finding in findings),
    )


def good(points: float, message: str) -> tuple[float, Finding]:
    """A finding that passed, with its points."""
    return points, Finding(True, message, None)


def bad(message: str, misconception: str | None = None, points: float = 0.0) -> tuple[float, Finding]:
    """A finding that did not pass, with the points it may still be worth."""
    return points, Finding(False, message, misconception)


def join(names: Sequence[str]) -> str:
    """Names in a sentence: "a, b and c"."""
    return names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1]


def pairs_by_start(result: Any, rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """What `{start: (number, number)}` holds, as plain data; `{"wrong": why}` if it is something else."""
    if not isinstance(result, Mapping):
        return {"wrong": told(result)}
    out: dict[str, Any] = {}
    for start in sorted({row["start"] for row in rows}):
        if start not in result:
            return {"wrong": f"a dictionary without the key {start!r}; its keys are {show(list(result))}"}
        pair = items(result[start], 2)
        if isinstance(pair, str):
            return {"wrong": f"{pair} for {start!r}"}
        out[start] = [number(pair[0]), number(pair[1])]
    return {"starts": out}
