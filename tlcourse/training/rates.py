"""Learning rates: one for all, or one for each group of layers; constant, or following a schedule."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from numbers import Real
from typing import Any

from tlcourse.errors import CourseError, SettingError, UnknownNameError

__all__ = ["LearningRate", "Schedule", "check_rate", "factor_at", "highest", "rate_of_each"]

#: One rate for everything that trains, or a rate for each group of layers, as ``discriminative_lrs`` gives.
LearningRate = float | Mapping[str, float]

#: ``schedule(step, steps)``: what the rates are multiplied by in a step (counted from 0) of a run.
Schedule = Callable[[int, int], float]


def _number(value: Any) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool) and math.isfinite(value)


def check_rate(lr: Any) -> None:
    """Refuse learning rates that cannot drive a training run.

    Raises
    ------
    SettingError
        For a number that is not positive and finite (it names the group), or no rates at all.

    Examples
    --------
    >>> check_rate({"conv_stem": 1e-5, "classifier": 1e-3})
    >>> check_rate({"classifier": -1})
    Traceback (most recent call last):
        ...
    tlcourse.errors.SettingError: The learning rate of 'classifier' is -1.
      What to do: Give a positive learning rate, such as 1e-3.
    """
    if isinstance(lr, Mapping) and not lr:
        raise SettingError("lr holds no rates.", 'Give a rate for each group: {"classifier": 1e-3}.')
    rates = lr.items() if isinstance(lr, Mapping) else [(None, lr)]
    for group, rate in rates:
        if not _number(rate) or rate <= 0:
            subject = "lr" if group is None else f"The learning rate of {group!r}"
            raise SettingError(f"{subject} is {rate!r}.", "Give a positive learning rate, such as 1e-3.")


def highest(lr: LearningRate) -> float:
    """The largest of the rates.

    Examples
    --------
    >>> highest({"blocks.6": 1e-4, "classifier": 1e-3})
    0.001
    """
    return max(map(float, lr.values())) if isinstance(lr, Mapping) else float(lr)


def rate_of_each(model: Any, lr: Mapping[str, float]) -> dict[str, float]:
    """The rate of each parameter that trains, by its name.

    Parameters
    ----------
    model : torch.nn.Module or keras.Model
    lr : mapping of group name to rate
        Groups as in `tlcourse.freezing.layer_groups`; rates of groups that are frozen are not used.

    Raises
    ------
    UnknownNameError
        For a group that the model does not have.
    CourseError
        If a group that trains has no rate.
    """
    from tlcourse.freezing import layer_groups, trainable_names

    groups = layer_groups(model)
    unknown = [name for name in lr if name not in {g.name for g in groups}]
    if unknown:
        raise UnknownNameError("group of layers", unknown[0], [g.name for g in groups])
    trainable = set(trainable_names(model))
    missing = [g.name for g in groups if g.name not in lr and trainable & set(g.parameters)]
    if missing:
        raise CourseError(
            f"lr has no rate for {', '.join(missing)}, which would train.",
            "Give each group a rate, as freezing.discriminative_lrs(model, 1e-3) does, or freeze it.",
        )
    return {name: float(lr[g.name]) for g in groups for name in g.parameters if name in trainable}


def factor_at(schedule: Schedule | None, step: int, steps: int) -> float:
    """What the rates are multiplied by in this step; 1 without a schedule.

    Raises
    ------
    SettingError
        If the schedule gives anything but a finite number of at least 0.

    Examples
    --------
    >>> factor_at(lambda step, steps: 1 - step / steps, 5, 10)
    0.5
    """
    if schedule is None:
        return 1.0
    factor = schedule(step, steps)
    if not _number(factor) or factor < 0:
        raise SettingError(
            f"The schedule gives {factor!r} at step {step} of {steps}.",
            "schedule(step, steps) gives the number that the rate is multiplied by: from 0 to 1, usually.",
        )
    return float(factor)
