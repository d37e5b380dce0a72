"""Small helpers for judges: read the learner's plain data carefully, compare, add up points."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np

from tlcourse.exercises.engine.model import Finding, Verdict, WrongAnswerError
from tlcourse.exercises.engine.plain import NotPlainError, plain

__all__ = [
    "array",
    "close",
    "describe",
    "finding",
    "good",
    "listed",
    "number",
    "one_line",
    "plain_array",
    "plain_items",
    "plain_number",
    "read_array",
    "score",
    "show",
    "show_number",
    "told_apart",
    "verdict",
]


def finding(passed: bool, right: str, wrong: str, misconception: str | None = None) -> Finding:
    """A finding with one message for each way it can go.

    Examples
    --------
    >>> finding(False, "They add up to 1.", "They add up to 3.", "no softmax").message
    'They add up to 3.'
    """
    return Finding(bool(passed), right if passed else wrong, None if passed else misconception)


def score(*parts: tuple[float, Finding]) -> Verdict:
    """A verdict from (points, finding) pairs: a finding that passed earns its points.

    Examples
    --------
    >>> score((1, Finding(True, "The class is right.")), (2, Finding(False, "The share is not."))).points
    1.0
    """
    return Verdict(
        float(sum(points for points, part in parts if part.passed)), tuple(part for _, part in parts)
    )


def good(message: str) -> Finding:
    """A finding that passed."""
    return Finding(True, message)


def verdict(*parts: Finding) -> Verdict:
    """A verdict where each finding that passed earns one point.

    Examples
    --------
    >>> verdict(good("The class is right."), Finding(False, "The share is not.")).points
    1.0
    """
    return score(*((1, part) for part in parts))


def told_apart(given: Sequence[Any], right: Sequence[Any]) -> bool:
    """Whether an answer is right in every one of several cases that have few outcomes.

    Such as whether it raised, or which of three verdicts it gave. All or nothing: an answer that treats all
    cases alike, or guesses, is right in some of them. False where all cases have the same outcome.

    Examples
    --------
    >>> told_apart([True, False, True], [True, False, True]), told_apart([True, True], [True, False])
    (True, False)
    >>> told_apart([True, True], [True, True])
    False
    """
    kinds = [value for place, value in enumerate(right) if value not in right[:place]]
    return len(kinds) > 1 and list(given) == list(right)


def show(value: Any, digits: int = 4) -> str:
    """A learner's value, short enough for a sentence: floats rounded, long lists cut.

    Examples
    --------
    >>> show(2 / 3), show([0.25, 1.0, 3]), show("cat"), show(None)
    ('0.6667', '[0.25, 1, 3]', "'cat'", 'None')
    """
    if isinstance(value, bool) or value is None:
        return str(value)
    if isinstance(value, float):
        return f"{value:.{digits}g}"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return repr(value if len(value) <= 60 else value[:57] + "…")
    if isinstance(value, np.ndarray):
        if value.size > 6:
            return f"an array of shape {value.shape}"
        value = value.tolist()
        return show(value, digits)
    if isinstance(value, list | tuple):
        items = [show(item, digits) for item in value[:6]] + (["…"] if len(value) > 6 else [])
        inside = ", ".join(items)
        if isinstance(value, list):
            return f"[{inside}]"
        return f"({inside},)" if len(value) == 1 else f"({inside})"
    if isinstance(value, dict):
        pairs = [f"{show(key)}: {show(item, digits)}" for key, item in list(value.items())[:6]]
        return "{" + ", ".join(pairs + (["…"] if len(value) > 6 else [])) + "}"
    return type(value).__name__


def listed(names: Sequence[str], most: int = 4) -> str:
    """Names in a sentence, as code, and no more of them than one reads.

    Examples
    --------
    >>> listed(["conv", "norm"]), listed(list("abcdef"))
    ('`conv`, `norm`', '`a`, `b`, `c`, `d` and others')
    """
    return ", ".join(f"`{name}`" for name in names[:most]) + (" and others" if len(names) > most else "")


def describe(value: Any, width: int = 60) -> str:
    """What came back instead of what was asked for, to end a sentence with; for probes, so of any type.

    Examples
    --------
    >>> describe("three"), describe((1, 2)), describe(None)
    ("'three' (str)", '(1, 2) (tuple)', 'nothing (None), as a function does that ends without a `return`')
    """
    if value is None:
        return "nothing (None), as a function does that ends without a `return`"
    return f"{_repr(value, width) or 'something'} ({type(value).__name__})"


def one_line(value: Any, width: int = 60) -> str:
    """A learner's object as Python shows it, on one short line; for probes, so of any type.

    Examples
    --------
    >>> one_line(["cat", 3]), one_line(range(3), 6)
    ("['cat', 3]", 'range…')
    """
    return _repr(value, width) or f"<{type(value).__name__}>"


def _repr(value: Any, width: int) -> str:
    """Empty where there is none: a class of the learner's own may do anything in ``__repr__``."""
    try:
        text = " ".join(repr(value).split())
    except Exception:
        return ""
    # An address says nothing, and is another one each time.
    text = re.sub(r" at 0x[0-9a-f]+|[\w.]+\.<locals>\.", "", text).replace("`", "'")
    return text if len(text) <= width else text[: width - 1] + "…"


def show_number(value: Any) -> str:
    """A learner's number for a sentence: counts with commas, others with four digits; words as they are.

    Examples
    --------
    >>> show_number(12345.0), show_number(2 / 3), show_number("'three' (str)")
    ('12,345', '0.6667', "'three' (str)")
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e9:
        return f"{int(value):,}"
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}"


def plain_items(value: Any, size: int) -> list[Any] | str:
    """The items of what should hold ``size`` of them, else what it was, in words; for probes.

    Examples
    --------
    >>> plain_items((1, 2), 2), plain_items([1], 2), plain_items("ab", 2)
    ([1, 2], '[1] (list), only 1 items', "'ab' (str)")
    """
    if isinstance(value, str | bytes | Mapping) or not isinstance(value, Iterable):
        return describe(value)
    items = list(itertools.islice(value, size + 1))
    if len(items) == size:
        return items
    return f"{describe(value)}, {f'only {len(items)}' if len(items) < size else f'more than {size}'} items"


def plain_number(value: Any) -> float | str:
    """What a learner gave as one number, however it is wrapped, else what it was, in words; for probes.

    Examples
    --------
    >>> plain_number(np.array([0.5])), plain_number(True), plain_number([1, 2])
    (0.5, 'True (bool)', '[1, 2] (list)')
    """
    if type(value) in (Fraction, Decimal):
        return float(value)
    try:
        number = plain(value)
    except NotPlainError:
        return describe(value)
    if isinstance(number, list | tuple) and len(number) == 1:
        number = number[0]
    if isinstance(number, np.ndarray) and number.size == 1:
        number = number.reshape(-1)[0].item()
    if isinstance(number, bool) or not isinstance(number, int | float):
        return describe(value)
    return float(number)


def plain_array(value: Any) -> np.ndarray | str:
    """What a learner gave as a float64 array, else what it was, in words; for probes.

    Raises
    ------
    NotPlainError
        If it is something that no check reads, such as a generator, or too large.

    Examples
    --------
    >>> plain_array([[1, 2], [3, 4]]).shape, plain_array(7)
    ((2, 2), '7 (int)')
    """
    if value is None:
        return describe(value)
    try:
        numbers = np.asarray(plain(value))
    except ValueError:
        return f"{describe(value)}, whose parts have different shapes"
    if numbers.ndim == 0 or numbers.dtype.kind not in "biuf":
        return describe(value)
    return numbers.astype("float64")


def read_array(value: Any, who: str) -> np.ndarray:
    """What `plain_array` gave to a probe, for a judge.

    Raises
    ------
    WrongAnswerError
        If it was no array; the message says what ``who`` gave instead.
    """
    if isinstance(value, np.ndarray):
        return value
    raise WrongAnswerError(
        f"{who} should give an array of numbers; yours gave {value}.", "not an array of numbers"
    )


def close(a: Any, b: Any, tol: float = 1e-6) -> bool:
    """Whether two plain values agree: same shape, every difference at most ``tol``.

    Never raises; NaN agrees with nothing.

    Examples
    --------
    >>> close(0.1 + 0.2, 0.3), close([1, 2], np.array([1.0, 2.0])), close([1, 2], [1, 2, 3]), close("1", 1)
    (True, True, False, False)
    """
    try:
        left, right = np.asarray(a), np.asarray(b)
        if left.shape != right.shape or left.dtype.kind not in "biuf" or right.dtype.kind not in "biuf":
            return False
        difference = np.abs(left.astype(np.float64) - right.astype(np.float64))
        return bool(np.all(difference <= tol))
    except (TypeError, ValueError, OverflowError):
        return False


def _kind(value: Any) -> str:
    names = {"NoneType": "nothing (None)", "str": "text", "bool": "True or False", "ndarray": "an array"}
    names |= {
        "list": "a list",
        "tuple": "a tuple",
        "dict": "a dict",
        "int": "an integer",
        "float": "a number",
    }
    return names.get(type(value).__name__, type(value).__name__)


def _or_no_return(value: Any) -> str:
    return " Is there a `return` at the end?" if value is None else ""


def number(value: Any, what: str) -> float:
    """The value as a finite float.

    A list or an array with exactly one number in it counts as that number: where a learner forgot
    ``.item()``, nothing was misunderstood.

    Raises
    ------
    WrongAnswerError
        If it is not a number, or is NaN or infinite; the message names ``what`` and shows the value.

    Examples
    --------
    >>> number(3, "the ratio"), number(np.array([0.5]), "the ratio")
    (3.0, 0.5)
    >>> number(None, "the ratio")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    tlcourse.exercises.engine.model.WrongAnswerError: I expected a number for the ratio and got nothing ...
    """
    if isinstance(value, list | tuple) and len(value) == 1:
        value = value[0]
    if isinstance(value, np.ndarray) and value.size == 1 and value.dtype.kind in "iuf":
        value = value.reshape(-1)[0].item()
    if isinstance(value, bool) or not isinstance(value, int | float):
        shown = "" if value is None else f": {show(value)}"
        raise WrongAnswerError(
            f"I expected a number for {what} and got {_kind(value)}{shown}.{_or_no_return(value)}",
            "not a number",
        )
    if not math.isfinite(value):
        raise WrongAnswerError(
            f"{what[:1].upper() + what[1:]} came out as {value}: somewhere a zero was divided by, or a "
            f"number grew "
            "too large.",
            "not finite",
        )
    return float(value)


def array(value: Any, what: str, shape: tuple[int | None, ...] | None = None) -> np.ndarray:
    """The value as a finite float64 array, of the given shape (None: any length of that axis).

    Raises
    ------
    WrongAnswerError
        If it is not an array of numbers, has another shape, or holds NaN or infinity.

    Examples
    --------
    >>> array([[1, 2], [3, 4]], "the table", (None, 2)).shape
    (2, 2)
    """
    converted: np.ndarray | None = None
    if isinstance(value, list | tuple | np.ndarray):
        try:
            converted = np.asarray(value)
        except ValueError:
            converted = None
    if converted is None or converted.dtype.kind not in "biuf":
        shown = "" if value is None else f": {show(value)}"
        raise WrongAnswerError(
            f"I expected an array of numbers for {what} and got {_kind(value)}{shown}.{_or_no_return(value)}",
            "not an array of numbers",
        )
    if shape is not None:
        fits = converted.ndim == len(shape) and all(
            want is None or have == want for have, want in zip(converted.shape, shape, strict=True)
        )
        if not fits:
            raise WrongAnswerError(
                f"Your array for {what} has shape `{converted.shape}`, which is not the shape that was "
                f"asked for.",
                "wrong shape",
            )
    result = converted.astype(np.float64)
    if not np.isfinite(result).all():
        raise WrongAnswerError(f"Your array for {what} holds NaN or infinity.", "not finite")
    return result
