"""Reading the tables: means with their spread, and the label-efficiency ratio."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from tlcourse.errors import CourseError

if TYPE_CHECKING:
    import pandas

__all__ = ["LabelRatio", "crossing", "label_efficiency_ratio", "summary"]


def summary(
    rows: pandas.DataFrame,
    metric: str = "test_accuracy",
    by: Sequence[str] = ("dataset", "method", "per_class"),
) -> pandas.DataFrame:
    """Mean, standard deviation (n - 1) and number of seeds, one line per group.

    Parameters
    ----------
    rows : pandas.DataFrame
        As :func:`tlcourse.sweeps.table` gives it.
    metric : str
        The column to average, in its own unit.
    by : sequence of str
        The columns that make the groups, in the order in which they first appear.

    Returns
    -------
    pandas.DataFrame
        Columns ``by``, ``mean``, ``sd``, ``n``.
    """
    _check_columns(rows, [*by, metric])
    summary = rows.groupby(list(by), sort=False)[metric].agg(["mean", "std", "count"]).reset_index()
    return summary.rename(columns={"std": "sd", "count": "n"})


@dataclass(frozen=True)
class LabelRatio:
    """How many times as many labels one start needs for the accuracy that another has.

    Attributes
    ----------
    ratio : float
        Labels of ``scratch`` for each label of ``pretrained``.
    bound : str
        ``"equal"``; ``"at least"``: the accuracy was never reached, and ``ratio`` is the largest size tried
        over ``per_class``; ``"at most"``: the smallest size tried has it already.
    accuracy : float
        The accuracy to reach: the pretrained start's mean at ``per_class``.
    per_class : int
        Labels per class of the pretrained start.
    labels : float
        Labels per class that the other start needs, read off its curve; under a bound, the end of the curve.
    """

    ratio: float
    bound: str
    accuracy: float
    per_class: int
    labels: float

    @property
    def is_bound(self) -> bool:
        """Whether the ratio is only a bound."""
        return self.bound != "equal"

    def __str__(self) -> str:
        """Such as ``"4.3"`` or ``"at least 10"``."""
        text = f"{self.ratio:.2g}" if self.ratio < 10 else f"{self.ratio:.0f}"
        return text if not self.is_bound else f"{self.bound} {text}"


def crossing(
    sizes: Sequence[float], accuracies: Sequence[float], target: float, scale: str = "log"
) -> tuple[float, str]:
    """The size at which a learning curve first reaches an accuracy.

    Parameters
    ----------
    sizes : sequence of float
        Labels per class, increasing.
    accuracies : sequence of float
        Mean accuracy at each size.
    target : float
    scale : {"log", "linear"}
        Straight lines between the points over the logarithm of the size, or over the size itself. Learning
        curves are nearer to straight over the logarithm.

    Returns
    -------
    size, bound
        ``bound`` is ``"equal"``, ``"at least"`` (never reached: the largest size) or ``"at most"`` (reached
        already at the smallest size).

    Examples
    --------
    >>> crossing([5, 20, 80], [0.2, 0.4, 0.6], 0.5)
    (40.0, 'equal')
    >>> crossing([5, 20, 80], [0.2, 0.4, 0.6], 0.5, scale="linear")
    (50.0, 'equal')
    >>> crossing([5, 20, 80], [0.2, 0.4, 0.6], 0.7)
    (80.0, 'at least')
    """
    if scale not in ("log", "linear"):
        raise CourseError(f"The scale is {scale!r}.", "Use 'log' or 'linear'.")
    if len(sizes) != len(accuracies) or not len(sizes):
        raise CourseError(
            f"{len(sizes)} sizes and {len(accuracies)} accuracies make no curve.", "Give one for each."
        )
    x = np.asarray(sizes, dtype=float)
    if np.any(np.diff(x) <= 0) or x[0] <= 0:
        raise CourseError(f"The sizes {list(sizes)} do not increase from above 0.", "Sort the curve by size.")
    if accuracies[0] >= target:
        return float(x[0]), "at most"
    positions = np.log(x) if scale == "log" else x
    for i in range(1, len(x)):
        low, high = accuracies[i - 1], accuracies[i]
        # The first time it gets there: a curve over five seeds may dip.
        if low < target <= high:
            at = positions[i - 1] + (positions[i] - positions[i - 1]) * (target - low) / (high - low)
            return round(float(np.exp(at) if scale == "log" else at), 9), "equal"
    return float(x[-1]), "at least"


def label_efficiency_ratio(
    rows: pandas.DataFrame,
    dataset: str,
    per_class: int,
    *,
    pretrained: str = "frozen",
    scratch: str = "random",
    metric: str = "test_accuracy",
    scale: str = "log",
) -> LabelRatio:
    """How many times the labels ``scratch`` needs to do as well as ``pretrained`` at ``per_class``.

    The mean over seeds is taken at each size, and the curve of ``scratch`` is read between its points.

    Parameters
    ----------
    rows : pandas.DataFrame
        ``table("why-transfer", framework)``: the rows of one framework.
    dataset : str
    per_class : int
        Labels per class of the pretrained start.
    pretrained, scratch : str
        Methods of the sweep.
    metric : str
        Accuracy to compare.
    scale : {"log", "linear"}
        See :func:`crossing`.

    Returns
    -------
    LabelRatio
        With ``bound`` other than ``"equal"`` where the curve does not reach so far.

    Raises
    ------
    CourseError
        If the table has no such rows, or holds two frameworks.
    """
    _check_columns(rows, ["framework", "dataset", "method", "per_class", metric])
    if rows["framework"].nunique() > 1:
        raise CourseError(
            "The table holds the rows of two frameworks.", "Pass table('why-transfer', 'torch') or 'keras'."
        )
    means = rows[rows["dataset"] == dataset].groupby(["method", "per_class"])[metric].mean()
    if (pretrained, per_class) not in means.index or scratch not in means.index.get_level_values(0):
        raise CourseError(
            f"The table lacks {pretrained!r} at {per_class} per class or {scratch!r} on {dataset!r}.",
            "It has: " + "; ".join(f"{method} at {size}" for method, size in means.index) + ".",
        )
    target, curve = float(means[pretrained, per_class]), means[scratch].sort_index()
    labels, bound = crossing(list(curve.index), list(curve), target, scale)
    return LabelRatio(labels / per_class, bound, target, per_class, labels)


def _check_columns(rows: pandas.DataFrame, wanted: Sequence[str]) -> None:
    missing = [name for name in wanted if name not in rows.columns]
    if missing:
        raise CourseError(
            f"The table has no column {', '.join(missing)}.", f"Its columns are {', '.join(rows.columns)}."
        )
