"""How the rate changes over a run: what `fit` takes as ``schedule``."""

from __future__ import annotations

import math

from tlcourse.errors import SettingError
from tlcourse.training.rates import Schedule

__all__ = ["warmup_cosine"]


def warmup_cosine(warmup: float = 0.1, final: float = 0.0) -> Schedule:
    """Rise linearly, then fall along half a cosine (Loshchilov and Hutter 2017, arXiv:1608.03983).

    Parameters
    ----------
    warmup : float
        Share of the steps that rise, from 0 to below 1. Adam's first steps are large, as its averages are
        new.
    final : float
        Factor at the end, from 0 to 1.

    Returns
    -------
    callable
        ``schedule(step, steps)``, the factor of the rates in a step counted from 0.

    Raises
    ------
    SettingError
        For shares out of their range.

    Examples
    --------
    >>> schedule = warmup_cosine(0.2)
    >>> [round(schedule(step, 10), 2) for step in range(10)]
    [0.5, 1.0, 1.0, 0.96, 0.85, 0.69, 0.5, 0.31, 0.15, 0.04]
    """
    if not (0 <= warmup < 1 and 0 <= final <= 1):
        raise SettingError(
            f"warmup is {warmup!r} and final is {final!r}.",
            "Give a warmup from 0 to below 1, and a final factor from 0 to 1.",
        )

    def schedule(step: int, steps: int) -> float:
        rising = round(warmup * steps)
        if step < rising:
            return (step + 1) / rising
        share = (step - rising) / max(1, steps - rising)
        return final + (1 - final) * 0.5 * (1 + math.cos(math.pi * share))

    return schedule
