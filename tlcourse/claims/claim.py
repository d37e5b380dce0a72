"""What a claim is: one value with its name, its uncertainty and how it is printed."""

from __future__ import annotations

import math
import numbers
import re
from dataclasses import asdict, dataclass
from typing import Any

from tlcourse.claims.errors import ClaimError
from tlcourse.claims.text import format_claim

__all__ = ["MIME", "Claim", "Value", "checked"]

MIME = "application/vnd.tlcourse.claim+json"
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")

Value = int | float | str | bool


@dataclass(frozen=True)
class Claim:
    """One recorded value.

    Attributes
    ----------
    name : str
        Lower-case words joined by hyphens, unique in the chapter.
    value : int, float, bool or str
        What was measured, in ``unit``.
    n : int or None
        How many repeats ``value`` is the mean of.
    spread : float or None
        Standard deviation over those repeats, in the unit of ``value``.
    tolerance : float or None
        Largest absolute difference from the committed value that a re-execution may show; None: exact.
    unit : str or None
        Unit, as it is to be printed after the value: ``"s"``, ``"%"``.
    fmt : str or None
        Python format spec for value and spread, such as ``".2f"``.
    story : str or None
        The comparison that the value is a side of: claims of one story were measured alike, and both
        frameworks must put them in the same order.
    """

    name: str
    value: Value
    n: int | None = None
    spread: float | None = None
    tolerance: float | None = None
    unit: str | None = None
    fmt: str | None = None
    story: str | None = None

    def entry(self) -> dict[str, Any]:
        """The claim as it stands in a claims file: everything but its name, and no story if it has none."""
        fields = asdict(self)
        del fields["name"]
        if self.story is None:
            del fields["story"]
        return fields

    def mimebundle(self) -> dict[str, Any]:
        """What a notebook keeps of the claim: the entry for the compiler, a line of text for people."""
        return {MIME: {"name": self.name, **self.entry()}, "text/plain": str(self)}

    def __str__(self) -> str:
        return f"recorded: {self.name} = {format_claim(self.entry())}"


def checked(
    name: str,
    value: Any,
    n: Any,
    spread: Any,
    tolerance: Any,
    unit: str | None,
    fmt: str | None,
    story: str | None,
) -> Claim:
    """The claim that an author asks for, its values turned into Python's own.

    Raises
    ------
    ClaimError
        For a name, value, tolerance, format or story that cannot be recorded.
    """
    if not isinstance(name, str) or not _SLUG.fullmatch(name):
        raise ClaimError(
            f"{name!r} cannot be the name of a claim.",
            "Use lower-case words joined by hyphens, starting with a letter, such as 'styles-20-frozen'.",
        )
    plain = _plain_value(name, value)
    n, spread = _repeats(name, n, spread)
    if isinstance(plain, (bool, str)):
        _check_verdict(name, plain, spread, tolerance, story)
        tolerance = None
    else:
        tolerance = _tolerance(name, plain, tolerance)
    if story is not None and (not isinstance(story, str) or not _SLUG.fullmatch(story)):
        raise ClaimError(
            f"The claim {name!r} got story = {story!r}.",
            "A story is named as a claim is: lower-case words joined by hyphens.",
        )
    claim = Claim(name, plain, n, spread, tolerance, unit, fmt, story)
    if fmt is not None:
        format_claim(claim.entry(), fmt)  # a wrong format should fail here, in the author's cell
    return claim


def _scalar(name: str, field: str, value: Any) -> Any:
    """The one element of a NumPy scalar, 0-d array or tensor; anything else as it is."""
    if not hasattr(value, "item") or isinstance(value, (int, float, str)):
        return value
    try:
        return value.item()
    except (TypeError, ValueError, RuntimeError) as error:
        raise ClaimError(
            f"The claim {name!r} got a {field} that is not one number but {type(value).__name__}.",
            "Record one number per claim: reduce the array first (mean, max, one element).",
        ) from error


def _plain_number(name: str, field: str, value: Any) -> int | float:
    """A Python int or float from any real scalar; refuses NaN and infinity."""
    value = _scalar(name, field, value)
    if isinstance(value, bool) or not isinstance(value, numbers.Real):
        raise ClaimError(
            f"The claim {name!r} got {field} = {value!r}, which is not a number.",
            "Pass an int, a float or a NumPy scalar.",
        )
    number = int(value) if isinstance(value, numbers.Integral) else float(value)
    if not math.isfinite(number):
        raise ClaimError(
            f"The claim {name!r} got {field} = {number}.",
            "Look for the cell that produced it: an empty selection, or a division by zero.",
        )
    return number


def _plain_value(name: str, value: Any) -> Value:
    value = _scalar(name, "value", value)
    if isinstance(value, bool):
        return value
    return str(value) if isinstance(value, str) else _plain_number(name, "value", value)


def _repeats(name: str, n: Any, spread: Any) -> tuple[int | None, float | None]:
    """How many repeats there were, and their standard deviation: both or neither."""
    if n is not None:
        n = _plain_number(name, "n", n)
        if not isinstance(n, int) or n < 1:
            raise ClaimError(
                f"The claim {name!r} got n = {n!r}.", "n counts repeats: a whole number of at least 1."
            )
    if spread is not None:
        spread = float(_plain_number(name, "spread", spread))
        if spread < 0:
            raise ClaimError(f"The claim {name!r} got spread = {spread}.", "Pass a standard deviation.")
    if (spread is None) != (n is None):
        raise ClaimError(
            f"The claim {name!r} was given {'n' if spread is None else 'a spread'} alone.",
            "Give both n (how many repeats) and spread (their standard deviation), or neither.",
        )
    return n, spread


def _check_verdict(name: str, value: bool | str, spread: Any, tolerance: Any, story: Any) -> None:
    """A text or truth value has no tolerance, no spread and no place in an order."""
    if tolerance not in (None, 0):
        raise ClaimError(
            f"The claim {name!r} is {value!r}, and cannot have a tolerance of {tolerance!r}.",
            "Text and truth values are compared exactly: pass tolerance=None.",
        )
    if spread is not None:
        raise ClaimError(f"The claim {name!r} is {value!r} and has a spread.", "Leave n and spread out.")
    if story is not None:
        raise ClaimError(f"The claim {name!r} is {value!r} and has a story.", "Only numbers can be ordered.")


def _tolerance(name: str, value: int | float, tolerance: Any) -> float | None:
    if tolerance is None:
        if isinstance(value, int):
            return None
        raise ClaimError(
            f"The claim {name!r} states no tolerance.",
            "Say how far a re-execution may land from it, such as tolerance=0.02 (0 for exact).",
        )
    number = float(_plain_number(name, "tolerance", tolerance))
    if number < 0:
        raise ClaimError(f"The claim {name!r} got tolerance = {number}.", "A tolerance is 0 or more.")
    return number
