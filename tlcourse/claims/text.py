"""A claim as the prose shows it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from tlcourse.claims.errors import ClaimError

__all__ = ["format_claim"]


def format_claim(entry: Mapping[str, Any], spec: str | None = None) -> str:
    """A claim as the prose shows it: value ± half the width of the 95 % interval of its mean.

    The interval is that of Student's t: ``spread`` is the sample standard deviation of ``n`` values. With one
    value there is none.

    Parameters
    ----------
    entry : mapping
        ``{"value", "n", "spread", "tolerance", "unit", "fmt"}``, as in a claims file; all but ``value`` may
        be missing.
    spec : str, optional
        What follows the semicolon in ``{claim}`name;spec```: a Python format spec, which wins over the
        entry's ``fmt``; or ``bare``: the value alone, without spread, n and unit; or ``bare:`` and a
        format spec.

    Raises
    ------
    ClaimError
        If the format spec does not fit the value.

    Examples
    --------
    >>> entry = {"value": 0.7612, "n": 5, "spread": 0.0213, "fmt": ".2f"}
    >>> format_claim(entry)
    '0.76 ± 0.03 (n = 5)'
    >>> format_claim(entry, ".1%")
    '76.1% ± 2.6% (n = 5)'
    >>> format_claim(entry, "bare")
    '0.76'
    >>> format_claim({"value": 12.31, "unit": "s", "fmt": ".0f"})
    '12 s'
    """
    spec = (spec or "").strip()
    bare = spec == "bare" or spec.startswith("bare:")
    number_format = (spec[5:] if bare else spec) or entry.get("fmt")
    value, n = entry["value"], entry.get("n")
    try:
        text, around = _texts(value, _half_width(entry.get("spread"), n), number_format)
    except (ValueError, TypeError) as error:
        raise ClaimError(
            f"{number_format!r} is not a format for {value!r}: {error}.",
            "Use a Python format spec such as .2f or .1%, or `bare`.",
        ) from error
    if bare:
        return text
    unit = entry.get("unit")
    # 76.1% takes no space before its sign, 12 s does.
    tail = "" if not unit else unit if unit == "%" else f" {unit}"
    if entry.get("spread") is None or n is None:
        return text + tail
    if around is None:
        return f"{text}{tail} (n = {n})"
    return f"{text} ± {around}{tail} (n = {n})"


def _texts(value: Any, half_width: float | None, number_format: str | None) -> tuple[str, str | None]:
    """The value, and half the width of its interval with the same number of decimals."""
    if half_width is None:
        return _number_text(value, number_format), None
    spread_format = number_format or _spread_format(value)
    # "+.3f" asks for the sign of the value; a spread has none.
    return _number_text(value, spread_format), _number_text(half_width, spread_format.lstrip("+"))


def _half_width(spread: float | None, n: int | None) -> float | None:
    """Half the width of the 95 % interval of a mean; None where nothing can be said."""
    if spread is None or n is None or n < 2:
        return None
    from scipy.special import stdtrit  # late: most of the course needs no SciPy

    return float(stdtrit(n - 1, 0.975)) * spread / math.sqrt(n)


def _spread_format(value: Any) -> str:
    """Value and spread get the same number of decimals: three significant digits of the value."""
    if isinstance(value, (bool, str)) or value == 0:
        return ".2f"
    return f".{min(8, max(0, 2 - math.floor(math.log10(abs(value)))))}f"


def _number_text(value: Any, spec: str | None) -> str:
    if isinstance(value, (bool, str)):
        return str(value)
    if spec:
        return format(value, spec)
    if isinstance(value, int):
        return f"{value:,}" if abs(value) >= 10_000 else str(value)
    # Three significant digits, never in scientific notation for numbers a reader meets.
    if value == 0:
        return "0"
    digits = 2 - math.floor(math.log10(abs(value)))
    return f"{value:.{digits}f}" if 0 <= digits <= 8 else f"{value:,.0f}" if digits < 0 else f"{value:.2e}"
