"""Whether a message gives the right answer away: a number of it that the learner does not have themselves."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import numpy.typing as npt

# A number as a message shows it, with a point; not the end of a longer one.
_SHOWN = re.compile(r"(?<![\d.])-?\d+\.\d+(?:e[+-]?\d+)?(?!\d)")


def numbers(value: Any) -> npt.NDArray[np.float64]:
    """All numbers in nested data, each once. Truth values and text are none."""
    return np.unique(np.concatenate([np.empty(0), *_arrays(value)]))


def _arrays(value: Any) -> list[npt.NDArray[np.float64]]:
    if isinstance(value, bool) or value is None or isinstance(value, str):
        return []
    if isinstance(value, int | float):
        return [np.array([float(value)])]
    if isinstance(value, np.ndarray):
        return [value.ravel().astype("float64")] if value.dtype.kind in "iuf" else []
    if isinstance(value, dict):
        return [array for key, item in value.items() for array in _arrays(key) + _arrays(item)]
    return [array for item in value for array in _arrays(item)]


def leaked(text: str, expected: Any, own: Any) -> set[str]:
    """The numbers in a text that the right answer has, and the learner's answer and the inputs have not.

    Whole and short numbers stand in a message for many reasons; three digits and more only for one.

    Parameters
    ----------
    text : str
    expected, own : nested data
        What the right answer led to; what the learner's did, with the inputs.
    """
    found = set()
    right: npt.NDArray[np.float64] | None = None
    mine: npt.NDArray[np.float64] | None = None
    for form in {form for shown in _SHOWN.findall(text) for form in _forms(shown) if _digits(form) >= 3}:
        right = numbers(expected) if right is None else right
        mine = numbers(own) if mine is None else mine
        if _holds(right, form) and not _holds(mine, form):
            found.add(form)
    return found


def _forms(shown: str) -> set[str]:
    """What a number in a text can be read as: a dash may be no minus, and "e" a word's first letter."""
    plain = shown.partition("e")[0]
    return {shown, plain, shown.removeprefix("-"), plain.removeprefix("-")}


def _holds(values: npt.NDArray[np.float64], form: str) -> bool:
    """Whether one of the values is written so."""
    number = float(form)
    near = values[np.abs(values - number) <= np.maximum(1e-3, 0.01 * abs(number))]
    return any(form in _written(float(value)) for value in near)


def _written(value: float) -> set[str]:
    return {
        repr(value),
        f"{value:.6g}",
        f"{value:.5g}",
        f"{value:.4g}",
        f"{value:.3g}",
        f"{value:.4f}",
        f"{value:.3f}",
    }


def _digits(form: str) -> int:
    """How many significant digits a written number has."""
    return len(re.sub(r"e.*|\D", "", form).lstrip("0"))
