"""Checks of settings that are made in many places, with one wording."""

from __future__ import annotations

from numbers import Integral, Real

from tlcourse.errors import SettingError

__all__ = ["share", "whole"]


def whole(name: str, value: object, least: int, most: int | None = None) -> int:
    """`value` as an int, if it is a whole number in its range.

    Parameters
    ----------
    name : str
        What the number is, as the beginning of a sentence: "The batch size".
    value : int or numpy integer
        Not a bool, and not a float, even one without a fraction.
    least, most : int
        The range, both ends included; without `most` there is no upper end.

    Raises
    ------
    SettingError
        If it is something else, or outside the range.

    Examples
    --------
    >>> whole("The batch size", 16, 1)
    16
    >>> whole("k", 7, 1, 5)
    Traceback (most recent call last):
    tlcourse.errors.SettingError: k is 7.
      What to do: Give a whole number from 1 to 5.
    """
    if isinstance(value, Integral) and not isinstance(value, bool):
        number = int(value)
        if number >= least and (most is None or number <= most):
            return number
    span = f"a whole number, {least} or more" if most is None else f"a whole number from {least} to {most}"
    raise SettingError(f"{name} is {value!r}.", f"Give {span}.")


def share(name: str, value: object) -> float:
    """`value` as a float, if it is a share that leaves something: 0 or more, and below 1.

    Raises
    ------
    SettingError
        If it is something else.

    Examples
    --------
    >>> share("dropout", 0)
    0.0
    >>> share("dropout", 1.0)
    Traceback (most recent call last):
    tlcourse.errors.SettingError: dropout is 1.0.
      What to do: Give a number from 0 to below 1, such as 0.2.
    """
    if isinstance(value, Real) and not isinstance(value, bool) and 0 <= float(value) < 1:
        return float(value)
    raise SettingError(f"{name} is {value!r}.", "Give a number from 0 to below 1, such as 0.2.")
