"""The rules by which two frameworks tell the same story, or do not."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from itertools import combinations
from typing import Any

from tlcourse.claims import format_claim
from tlcourse.frameworks import TITLES

__all__ = ["UNDECIDED", "compare", "joint", "uncertainty"]

UNDECIDED = ("cannot tell", "undecided", "unclear")
"""How a verdict begins that decides nothing."""

Entry = Mapping[str, Any]
_NUMBER = re.compile(r"[-+]?\d[\d,]*(\.\d+)?(e[-+]?\d+)?", re.IGNORECASE)


def uncertainty(entry: Entry) -> float:
    """How far a claim's value may lie from the truth: its standard error, or else its tolerance.

    Examples
    --------
    >>> uncertainty({"value": 0.7, "n": 4, "spread": 0.02, "tolerance": 0.1})
    0.01
    >>> uncertainty({"value": 0.7, "n": 1, "spread": 0.0, "tolerance": 0.1})
    0.1
    >>> uncertainty({"value": 7})
    0.0
    """
    n, spread = entry.get("n"), entry.get("spread")
    if spread is not None and n is not None and n > 1:
        return float(spread) / math.sqrt(n)
    return float(entry.get("tolerance") or 0.0)


def joint(first: Entry, second: Entry) -> float:
    """The joint uncertainty of two claims: of the difference between them.

    Examples
    --------
    >>> joint({"value": 0.6, "tolerance": 0.03}, {"value": 0.7, "tolerance": 0.04})
    0.05
    """
    return math.hypot(uncertainty(first), uncertainty(second))


def compare(chapter: str, torch: Mapping[str, Entry], keras: Mapping[str, Entry]) -> dict[str, str]:
    """What the two frameworks of one chapter disagree about.

    Parameters
    ----------
    chapter : str
        The chapter's file stem, for the messages.
    torch, keras : mapping of name to entry
        As in a claims file: ``{"value", "n", "spread", "tolerance", "unit", "fmt"}`` and, where there is one,
        ``"story"``.

    Returns
    -------
    dict
        What is disagreed about (a claim's name, or the two names of a pair joined by a space and in order of
        the alphabet) -> a message: where, which values, and what to do. Empty where the stories agree.

    Examples
    --------
    >>> side = {"n": 5, "spread": 0.01, "fmt": ".2f", "story": "starts"}
    >>> torch = {"frozen": {"value": 0.7, **side}, "random": {"value": 0.5, **side}}
    >>> keras = {"frozen": {"value": 0.5, **side}, "random": {"value": 0.6, **side}}
    >>> print(compare("01-x", torch, keras)["frozen random"])  # doctest: +ELLIPSIS
    Chapter 01-x, story 'starts': the frameworks put frozen and random in opposite orders.
      PyTorch: frozen 0.70 ± 0.01 (n = 5) > random 0.50 ± 0.01 (n = 5), ...
      Keras: frozen 0.50 ± 0.01 (n = 5) < random 0.60 ± 0.01 (n = 5), ...
      What to do: ...
    """
    messages: dict[str, str] = {}
    for name in sorted({*torch, *keras}):
        message = _one_claim(chapter, name, torch.get(name), keras.get(name))
        if message:
            messages[name] = message
    for story, names in _stories(torch, keras).items():
        where = f"Chapter {chapter}, story {story!r}"
        if len(names) == 1:
            messages[names[0]] = (
                f"{where}: {names[0]!r} is its only claim, so nothing is compared."
                "\n  What to do: give the other sides the same story; look for a typing error."
            )
        for first, second in combinations(names, 2):
            problem = _reversed(first, second, {"torch": torch, "keras": keras}, where)
            if problem:
                messages[f"{first} {second}"] = problem
    return messages


def _one_claim(chapter: str, name: str, torch: Entry | None, keras: Entry | None) -> str | None:
    """What is wrong with one claim, whatever the others are."""
    if torch is None or keras is None:
        has, lacks = ("keras", "torch") if torch is None else ("torch", "keras")
        return (
            f"Chapter {chapter}: {name!r} is recorded in {TITLES[has]} and not in {TITLES[lacks]}."
            "\n  What to do: record it in both; or, if it exists in one by design, list it with the "
            "reason in the test."
        )
    problem = _labels(torch, keras) or _verdict(torch, keras) or _sign(torch, keras)
    return f"Chapter {chapter}, claim {name!r}: {problem}" if problem else None


def _stories(torch: Mapping[str, Entry], keras: Mapping[str, Entry]) -> dict[str, list[str]]:
    """The claims of each story that both frameworks record, in order of the alphabet."""
    stories: dict[str, list[str]] = {}
    for name in sorted(torch):
        story = torch[name].get("story")
        if story and name in keras and keras[name].get("story") == story:
            stories.setdefault(str(story), []).append(name)
    return stories


def _labels(one: Entry, other: Entry) -> str | None:
    """Both are sides of the same comparison, in the same unit."""
    for field in ("story", "unit"):
        if (one.get(field) or None) != (other.get(field) or None):
            return (
                f"its {field} is {one.get(field)!r} in PyTorch and {other.get(field)!r} in Keras."
                "\n  What to do: build the chapter again in both frameworks, from one record() call."
            )
    if _is_text(one["value"]) != _is_text(other["value"]):
        return (
            f"it is {one['value']!r} in PyTorch and {other['value']!r} in Keras: of two kinds."
            "\n  What to do: record the same kind of value in both."
        )
    return None


def _is_text(value: Any) -> bool:
    return isinstance(value, (str, bool))


def _verdict(one: Entry, other: Entry) -> str | None:
    if not _is_text(one["value"]):
        return None
    shown = [one["value"], other["value"]]
    if any(isinstance(value, str) and value.casefold().startswith(UNDECIDED) for value in shown):
        return None
    first, second = (_NUMBER.sub("#", str(value)).casefold() for value in shown)
    if first == second:
        return None
    return (
        f"the verdict is {shown[0]!r} in PyTorch and {shown[1]!r} in Keras."
        "\n  What to do: find out why. If it is chance, let both say 'cannot tell', and the prose too; if "
        "the frameworks differ by design, list the claim with the reason in the test."
    )


def _sign(one: Entry, other: Entry) -> str | None:
    if _is_text(one["value"]) or not any(
        str(entry.get("fmt") or "").startswith("+") for entry in (one, other)
    ):
        return None
    signs = [_printed_sign(entry) for entry in (one, other)]
    if signs[0] * signs[1] >= 0 or all(abs(entry["value"]) <= uncertainty(entry) for entry in (one, other)):
        return None
    return (
        f"the difference is {format_claim(one)} in PyTorch and {format_claim(other)} in Keras (uncertainties "
        f"{uncertainty(one):.2g} and {uncertainty(other):.2g}): of opposite signs."
        "\n  What to do: find out why. If it is chance, record n and spread (or the tolerance it deserves), "
        "and let the prose say that it cannot be told."
    )


def _printed_sign(entry: Entry) -> int:
    """-1, 0 or 1: the sign of the value as it is printed."""
    printed = format_claim(entry, f"bare:{entry['fmt']}" if entry.get("fmt") else "bare")
    if not re.search(r"[1-9]", printed):
        return 0
    return -1 if entry["value"] < 0 else 1


def _reversed(first: str, second: str, claims: Mapping[str, Mapping[str, Entry]], where: str) -> str | None:
    orders, lines = [], []
    for framework, label in TITLES.items():
        a, b = claims[framework][first], claims[framework][second]
        difference, margin = a["value"] - b["value"], joint(a, b)
        orders.append(0 if abs(difference) <= margin else math.copysign(1, difference))
        lines.append(
            f"\n  {label}: {first} {format_claim(a)} {'>' if difference > 0 else '<'} {second} "
            f"{format_claim(b)}, {abs(difference):.2g} apart with a joint uncertainty of {margin:.2g}"
        )
    if orders[0] * orders[1] >= 0:
        return None
    return (
        f"{where}: the frameworks put {first} and {second} in opposite orders."
        + "".join(lines)
        + "\n  What to do: look for a difference between the two runs. If there is none, this pair cannot be "
        "told apart: say so in the prose, and take the story off one of the two."
    )
